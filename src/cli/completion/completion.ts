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
