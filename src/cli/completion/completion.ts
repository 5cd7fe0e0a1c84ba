import type { CliContext } from '../context.ts'

/** What shells may offer for an argument: candidates with an optional description after a tab. */
export interface Completion {
  readonly candidates: readonly string[]
  /** Let the shell offer files too. */
  readonly files?: boolean
  /** No argument can follow here. */
  readonly closed?: boolean
  /** Do not put a space behind a candidate. */
  readonly noSpace?: boolean
  /** Candidates could not be found out. */
  readonly failed?: boolean
}

/** What completes after a command that takes its arguments unparsed. */
export interface UnparsedCompletion {
  /** Flags of its own, with their dashes. */
  readonly flagNames: readonly string[]
  /** What its first argument may be. */
  readonly validArgs: readonly string[]
  /** Finds further candidates, with cobra's directive bits; `argv` holds flags, too. */
  readonly ask?: (
    ctx: CliContext,
    argv: readonly string[],
    prefix: string,
  ) => Promise<{ readonly candidates: readonly string[]; readonly directive: number }>
}
