import { ChartctlError, errorText } from '../../base/index.ts'

/** What can go wrong in the store; callers branch on these codes. */
export type StoreErrorCode =
  | 'KEY_NOT_FOUND'
  | 'KEY_EXISTS'
  | 'REVISION_CONFLICT'
  | 'REVISION_COMPACTED'
  | 'REVISION_IN_FUTURE'
  | 'STORE_DAMAGED'
  | 'STORE_TOO_NEW'
  | 'STORE_LOCKED'
  | 'STORE_CLOSED'
  | 'STORE_WRITE_FAILED'

/** Every error that the store raises on purpose. */
export class StoreError extends ChartctlError<StoreErrorCode> {}

/** The key does not exist (update, delete). */
export const keyNotFound = (key: string): StoreError =>
  new StoreError('KEY_NOT_FOUND', `key not found: ${key}`, { key })

/** The key exists already (create). */
export const keyExists = (key: string): StoreError =>
  new StoreError('KEY_EXISTS', `key exists already: ${key}`, { key })

/** The key moved on since the revision that the writer had seen. */
export const revisionConflict = (key: string, expected: number, actual: number): StoreError =>
  new StoreError('REVISION_CONFLICT', `key ${key} is at revision ${actual}, not ${expected}`, { key, expected, actual })

/** The revision is older than what the history ring still holds. */
export const revisionCompacted = (revision: number, oldest: number): StoreError =>
  new StoreError('REVISION_COMPACTED', `revision ${revision} has been compacted; the oldest is ${oldest}`, {
    revision,
    oldest,
  })

/** The revision has not been reached yet. */
export const revisionInFuture = (revision: number, current: number): StoreError =>
  new StoreError('REVISION_IN_FUTURE', `revision ${revision} is in the future; the store is at ${current}`, {
    revision,
    current,
  })

/** The files of the store cannot be read as a store. */
export const storeDamaged = (path: string, what: string, cause?: unknown): StoreError =>
  new StoreError('STORE_DAMAGED', `the store in ${path} is damaged: ${what}`, { path }, cause)

/** The store was written by a newer program. */
export const storeTooNew = (path: string, found: number, supported: number): StoreError =>
  new StoreError(
    'STORE_TOO_NEW',
    `the store in ${path} has format ${found}, newer than this program supports (${supported})`,
    { path, found, supported },
  )

/** Another process has the store open. */
export const storeLocked = (path: string, pid: number): StoreError =>
  new StoreError('STORE_LOCKED', `the store in ${path} is in use by process ${pid}`, { path, pid })

/** The store was closed. */
export const storeClosed = (): StoreError => new StoreError('STORE_CLOSED', 'the store is closed')

/** A batch could not be made durable (disk full, I/O error); nothing in it was acknowledged or is kept. */
export const storeWriteFailed = (cause: unknown): StoreError =>
  new StoreError('STORE_WRITE_FAILED', `the store could not write to disk: ${errorText(cause)}`, {}, cause)
