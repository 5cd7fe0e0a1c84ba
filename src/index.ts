/**
 * The library: charts as data, rendering, linting and packaging them, releases, and a cluster to try them on. Importing it
 * starts nothing and reads nothing of the process; what needs a cluster is loaded when it is called.
 */
import { type Host, systemClock, systemRandom } from './base/index.ts'
import type { ClusterOptions, RunningCluster } from './cluster/index.ts'

export {
  type AdjustableClock,
  adjustableClock,
  ChartctlError,
  type Clock,
  type Host,
  type Log,
  type LogRecord,
  manualClock,
  type Random,
  systemClock,
  systemRandom,
} from './base/index.ts'
export {
  Chart,
  ChartError,
  type ChartErrorCode,
  type ChartFile,
  createChart,
  type Dependency,
  type LoadOptions,
  loadChart,
  type Lock,
  type Maintainer,
  type Metadata,
  mergeValueSources,
  packageChart,
  parseValues,
  saveChart,
  type ValueSources,
} from './chart/index.ts'
export type { ClusterOptions, RunningCluster } from './cluster/index.ts'
export type { GoMap, GoValue } from './go/index.ts'
export { type LintMessage, type LintOptions, type LintResult, lintChart, type Severity } from './lint/index.ts'
export type { Hook, Manifest } from './manifest/index.ts'
export {
  type Capabilities,
  defaultCapabilities,
  formatTemplateOutput,
  type KubeVersion,
  type LookupFunction,
  parseKubeVersion,
  type PostRender,
  type ReleaseInfo,
  type RenderedChart,
  RenderError,
  type RenderOptions,
  renderChart,
} from './render/index.ts'

/** The machine's clock and randomness, and no environment variables: what most callers hand to `renderChart`. */
export function systemHost(env: Host['env'] = {}): Host {
  return { clock: systemClock({ unref: true }), random: systemRandom, env }
}

/** Starts a bundled cluster in this process. With `storage: 'memory'` nothing is written; stop it when done. */
export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const cluster = await import('./cluster/index.ts')
  return cluster.startCluster(options)
}
