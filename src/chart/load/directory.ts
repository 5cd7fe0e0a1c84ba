import { lstatSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Log } from '../../base/index.ts'
import { fromBytes, quote } from '../../go/index.ts'
import { withoutByteOrderMark } from '../archive/read.ts'
import { chartError } from '../errors.ts'
import { maxFileBytes } from '../limits.ts'
import type { ChartFile } from '../model.ts'
import { fileSystemError } from './file-errors.ts'
import { type IgnoreRules, parseIgnoreRules } from './helmignore.ts'
import { brokenLinkPath } from './symbolic-links.ts'

/**
 * Reads the files of a chart folder, in the order of their paths, without those that .helmignore leaves out. As Helm 4.2:
 * symbolic links are followed (and logged), devices and sockets are refused, files over 5 MiB too.
 */
export function readChartFolder(folder: string, options: { readonly log?: Log | undefined } = {}): ChartFile[] {
  const top = resolve(folder)
  const walk: Walk = { top, rules: readRules(top), files: [], log: options.log }
  visit(
    walk,
    top,
    '',
    attempt(() => lstatSync(top), 'lstat', top),
  )
  return walk.files
}

interface Walk {
  readonly top: string
  readonly rules: IgnoreRules
  readonly files: ChartFile[]
  readonly log: Log | undefined
}

function readRules(top: string): IgnoreRules {
  const path = join(top, '.helmignore')
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return parseIgnoreRules('')
  return parseIgnoreRules(fromBytes(attempt(() => readFileSync(path), 'open', path)))
}

function visit(walk: Walk, path: string, name: string, stats: Stats): void {
  if (stats.isSymbolicLink()) {
    let target: string
    try {
      target = realpathSync(path)
    } catch (error) {
      const { message } = fileSystemError(error, 'lstat', brokenLinkPath(path) ?? path)
      throw chartError('CHART_INVALID', `error evaluating symlink ${path}: ${message}`, error)
    }
    walk.log?.({
      level: 'INFO',
      message: 'found symbolic link in path. Contents of linked file included and used',
      attributes: [
        ['path', path],
        ['resolved', target],
      ],
    })
    visit(
      walk,
      path,
      name,
      attempt(() => lstatSync(target), 'lstat', target),
    )
    return
  }
  if (name !== '' && walk.rules.ignores(name, stats.isDirectory())) return
  if (!stats.isDirectory()) {
    walk.files.push(readFile(path, name, stats))
    return
  }
  // A link to a folder above is followed until the system has seen enough of it (40 times), as Helm does.
  const names = attempt(() => readdirSync(path, { encoding: 'buffer' }), 'open', path).map((entry) => fromBytes(entry))
  for (const entry of names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    const child = join(path, entry)
    visit(
      walk,
      child,
      name === '' ? entry : `${name}/${entry}`,
      attempt(() => lstatSync(child), 'lstat', child),
    )
  }
}

function readFile(path: string, name: string, stats: Stats): ChartFile {
  if (!stats.isFile()) {
    throw chartError('CHART_INVALID', `cannot load irregular file ${path} as it has file mode type bits set`)
  }
  if (stats.size > maxFileBytes) {
    const base = name.slice(name.lastIndexOf('/') + 1)
    throw chartError('ARCHIVE_LIMIT', `chart file ${quote(base)} is larger than the maximum file size ${maxFileBytes}`)
  }
  try {
    return { name, data: withoutByteOrderMark(readFileSync(path)), modTime: stats.mtimeMs }
  } catch (error) {
    throw chartError('CHART_INVALID', `error reading ${name}: ${fileSystemError(error, 'open', path).message}`, error)
  }
}

function attempt<T>(read: () => T, operation: string, path: string): T {
  try {
    return read()
  } catch (error) {
    throw fileSystemError(error, operation, path)
  }
}
