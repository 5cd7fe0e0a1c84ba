/**
 * Base of every error that chartctl raises on purpose; anything else that reaches the CLI is a bug.
 * `code` is what programs branch on, `message` is what people read. Secrets never enter either.
 */
export class ChartctlError<Code extends string = string> extends Error {
  readonly code: Code
  readonly details: Readonly<Record<string, unknown>>
  constructor(code: Code, message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.code = code
    this.details = details
  }
}

/** The text of anything that was thrown, without a stack. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
