import { statSync } from 'node:fs'
import { join } from 'node:path'
import { errorText } from '../../base/index.ts'
import { emitYaml, parseYaml } from '../../encoding/index.ts'
import { fromBytes, toBytes } from '../../go/index.ts'
import { chartError } from '../errors.ts'
import { type LoadOptions, loadChartUnchecked } from '../load/load.ts'
import { metadataYaml } from '../metadata-record.ts'
import type { Chart, ChartFile, Metadata } from '../model.ts'
import { saveChart } from '../package/package.ts'
import { writeChartFile } from './scaffold.ts'

const placeholder = '<CHARTNAME>'

/**
 * Writes a new chart from a starter: its files with `<CHARTNAME>` replaced in templates and values, Chart.yaml from `metadata`.
 * As Helm 4.2 `CreateFrom`; sub-charts of the starter become archives.
 */
export function createChartFrom(
  metadata: Metadata,
  parent: string,
  starter: string,
  options: LoadOptions = {},
): string {
  let chart: Chart
  try {
    chart = loadChartUnchecked(starter, options)
  } catch (error) {
    throw chartError('CREATE', `could not load ${starter}: ${errorText(error)}`, error)
  }
  chart.metadata = metadata
  chart.templates = chart.templates.map((file) => renamed(file, metadata.name))
  try {
    parseYaml(emitYaml(chart.values ?? new Map()).replaceAll(placeholder, metadata.name), { target: 'map' })
  } catch (error) {
    throw chartError('CREATE', `transforming values file: ${errorText(error)}`, error)
  }
  chart.raw = chart.raw.map((file) => (file.name === 'values.yaml' ? renamed(file, metadata.name) : file))
  return saveChartFolder(chart, parent)
}

function renamed(file: ChartFile, name: string): ChartFile {
  return { ...file, data: toBytes(fromBytes(file.data).replaceAll(placeholder, name)) }
}

/** Writes a chart as a folder of its name below `parent`. As Helm 4.2 `SaveDir`. */
export function saveChartFolder(chart: Chart, parent: string): string {
  const folder = join(parent, chart.name)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw chartError('CREATE', `file ${folder} already exists and is not a directory`)
  }
  writeChartFile(join(folder, 'Chart.yaml'), metadataYaml(chart.metadata))
  for (const file of chart.raw) if (file.name === 'values.yaml') writeChartFile(join(folder, file.name), file.data)
  if (chart.schema) writeChartFile(join(folder, 'values.schema.json'), chart.schema)
  for (const file of [...chart.templates, ...chart.files]) writeChartFile(join(folder, file.name), file.data)
  for (const subchart of chart.dependencies) saveChart(subchart, join(folder, 'charts'))
  return folder
}
