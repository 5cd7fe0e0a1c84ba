import { lstatSync, readlinkSync } from 'node:fs'

/** Go's limit of links in one path. */
const maxLinks = 255

/**
 * The path at which following the links of an absolute path ends in an error: a broken link's target, not the link. As Go's
 * `filepath.EvalSymlinks` 1.26, which walks the path component by component and takes `..` off by name. Undefined when all
 * of it is there, or when there are too many links.
 */
export function brokenLinkPath(path: string): string | undefined {
  let rest = path.split('/')
  let walked = ''
  for (let links = 0; rest.length > 0; ) {
    const [component = '', ...further] = rest
    rest = further
    if (component === '' || component === '.') continue
    if (component === '..') {
      walked = walked.slice(0, Math.max(0, walked.lastIndexOf('/')))
      continue
    }
    const next = `${walked}/${component}`
    const stats = lstatSync(next, { throwIfNoEntry: false })
    if (stats === undefined) return next
    if (!stats.isSymbolicLink()) {
      walked = next
      continue
    }
    if (++links > maxLinks) return undefined
    const target = readlinkSync(next)
    if (target.startsWith('/')) walked = ''
    rest = [...target.split('/'), ...rest]
  }
  return undefined
}
