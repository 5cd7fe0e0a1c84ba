import type { KubeObject } from '../../api/index.ts'
import {
  buildResources,
  type Client,
  placeOf,
  PODS,
  type ResourceInfo,
  resourcePath,
  selectorQuery,
} from '../../kube/index.ts'
import type { Release } from '../model.ts'
import type { ReleasePorts } from '../ports.ts'
import { type ContentRequest, releaseContent } from './content.ts'

/** A release with its live objects, grouped by `version/Kind` in the order of the manifest. */
export interface ReleaseState {
  readonly release: Release
  readonly resources: ReadonlyMap<string, readonly KubeObject[]>
}

const TABLES =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json'

/**
 * A revision with its live objects and the pods of its workloads (`v1/Pod(related)`); as tables of the server when
 * `tables`. Objects that cannot be read are left out.
 */
export async function status(
  ports: ReleasePorts,
  request: ContentRequest & { readonly tables: boolean },
  signal?: AbortSignal,
): Promise<ReleaseState> {
  const release = await releaseContent(ports, request, signal)
  const { namespace } = release
  const infos = await buildResources(ports.cluster.mapper, release.manifest, { namespace, validate: false, signal })
  const look = createLook(ports.cluster.client, request.tables, signal)
  const found = await Promise.all(infos.map(async (info) => ({ info, object: await look.one(info) })))
  const resources = new Map<string, KubeObject[]>()
  const add = (key: string, objects: readonly KubeObject[]): void => {
    resources.set(key, [...(resources.get(key) ?? []), ...objects])
  }
  const selectors = new Set<string>()
  for (const { info, object } of found) {
    if (object === undefined) continue
    const { version, kind } = info.mapping.gvk
    add(`${version}/${kind}`, [object])
    const selector = podSelector(info.object)
    if (selector === undefined || selectors.has(selector)) continue
    selectors.add(selector)
    const pods = await look.pods(info.namespace, selector)
    if (pods !== undefined) add(RELATED, [pods])
  }
  return { release, resources }
}

const RELATED = 'v1/Pod(related)'

function createLook(client: Client, tables: boolean, signal: AbortSignal | undefined) {
  const headers = { accept: tables ? TABLES : 'application/json' }
  const query = tables ? { includeObject: 'Object' } : {}
  const common = { method: 'GET' as const, headers, ...(signal === undefined ? {} : { signal }) }
  return {
    async one(info: ResourceInfo): Promise<KubeObject | undefined> {
      try {
        const path = resourcePath(info.mapping.gvr, placeOf(info))
        return (await client.raw({ ...common, path, query })).body as KubeObject
      } catch {
        return undefined
      }
    },
    /** The list, or the table, as one object. */
    async pods(namespace: string, labelSelector: string): Promise<KubeObject | undefined> {
      try {
        const path = resourcePath(PODS, { namespace })
        const { body } = await client.raw({ ...common, path, query: { ...query, labelSelector } })
        if (tables) return body as KubeObject
        const list = body as KubeObject & { readonly items: readonly KubeObject[] | null }
        const items = (list.items ?? []).map((item) => ({ ...item, apiVersion: 'v1', kind: 'Pod' }))
        return { ...list, items } as KubeObject
      } catch {
        return undefined
      }
    },
  }
}

const WITH_LABEL_SELECTOR: ReadonlySet<string> = new Set([
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
])

/** The selector of a workload in the manifest, its labels only. */
function podSelector(object: KubeObject): string | undefined {
  const { selector } = (object.spec ?? {}) as { selector?: Record<string, unknown> }
  if (selector === undefined || selector === null) return undefined
  if (object.kind === 'ReplicationController') {
    return selectorQuery({ matchLabels: selector as Record<string, string> })
  }
  const { matchLabels } = selector as { matchLabels?: Record<string, string> }
  if (!WITH_LABEL_SELECTOR.has(object.kind) || matchLabels === undefined) return undefined
  return selectorQuery({ matchLabels })
}
