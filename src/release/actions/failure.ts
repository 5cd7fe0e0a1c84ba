import { StepFailure } from '../execute/execute.ts'

/** The cause of a StepFailure. */
export function causeOf(error: unknown): unknown {
  return error instanceof StepFailure ? error.cause : error
}

/** Rethrows the cause of a StepFailure. */
export function unwrap(error: unknown): never {
  throw causeOf(error)
}
