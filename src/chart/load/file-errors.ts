import { errorText } from '../../base/index.ts'
import { type ChartError, chartError } from '../errors.ts'

const texts: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
  EROFS: 'read-only file system',
  EEXIST: 'file exists',
  EMFILE: 'too many open files',
}

/** An error of the file system worded as Go words it: `open values.yaml: no such file or directory`. */
export function fileSystemError(error: unknown, operation: string, path: string): ChartError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return chartError(
    code === 'ENOENT' ? 'CHART_NOT_FOUND' : 'CHART_INVALID',
    `${operation} ${path}: ${texts[code] ?? errorText(error)}`,
    error,
  )
}

/** An error of reading a whole file: a folder can be opened, but not read. */
export function readFileError(error: unknown, path: string): ChartError {
  const isFolder = typeof error === 'object' && error !== null && 'code' in error && error.code === 'EISDIR'
  return fileSystemError(error, isFolder ? 'read' : 'open', path)
}

/** An error of writing a whole file: a full disk shows once the file is open. */
export function writeFileError(error: unknown, path: string): ChartError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return fileSystemError(error, ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'].includes(code) ? 'write' : 'open', path)
}
