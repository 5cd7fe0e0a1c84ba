import { Chart, type ChartFile, type Dependency, emptyMetadata, type Lock, type Metadata } from '../../chart/index.ts'
import { recordTime, ZERO_TIME } from '../time.ts'
import { fromJson, type JsonOut, mapFromJson } from './go-json.ts'

/** A struct whose empty fields are left out, as `omitempty`. */
function compact(fields: Record<string, JsonOut>): Record<string, JsonOut> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: JsonOut): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true
  if (Array.isArray(value)) return value.length === 0
  return value instanceof Map && value.size === 0
}

/** The chart of a record, as Helm's `chart.Chart` in JSON. Sub-charts are not part of it. */
export function chartToJson(chart: Chart): JsonOut {
  return {
    metadata: metadataToJson(chart.metadata),
    lock: chart.lock === undefined ? null : lockToJson(chart.lock),
    templates: filesToJson(chart.templates),
    values: chart.values ?? null,
    schema: chart.schema ?? null,
    schemamodtime: chart.schemaModTime === undefined ? ZERO_TIME : recordTime(chart.schemaModTime),
    files: filesToJson(chart.files),
    ...(chart.modTime === undefined ? {} : { modtime: recordTime(chart.modTime) }),
  }
}

/** Chart.yaml in JSON, in the order of Helm's struct. */
export function metadataToJson(metadata: Metadata): JsonOut {
  return compact({
    name: metadata.name,
    home: metadata.home,
    sources: metadata.sources,
    version: metadata.version,
    description: metadata.description,
    keywords: metadata.keywords,
    maintainers: metadata.maintainers?.map((one) => (one === null ? null : compact({ ...one }))),
    icon: metadata.icon,
    apiVersion: metadata.apiVersion,
    condition: metadata.condition,
    tags: metadata.tags,
    appVersion: metadata.appVersion,
    deprecated: metadata.deprecated,
    annotations: metadata.annotations as JsonOut,
    kubeVersion: metadata.kubeVersion,
    dependencies: dependenciesToJson(metadata.dependencies),
    type: metadata.type,
  })
}

/** Dependencies in JSON, in the order of Helm's struct. */
export function dependenciesToJson(list: readonly (Dependency | null)[] | undefined): JsonOut {
  return list?.map((one) => {
    if (one === null) return null
    const head = compact({ name: one.name, version: one.version })
    const tail = compact({
      condition: one.condition,
      tags: one.tags,
      enabled: one.enabled,
      'import-values': one.importValues,
      alias: one.alias,
    })
    return { ...head, repository: one.repository, ...tail }
  })
}

function lockToJson(lock: Lock): JsonOut {
  return {
    generated: lock.generated === '' ? ZERO_TIME : lock.generated,
    digest: lock.digest,
    dependencies: dependenciesToJson(lock.dependencies) ?? null,
  }
}

function filesToJson(files: readonly ChartFile[]): JsonOut {
  if (files.length === 0) return null
  return files.map((file) => ({
    name: file.name,
    data: file.data,
    ...(file.modTime === undefined ? {} : { modtime: recordTime(file.modTime) }),
  }))
}

type Json = Record<string, unknown>

/** Reads the chart of a record. */
export function chartFromJson(json: Json): Chart {
  const chart = new Chart(metadataFromJson((json.metadata ?? {}) as Json))
  chart.lock = json.lock === null || json.lock === undefined ? undefined : lockFromJson(json.lock as Json)
  chart.templates = filesFromJson(json.templates)
  chart.files = filesFromJson(json.files)
  chart.values = typeof json.values === 'object' && json.values !== null ? mapFromJson(json.values) : undefined
  chart.schema = typeof json.schema === 'string' ? Buffer.from(json.schema, 'base64') : undefined
  chart.schemaModTime = timeFromJson(json.schemamodtime)
  chart.modTime = timeFromJson(json.modtime)
  return chart
}

function timeFromJson(value: unknown): number | undefined {
  if (typeof value !== 'string' || value === '' || value === ZERO_TIME) return undefined
  return Date.parse(value)
}

function filesFromJson(value: unknown): ChartFile[] {
  if (!Array.isArray(value)) return []
  return (value as (Json | null)[]).flatMap((file) =>
    file === null
      ? []
      : [
          {
            name: String(file.name ?? ''),
            data: Buffer.from(String(file.data ?? ''), 'base64'),
            modTime: timeFromJson(file.modtime),
          },
        ],
  )
}

function metadataFromJson(json: Json): Metadata {
  const metadata = emptyMetadata()
  const target = metadata as unknown as Json
  for (const [key, value] of Object.entries(metadata)) {
    if (value === '' && typeof json[key] === 'string') target[key] = json[key]
  }
  metadata.deprecated = json.deprecated === true
  metadata.sources = texts(json.sources)
  metadata.keywords = texts(json.keywords)
  metadata.maintainers = list(json.maintainers)?.map((one) =>
    one === null ? null : { name: text(one.name), email: text(one.email), url: text(one.url) },
  )
  if (typeof json.annotations === 'object' && json.annotations !== null) {
    metadata.annotations = new Map(Object.entries(json.annotations as Record<string, string>))
  }
  metadata.dependencies = dependenciesFromJson(json.dependencies)
  return metadata
}

function dependenciesFromJson(value: unknown): (Dependency | null)[] | undefined {
  return list(value)?.map((one) =>
    one === null
      ? null
      : {
          name: text(one.name),
          version: text(one.version),
          repository: text(one.repository),
          condition: text(one.condition),
          tags: texts(one.tags) ?? [],
          enabled: one.enabled === true,
          importValues: Array.isArray(one['import-values']) ? one['import-values'].map(fromJson) : [],
          alias: text(one.alias),
        },
  )
}

function lockFromJson(json: Json): Lock {
  return {
    generated: text(json.generated) === ZERO_TIME ? '' : text(json.generated),
    digest: text(json.digest),
    dependencies: dependenciesFromJson(json.dependencies),
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function texts(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined
}

function list(value: unknown): (Json | null)[] | undefined {
  return Array.isArray(value) ? (value as (Json | null)[]) : undefined
}
