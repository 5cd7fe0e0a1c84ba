import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Log } from '../../base/index.ts'
import { fromBytes } from '../../go/index.ts'
import { isGzip, readArchive } from '../archive/read.ts'
import { ChartError, chartError } from '../errors.ts'
import { decodeYaml } from '../metadata.ts'
import type { Chart, ChartFile } from '../model.ts'
import { assembleChart } from './assemble.ts'
import { detectContentType } from './content-type.ts'
import { readChartFolder } from './directory.ts'
import { fileSystemError, readFileError } from './file-errors.ts'

/** Options of loading. */
export interface LoadOptions {
  readonly log?: Log | undefined
}

/**
 * Loads a chart from a folder, from a packaged chart (.tgz), or from the bytes of one. As Helm 4.2, error texts included:
 * the API version of Chart.yaml is looked at first; anything but v1, v2 and none is refused.
 */
export function loadChart(source: string | Uint8Array, options: LoadOptions = {}): Chart {
  if (typeof source !== 'string') return loadChartArchive(source, options)
  return isFolder(source) ? loadChartFolder(source, options) : loadChartFile(source, options)
}

/** Loads a chart from a folder. */
export function loadChartFolder(folder: string, options: LoadOptions = {}): Chart {
  const top = resolve(folder)
  const path = join(top, 'Chart.yaml')
  let data: Uint8Array
  try {
    data = readFileSync(path)
  } catch (error) {
    const cause = readFileError(error, path)
    throw chartError(cause.code, `unable to detect chart at ${path}: ${cause.message}`, error)
  }
  const apiVersion = apiVersionIn(data)
  return ofReadVersion(assembleChart(readChartFolder(folder, options), options), apiVersion)
}

/** Loads a chart from a folder without looking at its API version first, as sub-charts and lint do. */
export function loadChartFolderUnchecked(folder: string, options: LoadOptions = {}): Chart {
  return assembleChart(readChartFolder(folder, options), options)
}

/** Loads a chart from a packaged chart without looking at its API version first; what is wrong with the archive is said. */
export function loadChartFileUnchecked(path: string, options: LoadOptions = {}): Chart {
  return assembleChart(filesIn(path), options)
}

/** Loads a chart from a folder or a packaged chart without looking at its API version first. As Helm's `v2/loader.Load`. */
export function loadChartUnchecked(path: string, options: LoadOptions = {}): Chart {
  return isFolder(path) ? loadChartFolderUnchecked(path, options) : loadChartFileUnchecked(path, options)
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    throw fileSystemError(error, 'stat', path)
  }
}

function loadChartFile(path: string, options: LoadOptions): Chart {
  let files: ChartFile[]
  try {
    files = filesIn(path)
  } catch (error) {
    // Helm does not pass on what is wrong with the archive here, whatever it is.
    const isArchive = error instanceof ChartError && error.code.startsWith('ARCHIVE_')
    if (isArchive && !error.message.startsWith('file ')) {
      throw chartError('ARCHIVE_INVALID', 'unable to load chart archive', error)
    }
    throw error
  }
  return assembleChecked(files, options)
}

function filesIn(path: string): ChartFile[] {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw readFileError(error, path)
  }
  ensureArchive(path, bytes)
  try {
    return readArchive(bytes)
  } catch (error) {
    if (!(error instanceof ChartError) || error.message !== 'gzip: invalid header') throw error
    const message = `file '${path}' does not appear to be a valid chart file (details: ${error.message})`
    throw chartError('ARCHIVE_INVALID', message, error)
  }
}

/** Loads a chart from the bytes of a packaged chart. */
export function loadChartArchive(bytes: Uint8Array, options: LoadOptions = {}): Chart {
  return assembleChart(readArchive(bytes), options)
}

function assembleChecked(files: readonly ChartFile[], options: LoadOptions): Chart {
  const chartFile = files.find((file) => file.name === 'Chart.yaml')
  if (!chartFile) throw chartError('CHART_INVALID', 'unable to detect chart version, no Chart.yaml found')
  const apiVersion = apiVersionIn(chartFile.data)
  return ofReadVersion(assembleChart(files, options), apiVersion)
}

/** Helm reads charts of version 3, and finds what is wrong with them, but no action takes them yet. */
function ofReadVersion(chart: Chart, apiVersion: string): Chart {
  if (apiVersion === 'v3') throw chartError('CHART_INVALID', 'invalid chart apiVersion')
  return chart
}

/** What Helm looks at first in a Chart.yaml. */
const chartBase = {
  kind: 'struct',
  name: 'chartBase',
  goType: 'loader.chartBase',
  fields: { apiVersion: { kind: 'string' } },
} as const

/** The version of the chart format; throws when nobody reads it. */
function apiVersionIn(data: Uint8Array): string {
  const { value, error } = decodeYaml(fromBytes(data), chartBase, {})
  if (error) throw chartError('CHART_INVALID', `cannot load Chart.yaml: ${error.message}`, error)
  const apiVersion = (value as { readonly apiVersion?: string | null } | null)?.apiVersion ?? ''
  if (!['v1', 'v2', 'v3', ''].includes(apiVersion)) throw chartError('CHART_INVALID', 'unsupported chart version')
  return apiVersion
}

/** Refuses files that are no gzip, with a hint for YAML files. As Helm's `EnsureArchive`. */
function ensureArchive(path: string, bytes: Uint8Array): void {
  if (isGzip(bytes)) return
  if (path.endsWith('.yml') || path.endsWith('.yaml')) {
    throw chartError('ARCHIVE_INVALID', `file '${path}' seems to be a YAML file, but expected a gzipped archive`)
  }
  throw chartError(
    'ARCHIVE_INVALID',
    `file '${path}' does not appear to be a gzipped archive; got '${detectContentType(bytes)}'`,
  )
}
