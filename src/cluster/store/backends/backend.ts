/** One change that is to be made durable. */
export type BackendChange =
  | {
      readonly type: 'put'
      readonly key: string
      readonly revision: number
      readonly createRevision: number
      readonly text: string
    }
  | { readonly type: 'delete'; readonly key: string; readonly revision: number }

/** What a backend found when it was opened. */
export interface BackendState {
  /** The next write gets a revision above this one. Never lower than any revision that was ever shown to anybody. */
  readonly revision: number
  entries(): Iterable<{
    readonly key: string
    readonly revision: number
    readonly createRevision: number
    readonly text: string
  }>
}

/** Where the store keeps its data. Only the store calls it, one `write` at a time. */
export interface Backend {
  load(): Promise<BackendState>
  /** Makes all changes durable, or none, together with the newest revision. */
  write(changes: readonly BackendChange[]): Promise<void>
  close(): Promise<void>
}
