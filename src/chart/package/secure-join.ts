import { lstatSync, readlinkSync } from 'node:fs'
import { isAbsolute, join, sep } from 'node:path'
import { chartError } from '../errors.ts'
import { fileSystemError } from '../load/file-errors.ts'

/** As many links as Linux follows in one path. */
const maxLinks = 255

/**
 * Joins a path to a root folder so that the result never leaves the root: `..` stops at the root, and links are followed as
 * if the root were the file system's. Throws when the root itself has `..` in it. As filepath-securejoin, which Helm uses.
 */
export function secureJoin(root: string, path: string): string {
  if (root.split(sep).includes('..')) {
    throw chartError('CHART_INVALID', "root path provided to SecureJoin contains '..' components")
  }
  let rest = path.split('/')
  let current = ''
  for (let links = 0; rest.length > 0; ) {
    const [part = '', ...after] = rest
    rest = after
    const next = join('/', current, part)
    if (next === '/') {
      current = ''
      continue
    }
    const target = linkTarget(join(root, next))
    if (target === undefined) {
      current = next
      continue
    }
    links += 1
    if (links > maxLinks) throw chartError('CHART_INVALID', `too many links in ${path}`)
    if (isAbsolute(target)) current = ''
    rest = [...target.split('/'), ...rest]
  }
  return current === '' ? root : join(root, current)
}

/** What a link points to; undefined when the path is no link. */
function linkTarget(path: string): string | undefined {
  try {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined
    return readlinkSync(path)
  } catch (error) {
    throw fileSystemError(error, 'lstat', path)
  }
}
