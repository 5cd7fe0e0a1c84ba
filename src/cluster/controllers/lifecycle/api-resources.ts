import type { ApiClient, ResourceType } from '../../control/index.ts'

/** A resource as discovery describes it. */
export interface DiscoveredResource extends ResourceType {
  readonly verbs: readonly string[]
}

interface DiscoveryList {
  items?: {
    metadata?: { name?: string }
    versions?: {
      version: string
      resources?: { resource: string; responseKind?: { kind?: string }; scope: string; verbs?: string[] }[]
    }[]
  }[]
}

const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'

/** Every resource of the API in its preferred version, from aggregated discovery. */
export async function discoverResources(client: ApiClient): Promise<DiscoveredResource[]> {
  const roots = await Promise.all(
    ['/api', '/apis'].map((path) => client.send({ method: 'GET', path, headers: { accept } })),
  )
  const found = new Map<string, DiscoveredResource>()
  for (const root of roots as DiscoveryList[]) {
    for (const group of root.items ?? []) {
      const name = group.metadata?.name ?? ''
      for (const { version, resources } of group.versions ?? []) {
        for (const { resource, responseKind, scope, verbs } of resources ?? []) {
          const key = `${name}/${resource}`
          if (found.has(key)) continue
          found.set(key, {
            group: name,
            version,
            resource,
            kind: responseKind?.kind ?? '',
            namespaced: scope === 'Namespaced',
            verbs: verbs ?? [],
          })
        }
      }
    }
  }
  return [...found.values()]
}
