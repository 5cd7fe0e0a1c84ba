/** Raised when one of our own invariants is broken. It names a bug of ours and is never caught on purpose. */
export class AssertionError extends Error {
  constructor(message: string) {
    super(`internal error: ${message}`)
    this.name = 'AssertionError'
  }
}

/** Throws an AssertionError unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** For the default branch of an exhaustive switch: the compiler proves that it is never reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`unexpected ${String(value)}`)
}
