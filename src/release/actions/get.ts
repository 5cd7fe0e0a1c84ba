import { coalesceValues, type Dependency } from '../../chart/index.ts'
import type { GoMap } from '../../go/index.ts'
import { releaseError } from '../errors.ts'
import type { ReleasePorts } from '../ports.ts'
import { rfc3339 } from '../time.ts'
import { type ContentRequest, releaseContent } from './content.ts'

/** The user's values of a revision (undefined: none), or all values with `all`. */
export async function getValues(
  ports: ReleasePorts,
  request: ContentRequest & { readonly all: boolean },
  signal?: AbortSignal,
): Promise<GoMap | undefined> {
  const release = await releaseContent(ports, request, signal)
  if (!request.all || release.chart === undefined) return release.config
  return coalesceValues(release.chart, release.config, ports.log)
}

/** What `get metadata` shows. */
export interface ReleaseMetadata {
  readonly name: string
  readonly chart: string
  readonly version: string
  readonly appVersion: string
  readonly annotations: ReadonlyMap<string, string>
  readonly labels: Readonly<Record<string, string>>
  readonly dependencies: readonly (Dependency | null)[]
  readonly namespace: string
  readonly revision: number
  readonly status: string
  readonly deployedAt: string
  readonly applyMethod: string
}

/** Facts about a revision. */
export async function getMetadata(
  ports: ReleasePorts,
  request: ContentRequest,
  signal?: AbortSignal,
): Promise<ReleaseMetadata> {
  const release = await releaseContent(ports, request, signal)
  const metadata = release.chart?.metadata
  if (metadata === undefined) throw releaseError('CHART', 'invalid chart apiVersion')
  return {
    name: release.name,
    chart: metadata.name,
    version: metadata.version,
    appVersion: metadata.appVersion,
    annotations: metadata.annotations ?? new Map<string, string>(),
    labels: release.labels,
    dependencies: metadata.dependencies ?? [],
    namespace: release.namespace,
    revision: release.version,
    status: release.info.status,
    deployedAt: rfc3339(release.info.lastDeployed),
    applyMethod: release.applyMethod,
  }
}
