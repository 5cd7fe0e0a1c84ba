import type { Metadata } from '../../chart/index.ts'
import type { TypeSpec } from '../../encoding/index.ts'

/** One version of a chart as an index lists it. */
export interface ChartVersion {
  readonly metadata: Metadata
  /** Null when the index says nothing of them. */
  readonly urls: readonly string[] | null
  /** RFC 3339; the zero time when the index says nothing. */
  readonly created: string
  readonly removed: boolean
  readonly digest: string
}

/** Go's zero time, as JSON prints it. */
export const zeroTime = '0001-01-01T00:00:00Z'

const text: TypeSpec = { kind: 'string' }
const texts: TypeSpec = { kind: 'list', goType: '[]string', element: text }

/** Fields of an index entry beside those of Chart.yaml; the last four belong to Helm 2 and are ignored. */
export const chartVersionFields: Readonly<Record<string, TypeSpec>> = {
  urls: texts,
  created: { kind: 'time' },
  removed: { kind: 'bool' },
  digest: text,
  checksum: text,
  engine: text,
  tillerVersion: text,
  url: text,
}
