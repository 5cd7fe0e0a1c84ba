import type { RemoteVersion } from '../aggregation/index.ts'
import type { ResourceDefinition } from '../registry/resource.ts'
import { groupsOf } from './groups.ts'

/** Which part of the API an aggregated document covers: `/api` or `/apis`. */
export type DiscoveryRoot = 'core' | 'groups'

/** The `APIGroupDiscoveryList` that newer clients read in one request instead of one per version. */
export function describeAggregated(
  root: DiscoveryRoot,
  {
    definitions,
    remote,
  }: { readonly definitions: readonly ResourceDefinition[]; readonly remote: readonly RemoteVersion[] },
  metaVersion: string,
): Record<string, unknown> {
  const groups = root === 'core' ? [{ name: '', versions: ['v1'] }] : groupsOf([...definitions, ...remote])
  const describe = (group: string, version: string): Record<string, unknown> => {
    const elsewhere = remote.find((each) => each.group === group && each.version === version)
    // What a server has not told is left out, and clients are told so.
    if (elsewhere?.documents !== undefined)
      return { version, resources: elsewhere.documents.resources, freshness: 'Current' }
    if (elsewhere !== undefined) return { version, freshness: 'Stale' }
    const own = definitions.filter((definition) => definition.group === group && definition.version === version)
    return { version, resources: own.map(describeResource), freshness: 'Current' }
  }
  const items = groups.map(({ name, versions }) => ({
    metadata: name === '' ? {} : { name },
    versions: versions.map((version) => describe(name, version)),
  }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${metaVersion}`, metadata: {}, items }
}

function describeResource(definition: ResourceDefinition): Record<string, unknown> {
  const { kind } = definition
  // Group and version stand only where they differ from those of the list.
  const subresources = definition.subresources.map((sub) => ({
    subresource: sub.name,
    responseKind: { group: sub.group ?? '', version: sub.version ?? '', kind: sub.kind ?? kind },
    verbs: sub.verbs,
  }))
  return {
    resource: definition.plural,
    responseKind: { group: '', version: '', kind },
    scope: definition.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: definition.singular,
    verbs: definition.verbs,
    ...(definition.shortNames.length > 0 && { shortNames: definition.shortNames }),
    ...(definition.categories.length > 0 && { categories: definition.categories }),
    ...(subresources.length > 0 && { subresources }),
  }
}
