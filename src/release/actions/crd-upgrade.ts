import type { KubeObject } from '../../api/index.ts'
import type { Chart } from '../../chart/index.ts'
import {
  applyServerSide,
  buildResources,
  createWaiter,
  getLive,
  isNotFound,
  resourcePath,
  type ResourceInfo,
} from '../../kube/index.ts'
import { releaseError } from '../errors.ts'
import { deployOptions, type ReleasePorts } from '../ports.ts'
import { schemaComplaint, type SchemaNode } from './schema-check.ts'

/** What becomes of the CRDs of a chart: as Helm (absent), new ones only, new and changed ones, or nothing. */
export type CrdPolicy = 'install' | 'upgrade' | 'skip'

const CRD_TIMEOUT_MS = 60_000
/** Most objects of a kind that are checked against a new schema in one request. */
const PAGE = 500

interface CrdVersion {
  readonly name: string
  readonly served?: boolean
  readonly schema?: { readonly openAPIV3Schema?: SchemaNode }
}

type CrdObject = KubeObject & {
  readonly spec?: {
    readonly group?: string
    readonly scope?: string
    readonly names?: { readonly kind?: string; readonly plural?: string }
    readonly versions?: readonly CrdVersion[]
  }
  readonly status?: { readonly storedVersions?: readonly string[] }
}

/**
 * Applies the CRDs of a chart on the server and waits until they are established; with `install` only those that do not
 * exist. Refuses, before any is changed, what would lose stored versions, change the scope, or make objects that exist
 * invalid.
 */
export async function upgradeCrds(
  ports: ReleasePorts,
  chart: Pick<Chart, 'crds'>,
  policy: CrdPolicy,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (policy === 'skip') return
  const { client, mapper } = ports.cluster
  const due: ResourceInfo[] = []
  for (const info of await crdObjects(ports, chart, signal)) {
    const live = await liveCrd(ports, info, signal)
    if (live !== undefined && policy === 'install') continue
    if (live !== undefined) await checkCrd(ports, live, info.object, signal)
    due.push(info)
  }
  if (due.length === 0) return
  const options = deployOptions(ports, { serverSide: true, forceConflicts: true, signal })
  for (const info of due) await applyServerSide(client, info, options)
  const waiting = { clock: ports.clock, timeoutMs: CRD_TIMEOUT_MS, onProgress: ports.onWaiting, signal, jobs: false }
  await createWaiter(client, 'watcher').wait(due, waiting)
  mapper.reset()
}

/** The CRDs of a chart and its sub-charts. */
export async function crdObjects(
  ports: ReleasePorts,
  chart: Pick<Chart, 'crds'>,
  signal: AbortSignal | undefined,
): Promise<ResourceInfo[]> {
  const infos: ResourceInfo[] = []
  for (const crd of chart.crds) {
    const text = Buffer.from(crd.file.data).toString('utf8')
    const options = { namespace: ports.namespace, validate: false, signal }
    infos.push(...(await buildResources(ports.cluster.mapper, text, options)))
  }
  return infos
}

async function liveCrd(
  ports: ReleasePorts,
  info: ResourceInfo,
  signal: AbortSignal | undefined,
): Promise<CrdObject | undefined> {
  try {
    return await getLive(ports.cluster.client, info, signal)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

async function checkCrd(
  ports: ReleasePorts,
  live: CrdObject,
  wanted: CrdObject,
  signal: AbortSignal | undefined,
): Promise<void> {
  const name = live.metadata.name ?? ''
  const refuse = (why: string): Error => releaseError('CHART', `refusing to upgrade CRD ${name}: ${why}`)
  const versions = wanted.spec?.versions ?? []
  const lost = (live.status?.storedVersions ?? []).filter((stored) => !versions.some((one) => one.name === stored))
  if (lost.length > 0) {
    const remedy = 'write all objects anew in a newer version and take it out of status.storedVersions first'
    throw refuse(`objects are stored as ${lost.join(', ')}, which it no longer has; ${remedy}`)
  }
  if (live.spec?.scope !== wanted.spec?.scope) throw refuse(`its scope changes to ${wanted.spec?.scope}`)
  for (const version of versions) {
    const schema = version.schema?.openAPIV3Schema
    const before = live.spec?.versions?.find((one) => one.name === version.name)
    if (schema === undefined || before?.served !== true || version.served !== true) continue
    if (JSON.stringify(before.schema) === JSON.stringify(version.schema)) continue
    const complaint = await invalidObject(ports, live, version.name, schema, signal)
    if (complaint !== undefined) throw refuse(`${complaint} would be invalid as ${version.name}`)
  }
}

/** The first object that a new schema does not take, with the reason. */
async function invalidObject(
  ports: ReleasePorts,
  { spec }: CrdObject,
  version: string,
  schema: SchemaNode,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const gvr = { group: spec?.group ?? '', version, resource: spec?.names?.plural ?? '' }
  let next: string | undefined
  do {
    const query = { limit: String(PAGE), ...(next === undefined ? {} : { continue: next }) }
    const path = resourcePath(gvr)
    const request = { method: 'GET' as const, path, query, ...(signal === undefined ? {} : { signal }) }
    const { items = [], metadata } = (await ports.cluster.client.raw(request)).body as {
      items?: KubeObject[]
      metadata?: { continue?: string }
    }
    for (const item of items) {
      const complaint = schemaComplaint(schema, item)
      if (complaint === undefined) continue
      const { namespace, name } = item.metadata
      return `${spec?.names?.kind ?? ''} ${namespace === undefined ? '' : `${namespace}/`}${name} (${complaint})`
    }
    next = metadata?.continue === '' ? undefined : metadata?.continue
  } while (next !== undefined)
  return undefined
}
