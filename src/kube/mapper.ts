import { apiVersionOf, type GroupVersionKind, type GroupVersionResource } from '../api/index.ts'
import type { Client } from './client.ts'
import { type Discovery, discover } from './discovery.ts'
import { KubeClientError } from './errors.ts'

/** How a kind is reached. */
export interface Mapping {
  readonly gvk: GroupVersionKind
  readonly gvr: GroupVersionResource
  readonly namespaced: boolean
}

/** Finds resources for kinds. Discovery is read once and kept until `reset`. */
export interface Mapper {
  /** Rejects with `NO_MATCH` when the server does not serve the kind. */
  mappingFor(gvk: GroupVersionKind, signal?: AbortSignal): Promise<Mapping>
  discovery(signal?: AbortSignal): Promise<Discovery>
  /** Forgets what is known, after CRDs were installed. */
  reset(): void
  /** Manifests give no objects at all (records in memory only). */
  readonly inert?: boolean
}

/** Creates a mapper over a client. */
export function createMapper(client: Client): Mapper {
  let pending: Promise<{ readonly discovery: Discovery; readonly byKind: ReadonlyMap<string, Mapping> }> | undefined
  const load = (signal?: AbortSignal) => {
    pending ??= discover(client, signal).then((discovery) => ({ discovery, byKind: indexKinds(discovery) }))
    const current = pending
    current.catch(() => {
      if (pending === current) pending = undefined
    })
    return current
  }
  return {
    async mappingFor(gvk, signal) {
      const { byKind } = await load(signal)
      const mapping = byKind.get(kindKey(gvk))
      if (mapping === undefined) throw noMatch(gvk)
      return mapping
    },
    discovery: async (signal) => (await load(signal)).discovery,
    reset() {
      pending = undefined
    },
  }
}

/** As apimachinery's NoKindMatchError. */
function noMatch(gvk: GroupVersionKind): KubeClientError {
  const text = `no matches for kind ${JSON.stringify(gvk.kind)} in version ${JSON.stringify(apiVersionOf(gvk))}`
  return new KubeClientError('NO_MATCH', text, { ...gvk })
}

const kindKey = (gvk: GroupVersionKind): string => `${gvk.group}/${gvk.version}/${gvk.kind}`

function indexKinds(discovery: Discovery): Map<string, Mapping> {
  const byKind = new Map<string, Mapping>()
  for (const { group, version, name, kind, namespaced } of discovery.resources) {
    if (name.includes('/')) continue
    const gvk = { group, version, kind }
    const key = kindKey(gvk)
    if (!byKind.has(key)) byKind.set(key, { gvk, gvr: { group, version, resource: name }, namespaced })
  }
  return byKind
}
