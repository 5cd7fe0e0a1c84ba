import type { Clock } from '../../base/index.ts'

/** How objects are written. */
export interface DeployOptions {
  readonly clock: Clock
  /** The manager of the fields that are written; Helm's is `helm`. */
  readonly fieldManager: string
  /** Server-side apply; else creates and client-side three-way patches. */
  readonly serverSide: boolean
  /** Server-side apply takes over fields that others own. */
  readonly forceConflicts: boolean
  readonly dryRun?: boolean | undefined
  /** Told about each step that is not worth a line of output, for `--debug`. */
  readonly debug?: ((message: string, attributes: Readonly<Record<string, string>>) => void) | undefined
  /** Told about what the user should see without `--debug`. */
  readonly warn?: ((message: string, attributes: Readonly<Record<string, string>>) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** How existing objects are changed. */
export interface UpdateOptions extends DeployOptions {
  /** Replace objects as a whole (client-side only). */
  readonly forceReplace: boolean
  /** Objects without a built-in schema get a three-way merge rather than a merge of old and new. */
  readonly threeWayMergeForUnstructured: boolean
  /** Move what client-side updates own to the apply manager first. */
  readonly upgradeClientSideFieldManager: boolean
}

/** What an update did, also when it failed halfway. */
export interface UpdateResult<T> {
  readonly created: readonly T[]
  readonly updated: readonly T[]
  readonly deleted: readonly T[]
  /** The failure, if any. */
  readonly error: unknown
}
