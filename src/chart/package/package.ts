import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorText } from '../../base/index.ts'
import { emitYamlFromJson } from '../../encoding/index.ts'
import { quote } from '../../go/index.ts'
import { type ArchiveEntry, writeArchive } from '../archive/write.ts'
import { ChartError, chartError } from '../errors.ts'
import { fileSystemError, writeFileError } from '../load/file-errors.ts'
import { validateMetadata } from '../metadata.ts'
import { lockRecord, metadataYaml } from '../metadata-record.ts'
import type { Chart } from '../model.ts'
import { parseSchemaDocument } from '../schema/json.ts'

/** The bytes of a packaged chart. `nowMs` stands for modification times that are unknown. */
export function packageChart(chart: Chart, options: { readonly nowMs: number }): Uint8Array {
  validateForPackage(chart)
  return writeArchive(chartEntries(chart, ''), options.nowMs)
}

/**
 * Writes `NAME-VERSION.tgz` into a folder (made when absent) and gives its path. As Helm 4.2 `Save`: Chart.yaml is written anew,
 * then lock, values, schema, templates, other files, sub-charts; nothing is left behind when it fails.
 */
export function saveChart(chart: Chart, folder: string, options: { readonly nowMs?: number } = {}): string {
  validateForPackage(chart)
  const path = join(folder, `${chart.name}-${chart.metadata.version}.tgz`)
  ensureFolder(dirname(path))
  try {
    writeFileSync(path, writeArchive(chartEntries(chart, ''), options.nowMs ?? chart.modTime ?? 0))
  } catch (error) {
    rmSync(path, { force: true })
    throw error instanceof ChartError ? error : writeFileError(error, path)
  }
  return path
}

function validateForPackage(chart: Chart): void {
  try {
    validateMetadata(chart.metadata)
  } catch (error) {
    throw chartError('PACKAGE', `chart validation: ${errorText(error)}`, error)
  }
}

function ensureFolder(folder: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 })
    } catch (error) {
      throw fileSystemError(error, 'mkdir', folder)
    }
  } else if (!stats.isDirectory()) throw chartError('PACKAGE', `is not a directory: ${folder}`)
}

function chartEntries(chart: Chart, prefix: string): ArchiveEntry[] {
  if (chart.name.includes('/')) throw chartError('PACKAGE', `${quote(chart.name)} is not a valid chart name`)
  const base = prefix === '' ? chart.name : `${prefix}/${chart.name}`
  const { metadata } = chart
  const isV1 = metadata.apiVersion === 'v1'
  const entries: ArchiveEntry[] = []
  const add = (name: string, data: Uint8Array | string, modTime: number | undefined): void => {
    entries.push({ name: `${base}/${name}`, data: typeof data === 'string' ? Buffer.from(data) : data, modTime })
  }
  add('Chart.yaml', metadataYaml(isV1 ? { ...metadata, dependencies: undefined } : metadata), chart.modTime)
  if (metadata.apiVersion === 'v2' && chart.lock) {
    const generated = Date.parse(chart.lock.generated)
    add('Chart.lock', emitYamlFromJson(lockRecord(chart.lock)), Number.isNaN(generated) ? undefined : generated)
  }
  for (const file of chart.raw) if (file.name === 'values.yaml') add(file.name, file.data, file.modTime)
  if (chart.schema) {
    checkSchema(chart.schema)
    add('values.schema.json', chart.schema, chart.schemaModTime)
  }
  for (const file of [...chart.templates, ...chart.files]) add(file.name, file.data, file.modTime)
  return entries.concat(chart.dependencies.flatMap((subchart) => chartEntries(subchart, `${base}/charts`)))
}

function checkSchema(schema: Uint8Array): void {
  try {
    parseSchemaDocument(schema)
  } catch (error) {
    throw chartError('PACKAGE', 'invalid JSON in values.schema.json', error)
  }
}
