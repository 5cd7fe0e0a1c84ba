import { posix } from 'node:path'
import { quote } from '../../go/index.ts'
import { chartError } from '../errors.ts'

/** Elements that begin with a letter, digit, dash or underscore, and are what they say. */
const PLAIN = /^[\w-][^/]*(?:\/[\w-][^/]*)*$/

/**
 * Name of an archive member inside the chart: the first path element (the chart's folder) is dropped. As Helm 4.2: members
 * outside the folder, absolute and parent paths, and Windows drives are refused; backslashes separate when present.
 */
export function entryName(path: string): string {
  const delimiter = path.includes('\\') ? '\\' : '/'
  const [first = '', ...others] = path.split(delimiter)
  const joined = others.join('/')
  if (joined.startsWith('/')) throw chartError('ARCHIVE_PATH', 'chart illegally contains absolute paths')
  const name = PLAIN.test(joined) ? joined : posix.normalize(joined === '' ? '.' : joined).replace(/\/$/, '')
  if (name === '.') {
    throw chartError('ARCHIVE_PATH', `chart illegally contains content outside the base directory: ${quote(path)}`)
  }
  if (name.startsWith('..')) throw chartError('ARCHIVE_PATH', 'chart illegally references parent directory')
  if (/^[a-zA-Z]:\//.test(name)) throw chartError('ARCHIVE_PATH', 'chart contains illegally named files')
  if (first === 'Chart.yaml') throw chartError('ARCHIVE_PATH', 'chart yaml not in base directory')
  return name
}
