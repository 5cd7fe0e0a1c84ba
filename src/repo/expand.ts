import { lstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { type ChartFile, decodeMetadata, readArchive } from '../chart/index.ts'
import { fileError, repoError } from './errors.ts'
import { readBytes } from './files.ts'

/** Unpacks a chart archive into `folder`, below a folder with the chart's name. As Helm 4 `chartutil.ExpandFile`; links are never followed. */
export function expandChartArchive(archive: string, folder: string): void {
  const files = readArchive(readBytes(archive))
  const root = normalize(folder)
  const chartFolder = join(root, chartName(files))
  for (const file of files) {
    const path = join(chartFolder, file.name)
    refuseLinks(path, root)
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 })
    } catch (error) {
      throw fileError(error, 'mkdir', dirname(path))
    }
    try {
      writeFileSync(path, file.data, { mode: 0o644 })
    } catch (error) {
      throw fileError(error, 'open', path)
    }
  }
}

function chartName(files: readonly ChartFile[]): string {
  let name = ''
  for (const file of files) {
    if (file.name !== 'Chart.yaml') continue
    const { value, error } = decodeMetadata(Buffer.from(file.data).toString('utf8'))
    if (error !== undefined) throw repoError('FILE', `cannot load Chart.yaml: ${error.message}`, error)
    name = value.name
  }
  if (name === '') throw repoError('FILE', 'chart name not specified')
  if (name === '.' || name === '..') throw repoError('FILE', `chart name "${name}" is not allowed`)
  if (name !== basename(name)) throw repoError('FILE', `chart name "${name}" must not contain path separators`)
  return name
}

/** A link on the way could lead the file out of the folder. */
function refuseLinks(path: string, root: string): void {
  for (let current = path; current !== root && current !== dirname(current); current = dirname(current)) {
    if (lstatSync(current, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
      throw repoError('FILE', `refusing to write through the link ${current}`)
    }
  }
}
