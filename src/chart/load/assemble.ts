import { errorText, type Log, silentLog } from '../../base/index.ts'
import { fromBytes } from '../../go/index.ts'
import { readArchive } from '../archive/read.ts'
import { chartError } from '../errors.ts'
import { decodeLock, decodeMetadata, validateMetadata } from '../metadata.ts'
import { Chart, type ChartFile, emptyMetadata, type Metadata } from '../model.ts'
import { parseValues } from '../values/parse.ts'

/** Where loading reports what is old but tolerated. */
export interface AssembleOptions {
  readonly log?: Log | undefined
}

/**
 * Makes a chart from its files, whatever their order. As Helm 4.2 `loader.LoadFiles`: Chart.yaml, values.yaml, the schema,
 * locks, requirements.yaml of v1 charts, templates/, charts/ (folders and archives, nested), everything else in `files`.
 * Sub-charts come in the order of their names.
 */
export function assembleChart(files: readonly ChartFile[], options: AssembleOptions = {}): Chart {
  const chart = new Chart(emptyMetadata())
  chart.raw = [...files]
  const found = readChartFiles(chart)
  const subcharts = new Map<string, ChartFile[]>()
  let hasMetadata = found
  for (const file of files) {
    if (file.name === 'Chart.yaml') continue
    if (file.name.startsWith('templates/')) chart.templates.push(file)
    else if (file.name.startsWith('charts/')) addSubchartFile(chart, subcharts, file)
    else if (readSpecialFile(chart, file, options.log ?? silentLog))
      hasMetadata ||= file.name.startsWith('requirements.')
    else chart.files.push(file)
  }
  if (!hasMetadata) throw chartError('CHART_INVALID', 'Chart.yaml file is missing')
  validateMetadata(chart.metadata)
  for (const name of [...subcharts.keys()].sort()) {
    const subchart = loadSubchart(chart, name, subcharts.get(name) ?? [], options)
    if (subchart) chart.addDependency(subchart)
  }
  return chart
}

/** Reads Chart.yaml into the chart; false when there is none. */
function readChartFiles(chart: Chart): boolean {
  let found = false
  for (const file of chart.raw) {
    if (file.name !== 'Chart.yaml') continue
    found = true
    chart.metadata = readMetadata(file, chart.metadata, 'Chart.yaml')
    if (chart.metadata.apiVersion === '') chart.metadata.apiVersion = 'v1'
    chart.modTime = file.modTime
  }
  return found
}

function readMetadata(file: ChartFile, base: Metadata, label: string): Metadata {
  const { value, error } = decodeMetadata(fromBytes(file.data), base)
  if (error) throw chartError('CHART_INVALID', `cannot load ${label}: ${error.message}`, error)
  return value
}

/** Handles the files with a meaning of their own at the top of a chart; false for any other file. */
function readSpecialFile(chart: Chart, file: ChartFile, log: Log): boolean {
  switch (file.name) {
    case 'Chart.lock':
      readLock(chart, file)
      return true
    case 'values.yaml':
      try {
        chart.values = parseValues(fromBytes(file.data))
      } catch (error) {
        throw chartError('VALUES_INVALID', `cannot load values.yaml: ${errorText(error)}`, error)
      }
      return true
    case 'values.schema.json':
      chart.schema = file.data
      chart.schemaModTime = file.modTime
      return true
    case 'requirements.yaml':
      warnUnlessV1(
        chart,
        log,
        'Warning: Dependencies are handled in Chart.yaml since apiVersion "v2". We recommend migrating dependencies to Chart.yaml.',
      )
      chart.metadata = readMetadata(file, chart.metadata, 'requirements.yaml')
      if (chart.metadata.apiVersion === 'v1') chart.files.push(file)
      return true
    case 'requirements.lock':
      readLock(chart, file)
      warnUnlessV1(
        chart,
        log,
        'Warning: Dependency locking is handled in Chart.lock since apiVersion "v2". We recommend migrating to Chart.lock.',
      )
      if (chart.metadata.apiVersion === 'v1') chart.files.push(file)
      return true
    default:
      return false
  }
}

function readLock(chart: Chart, file: ChartFile): void {
  const { value, error } = decodeLock(fromBytes(file.data))
  if (error) throw chartError('CHART_INVALID', `cannot load ${file.name}: ${error.message}`, error)
  chart.lock = value
}

function warnUnlessV1(chart: Chart, log: Log, message: string): void {
  if (chart.metadata.apiVersion !== 'v1') log({ level: 'INFO', message, attributes: [] })
}

function addSubchartFile(chart: Chart, subcharts: Map<string, ChartFile[]>, file: ChartFile): void {
  if (file.name.endsWith('.prov')) {
    chart.files.push(file)
    return
  }
  const name = file.name.slice('charts/'.length)
  const folder = name.split('/', 1)[0] ?? ''
  const members = subcharts.get(folder)
  const member = { ...file, name }
  if (members) members.push(member)
  else subcharts.set(folder, [member])
}

function loadSubchart(
  parent: Chart,
  name: string,
  files: readonly ChartFile[],
  options: AssembleOptions,
): Chart | undefined {
  if (name.startsWith('_') || name.startsWith('.')) return undefined
  try {
    if (!name.endsWith('.tgz')) return assembleChart(insideFolder(files), options)
    const archive = files[0]
    if (archive?.name === name) return assembleChart(readArchive(archive.data), options)
  } catch (error) {
    throw chartError('CHART_INVALID', `error unpacking subchart ${name} in ${parent.name}: ${errorText(error)}`, error)
  }
  throw chartError(
    'CHART_INVALID',
    `error unpacking subchart tar in ${parent.name}: expected ${name}, got ${files[0]?.name ?? ''}`,
  )
}

/** Files below the first path element; files beside it (that are no chart) go. */
function insideFolder(files: readonly ChartFile[]): ChartFile[] {
  const inside: ChartFile[] = []
  for (const file of files) {
    const slash = file.name.indexOf('/')
    if (slash >= 0) inside.push({ ...file, name: file.name.slice(slash + 1) })
  }
  return inside
}
