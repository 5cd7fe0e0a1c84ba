import type { Release, ReleaseSummary } from '../model.ts'

/** Labels that records are looked up by. */
export type RecordQuery = Readonly<Record<string, string>>

/**
 * Where records are kept. Keys are `sh.helm.release.v1.NAME.vREVISION`. `create` rejects with RELEASE_EXISTS when the key
 * is taken, `get` and `delete` with RELEASE_NOT_FOUND, `query` too when nothing matches. Records that cannot be decoded
 * are skipped by `list` and `query`.
 */
export interface StorageDriver {
  /** `Secret`, `ConfigMap`, `Memory`, `SQL`: as messages name it. */
  readonly name: string
  get(key: string): Promise<Release>
  /** All records; with `newest`, revisions with a newer readable one may be left out. */
  list(options?: { readonly newest?: boolean }): Promise<ReleaseSummary[]>
  query(labels: RecordQuery): Promise<Release[]>
  create(key: string, release: Release): Promise<void>
  /** Does what it can of storing a revision before that begins; absent where it is little. */
  prepare?(release: Release): void
  update(key: string, release: Release): Promise<void>
  delete(key: string): Promise<void>
  /** Records of a release that cannot be read; absent where records cannot be damaged. */
  damaged?(release: string): Promise<DamagedRecord[]>
  /** Deletes a record without reading it. */
  drop?(key: string): Promise<void>
  /** Ends a connection of the driver's own. */
  close?(): Promise<void>
}

/** A record that cannot be read. */
export interface DamagedRecord {
  readonly key: string
  /** Empty when even the label is gone. */
  readonly revision: string
  readonly reason: string
}
