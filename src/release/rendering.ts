import type { SlowKeyKind } from '../base/index.ts'
import type { Chart, SchemaAttempts } from '../chart/index.ts'
import type { GoMap } from '../go/index.ts'
import {
  type Capabilities,
  formatManifests,
  type LookupFunction,
  type RenderOptions,
  RepeatableKeys,
  renderProcessedChart,
} from '../render/index.ts'
import type { DeployRequest, RenderedRelease } from './actions/request.ts'
import { wrapped } from './errors.ts'
import { type LookupRequest, renderWithLookup } from './lookup.ts'
import { withKeys } from './pending-keys.ts'
import type { ReleasePorts } from './ports.ts'

/** What is known of a rendering before it can be made. */
export interface Rehearsal {
  /** The keys that it is going to draw are being made. */
  readonly keys: RepeatableKeys
  /** What its templates are likely to look up. */
  readonly lookups: readonly LookupRequest[]
}

/** What templates learn about the release. */
export interface RenderSubject {
  readonly namespace: string
  readonly revision: number
  readonly isUpgrade: boolean
  /** With its dependencies processed. */
  readonly chart: Chart
  readonly values: GoMap
  /** What is on its way already. */
  readonly rehearsal?: Rehearsal | undefined
}

/**
 * Renders a chart: against the capabilities and objects of the cluster, or (client-side dry run of an install) against
 * nothing but what is built in.
 */
export async function renderRelease(
  ports: ReleasePorts,
  request: DeployRequest,
  subject: RenderSubject,
  signal: AbortSignal | undefined,
): Promise<RenderedRelease> {
  if (request.saved !== undefined) return request.saved.rendered
  const online = request.dryRun !== 'client'
  const capabilities = online || subject.isUpgrade ? await liveCapabilities(ports, signal) : undefined
  const { postRenderer } = request
  const withSchemas: SchemaAttempts = ports.schemaDocuments ?? (async (log, work) => work({}, log))
  const keys = subject.rehearsal?.keys ?? new RepeatableKeys()
  const options = renderOptions(ports, request, subject)
  const host = { ...options.host, slowKey: (kind: SlowKeyKind) => keys.draw(kind) }
  const attempt = (lookup: LookupFunction | undefined) =>
    withSchemas(ports.log, (schema, log) =>
      renderProcessedChart(subject.chart, subject.values, {
        ...options,
        host,
        log,
        schema,
        enableDns: request.enableDns,
        skipSchemaValidation: request.skipSchemaValidation,
        ...(capabilities === undefined ? {} : { capabilities }),
        ...(lookup === undefined ? {} : { lookup }),
        ...(postRenderer === undefined ? {} : { postRender: postRenderer }),
      }),
    )
  const render = (lookup: LookupFunction | undefined) => withKeys(subject.chart, keys, () => attempt(lookup))
  const rendered = online
    ? await renderWithLookup(ports, render, { expected: subject.rehearsal?.lookups ?? [], signal })
    : await render(undefined)
  const hideSecrets = request.hideSecret
  return {
    hooks: rendered.hooks,
    manifest: formatManifests(rendered.manifests, { hideSecrets }),
    notes: rendered.notes,
  }
}

/** What every attempt to render a chart is given, whatever is known of the cluster. */
export function renderOptions(
  ports: ReleasePorts,
  request: DeployRequest,
  { namespace, revision, isUpgrade }: RenderSubject,
): RenderOptions & Pick<Required<RenderOptions>, 'host'> {
  return {
    release: { name: request.name, namespace, revision, isUpgrade },
    host: ports.host,
    subNotes: request.subNotes,
  }
}

async function liveCapabilities(ports: ReleasePorts, signal: AbortSignal | undefined): Promise<Capabilities> {
  try {
    const { version, apiVersions, orphaned } = await ports.cluster.capabilities(signal)
    for (const error of orphaned) {
      const message = 'the kubernetes server has an orphaned API service'
      ports.log({ level: 'WARN', message, attributes: [['error', error]] })
      const remedy = 'to fix this, kubectl delete apiservice <service-name>'
      ports.log({ level: 'WARN', message: remedy, attributes: [] })
    }
    const { gitVersion, major, minor } = version
    return { kubeVersion: { version: gitVersion, major, minor }, apiVersions }
  } catch (error) {
    if (signal?.aborted === true) throw error
    throw wrapped('RENDER', 'could not get apiVersions from Kubernetes', error)
  }
}
