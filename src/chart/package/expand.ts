import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, normalize } from 'node:path'
import { fromBytes, quote } from '../../go/index.ts'
import { readArchive } from '../archive/read.ts'
import { chartError } from '../errors.ts'
import { fileSystemError, writeFileError } from '../load/file-errors.ts'
import { decodeMetadata } from '../metadata.ts'
import { secureJoin } from './secure-join.ts'

/** Unpacks a chart archive into a folder of the chart's name below `target`, file by file as they are. As Helm's `Expand`. */
export function expandChartArchive(bytes: Uint8Array, target: string): string {
  const files = readArchive(bytes)
  let name = ''
  for (const file of files) {
    if (file.name !== 'Chart.yaml') continue
    const { value, error } = decodeMetadata(fromBytes(file.data))
    if (error) throw chartError('CHART_INVALID', `cannot load Chart.yaml: ${error.message}`, error)
    name = value.name
  }
  if (name === '') throw chartError('CHART_INVALID', 'chart name not specified')
  if (name === '.' || name === '..') throw chartError('CHART_INVALID', `chart name ${quote(name)} is not allowed`)
  if (name.includes('/')) {
    throw chartError('CHART_INVALID', `chart name ${quote(name)} must not contain path separators`)
  }
  const root = normalize(target === '' ? '.' : target)
  const folder = secureJoin(root, name)
  if (folder === root) {
    throw chartError('CHART_INVALID', `chart name ${quote(name)} resolves to the extraction root`)
  }
  const made = new Set<string>()
  for (const file of files) {
    const path = secureJoin(folder, file.name)
    const parent = dirname(path)
    if (!made.has(parent)) makeFolders(parent)
    made.add(parent)
    try {
      writeFileSync(path, file.data, { mode: 0o644 })
    } catch (error) {
      throw writeFileError(error, path)
    }
  }
  return folder
}

function makeFolders(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 })
  } catch (error) {
    throw fileSystemError(error, 'mkdir', path)
  }
}
