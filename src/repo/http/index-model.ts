import type { ChartVersion } from './chart-version.ts'

/** An index of a repository (index.yaml): charts by name, newest version first. */
export interface IndexFile {
  readonly apiVersion: string
  /** RFC 3339. */
  readonly generated: string
  readonly entries: Map<string, ChartVersion[]>
  readonly publicKeys: readonly string[]
  readonly annotations: ReadonlyMap<string, string> | undefined
  readonly serverInfo: unknown
}
