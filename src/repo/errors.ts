import { ChartctlError, errorText } from '../base/index.ts'

/** What can go wrong with repositories, registries and dependencies. */
export type RepoErrorCode =
  | 'NO_REPOSITORIES'
  | 'REPOSITORY_NOT_FOUND'
  | 'REPOSITORY_UNKNOWN'
  | 'INDEX_INVALID'
  | 'INDEX_UNREADABLE'
  | 'CHART_NOT_FOUND'
  | 'CHART_PATH_NOT_FOUND'
  | 'UNSUPPORTED_SCHEME'
  | 'FETCH_FAILED'
  | 'BAD_REFERENCE'
  | 'DIGEST'
  | 'FILE'
  | 'LOCK_OUT_OF_SYNC'
  | 'DEPENDENCY'
  | 'PROVENANCE'
  | 'REGISTRY'
  | 'CREDENTIALS'

/** An error about repositories, registries or what they hold; texts equal Helm's. */
export class RepoError extends ChartctlError<RepoErrorCode> {}

/** Builds a RepoError; `cause` is what it wraps. */
export function repoError(code: RepoErrorCode, message: string, cause?: unknown): RepoError {
  return new RepoError(code, message, {}, cause)
}

/** An answer other than 200, as Helm words it: the URL, then status and words of the server. */
export function fetchFailed(url: string, status: number, statusText: string): RepoError {
  return new RepoError('FETCH_FAILED', `failed to fetch ${url} : ${status} ${statusText}`.trimEnd(), { url, status })
}

/** The chart (or version) that was asked for is not in the repository. */
export function chartNotFound(what: string, repoUrl: string): RepoError {
  return new RepoError('CHART_NOT_FOUND', `${what} not found in ${repoUrl} repository`, { repoUrl })
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  EEXIST: 'file exists',
  ENOTEMPTY: 'directory not empty',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
  EMFILE: 'too many open files',
}

/** A failure of the file system worded as Go words it: `open x: no such file or directory`. */
export function fileError(error: unknown, operation: string, path: string): RepoError {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const reason = reasons[code] ?? errorText(error)
  return new RepoError('FILE', `${operation} ${path}: ${reason}`, { code, path }, error)
}

/** Whether an error says that a file does not exist. */
export function isMissingFile(error: unknown): boolean {
  return error instanceof RepoError && error.details.code === 'ENOENT'
}
