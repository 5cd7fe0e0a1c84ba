import { chartFields, metadataOf, type Metadata } from '../../chart/index.ts'
import { decodeTyped, parseYaml, type TypeSpec } from '../../encoding/index.ts'
import type { GoValue } from '../../go/index.ts'
import { repoError } from '../errors.ts'
import { type ChartVersion, chartVersionFields, zeroTime } from './chart-version.ts'
import { splitIndex } from './index-split.ts'

/** An index as it was read; a null entry is one that the file leaves empty. */
export interface DecodedIndex {
  readonly apiVersion: string
  readonly generated: string
  readonly entries: Map<string, (ChartVersion | null)[]>
  readonly publicKeys: readonly string[]
  readonly annotations: ReadonlyMap<string, string> | undefined
  readonly serverInfo: unknown
}

const chartVersionType: TypeSpec = {
  kind: 'struct',
  name: 'ChartVersion',
  goType: 'repo.ChartVersion',
  pointer: true,
  fields: chartVersionFields,
  embedded: { name: 'Metadata', fields: chartFields },
}

const indexType = {
  kind: 'struct',
  name: 'IndexFile',
  goType: 'repo.IndexFile',
  fields: {
    serverInfo: { kind: 'any' },
    apiVersion: { kind: 'string' },
    generated: { kind: 'time' },
    entries: {
      kind: 'map',
      goType: 'map[string]repo.ChartVersions',
      element: { kind: 'list', goType: 'repo.ChartVersions', element: chartVersionType },
    },
    publicKeys: { kind: 'list', goType: '[]string', element: { kind: 'string' } },
    annotations: { kind: 'map', goType: 'map[string]string', element: { kind: 'string' } },
  },
} satisfies TypeSpec

/** Decodes an index: valid JSON leniently, anything else as strict YAML (unknown and duplicate fields are errors). */
export function decodeIndex(data: Uint8Array): DecodedIndex {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8')
  const json = jsonValue(text)
  const inParts = json === undefined ? decodeInParts(text) : undefined
  if (inParts !== undefined) return inParts
  const { value, problem } = decodeTyped(json ?? parseYaml(text, { strict: true }), indexType, {
    strict: json === undefined,
    exact: json !== undefined,
  })
  if (problem !== undefined) {
    throw repoError(
      'INDEX_INVALID',
      json === undefined ? `error unmarshaling JSON: while decoding JSON: ${problem}` : problem,
    )
  }
  const record = value as Record<string, unknown>
  return indexOf(record, entriesOf(record.entries as Map<string, unknown> | undefined))
}

/**
 * Decodes chart by chart, which takes a fraction of the time and memory when there are thousands. Only for indexes laid out as `repo index`
 * writes them; undefined when the layout differs or anything is wrong, so that errors come from reading the whole.
 */
function decodeInParts(text: string): DecodedIndex | undefined {
  const parts = splitIndex(text)
  if (parts === undefined) return undefined
  const entries = new Map<string, (ChartVersion | null)[]>()
  try {
    const head = decodeTyped(parseYaml(parts.head, { strict: true }), indexType, { strict: true })
    if (head.problem !== undefined) return undefined
    for (const [start, end] of parts.charts) {
      const part = parseYaml(text.slice(start, end), { strict: true })
      const { value, problem } = decodeTyped(part, indexType.fields.entries, { strict: true })
      if (problem !== undefined || !(part instanceof Map) || part.size !== 1) return undefined
      for (const [name, versions] of entriesOf(value as Map<string, unknown>)) {
        if (entries.has(name)) return undefined
        entries.set(name, versions)
      }
    }
    return indexOf(head.value as Record<string, unknown>, entries)
  } catch {
    return undefined
  }
}

function entriesOf(value: Map<string, unknown> | undefined): Map<string, (ChartVersion | null)[]> {
  const entries = new Map<string, (ChartVersion | null)[]>()
  for (const [name, list] of value ?? []) entries.set(name, Array.isArray(list) ? list.map(chartVersion) : [])
  return entries
}

function indexOf(record: Record<string, unknown>, entries: DecodedIndex['entries']): DecodedIndex {
  return {
    apiVersion: textOf(record.apiVersion),
    generated: textOf(record.generated) || zeroTime,
    entries,
    publicKeys: (record.publicKeys as string[] | null) ?? [],
    annotations: (record.annotations as Map<string, string> | null) ?? undefined,
    serverInfo: record.serverInfo,
  }
}

/** The value of a JSON text, or undefined when it is not JSON. */
function jsonValue(text: string): GoValue | undefined {
  if (!/^\s*[{["0-9tfn-]/.test(text)) return undefined
  try {
    return goValueOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

function goValueOf(value: unknown): GoValue {
  if (Array.isArray(value)) return value.map(goValueOf)
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, item]) => [key, goValueOf(item)]))
  }
  return value as GoValue
}

function chartVersion(value: unknown): ChartVersion | null {
  if (typeof value !== 'object' || value === null) return null
  const record = value as Record<string, unknown>
  const metadata: Metadata = metadataOf(record)
  return {
    metadata,
    urls: (record.urls as (string | null)[] | null | undefined)?.map((url) => url ?? '') ?? null,
    created: textOf(record.created) || zeroTime,
    removed: record.removed === true,
    digest: textOf(record.digest),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
