/** A value as the store keeps it: plain JSON data, never changed after it was handed over. */
export type StoredValue = object

/**
 * One version of one key. Immutable. `value` and `text` (its JSON) are the same data; each is made on first use and kept,
 * so that lists and watches neither parse nor print twice.
 */
export interface StoreEntry {
  readonly key: string
  /** Revision of the write that made this version. */
  readonly revision: number
  /** Revision of the write that created the key. */
  readonly createRevision: number
  readonly value: StoredValue
  readonly text: string
}

/** A committed change, in order of revision. A deletion carries the last value, stamped with the revision of the deletion. */
export interface StoreEvent {
  readonly type: 'put' | 'delete'
  readonly revision: number
  readonly entry: StoreEntry
  /** The version before; absent when the key was created. */
  readonly previous: StoreEntry | undefined
}

/** What a range asks for. Keys come in byte order. */
export interface RangeOptions {
  /** At most so many entries. */
  readonly limit?: number
  /** Only keys after this one (exclusive). */
  readonly after?: string
  /** State as of this revision; needs history back to there, else REVISION_COMPACTED. Default: the newest. */
  readonly revision?: number
}

/** A page of a range. */
export interface RangeResult {
  readonly entries: readonly StoreEntry[]
  /** Number of keys in the range after this page. */
  readonly remaining: number
  /** The revision that the page shows. */
  readonly revision: number
}

/** A running watch. */
export interface WatchHandle {
  /** Stops; no call follows. */
  close(): void
}

/**
 * A revisioned key-value store, in the manner of etcd: every write takes the next revision of one global counter, keys are
 * ordered, history is kept in a bounded ring. Reads are answered from memory. Writes are checked against the newest state at
 * once, become visible at once, and resolve when they are durable; watchers see them then, in order of revision.
 */
export interface Store {
  /** Newest revision; 0 in an empty store. */
  readonly revision: number
  /** Newest revision that is durable and that watchers have been shown. */
  readonly publishedRevision: number
  /** Oldest revision from which a watch or a range can still start. */
  readonly compactedRevision: number
  get(key: string): StoreEntry | undefined
  range(prefix: string, options?: RangeOptions): RangeResult
  /** Number of keys with the prefix. */
  count(prefix: string): number
  /** Rejects with KEY_EXISTS. */
  create(key: string, value: StoredValue): Promise<StoreEntry>
  /** Rejects with KEY_NOT_FOUND, or REVISION_CONFLICT when the key is not at `expectedRevision`. */
  update(key: string, value: StoredValue, options?: { readonly expectedRevision?: number }): Promise<StoreEntry>
  /** Resolves to the deleted value, stamped with the revision of the deletion. Rejects as `update`. */
  delete(
    key: string,
    options?: { readonly expectedRevision?: number; readonly value?: StoredValue },
  ): Promise<StoreEntry>
  /**
   * Calls `onEvent` for every durable change under `prefix` after `afterRevision`, past ones first (synchronously). Throws
   * REVISION_COMPACTED when those are no longer known. `onEvent` must not block; what it throws is reported, and it gets the
   * next change all the same.
   */
  watch(prefix: string, afterRevision: number, onEvent: (event: StoreEvent) => void): WatchHandle
  /** Forgets history up to `revision`. */
  compact(revision: number): void
  /** Resolves once everything written so far is durable. */
  flush(): Promise<void>
  /** Flushes and releases files. */
  close(): Promise<void>
}

/** Puts a revision into a value, giving a new value (for Kubernetes: metadata.resourceVersion). */
export type Stamp = (value: StoredValue, revision: number) => StoredValue
