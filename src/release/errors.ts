import { ChartctlError, errorText } from '../base/index.ts'

/** What went wrong with a release. */
export type ReleaseErrorCode =
  | 'RELEASE_NOT_FOUND'
  | 'RELEASE_EXISTS'
  | 'NO_DEPLOYED_RELEASES'
  | 'STORAGE'
  | 'NAME_INVALID'
  | 'NAME_IN_USE'
  | 'OPERATION_IN_PROGRESS'
  | 'REVISION_INVALID'
  | 'REQUEST_INVALID'
  | 'OWNERSHIP'
  | 'CHART'
  | 'RENDER'
  | 'HOOK'
  | 'OPERATION_FAILED'
  | 'PLAN_INVALID'
  | 'PLAN_OUTDATED'
  | 'CANCELED'

/** An error about a release; the message equals Helm's. */
export class ReleaseError extends ChartctlError<ReleaseErrorCode> {}

/** Builds a release error. */
export function releaseError(code: ReleaseErrorCode, message: string, cause?: unknown): ReleaseError {
  return new ReleaseError(code, message, {}, cause)
}

/** `prefix: text of the cause`, keeping the cause. */
export function wrapped(code: ReleaseErrorCode, prefix: string, cause: unknown): ReleaseError {
  return new ReleaseError(code, `${prefix}: ${errorText(cause)}`, {}, cause)
}

/** No record of that name (and revision). */
export const releaseNotFound = (): ReleaseError => releaseError('RELEASE_NOT_FOUND', 'release: not found')

/** A record of that name and revision is there already: somebody else was faster. */
export const releaseExists = (): ReleaseError => releaseError('RELEASE_EXISTS', 'release: already exists')

/** No revision is deployed. */
export const noDeployedReleases = (name: string): ReleaseError =>
  releaseError('NO_DEPLOYED_RELEASES', `${JSON.stringify(name)} has no deployed releases`)

/** Of what is stored of a release nothing can be read. */
export const noRevision = (name: string): ReleaseError =>
  releaseError('STORAGE', `no revision for release ${JSON.stringify(name)}`)

/** Another process works on the release (or died while it did); `holder` says who, when that is known. */
export const operationInProgress = (holder?: object): ReleaseError =>
  new ReleaseError('OPERATION_IN_PROGRESS', 'another operation (install/upgrade/rollback) is in progress', {
    ...holder,
  })

/** Whether `error`, or what it wraps, has this code. */
export function hasReleaseCode(error: unknown, code: ReleaseErrorCode): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at instanceof ReleaseError && at.code === code) return true
  }
  return false
}
