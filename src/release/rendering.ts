import { silentLog } from '../base/index.ts'
import { type Chart, processDependencies, type SchemaAttempts } from '../chart/index.ts'
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
import { renderWithLookup } from './lookup.ts'
import { rehearse, withKeys } from './pending-keys.ts'
import type { ReleasePorts } from './ports.ts'

/** What templates learn about the release. */
export interface RenderSubject {
  readonly namespace: string
  readonly revision: number
  readonly isUpgrade: boolean
  /** With its dependencies processed. */
  readonly chart: Chart
  readonly values: GoMap
  /** Keys that may be on their way already. */
  readonly keys?: RepeatableKeys
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
  const keys = subject.keys ?? new RepeatableKeys()
  const options = renderOptions(ports, request, subject, keys)
  const attempt = (lookup: LookupFunction | undefined) =>
    withSchemas(ports.log, (schema, log) =>
      renderProcessedChart(subject.chart, subject.values, {
        ...options,
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
  const rendered = online ? await renderWithLookup(ports.cluster, ports.log, render, signal) : await render(undefined)
  const hideSecrets = request.hideSecret
  return {
    hooks: rendered.hooks,
    manifest: formatManifests(rendered.manifests, { hideSecrets }),
    notes: rendered.notes,
  }
}

function renderOptions(
  ports: ReleasePorts,
  request: DeployRequest,
  subject: RenderSubject,
  keys: RepeatableKeys,
): RenderOptions {
  const { namespace, revision, isUpgrade } = subject
  return {
    release: { name: request.name, namespace, revision, isUpgrade },
    host: { ...ports.host, certificateKey: () => keys.draw() },
    subNotes: request.subNotes,
  }
}

/**
 * Tries to render a chart while the cluster is still being asked, so that the keys that it will draw are being made meanwhile;
 * charts that draw none are not tried. Nothing else comes of it, not even errors.
 */
export async function anticipateKeys(
  ports: ReleasePorts,
  request: DeployRequest,
  subject: RenderSubject & { readonly keys: RepeatableKeys },
): Promise<void> {
  await rehearse(subject.chart, subject.keys, () => {
    const chart = processDependencies(subject.chart.deepCopy(), subject.values, silentLog)
    return renderProcessedChart(chart, subject.values, {
      ...renderOptions(ports, request, subject, subject.keys),
      skipSchemaValidation: true,
    })
  })
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
