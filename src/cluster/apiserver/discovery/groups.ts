import type { ResourceDefinition, SubresourceDefinition } from '../registry/resource.ts'

/** A group and its served versions, the preferred one first. */
export interface ApiGroup {
  readonly name: string
  readonly versions: readonly string[]
}

/** Kubernetes' own groups in the order of their priorities; those of others come after them. */
const ORDER = [
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
]

function placeOf({ name }: ApiGroup): number {
  const place = ORDER.indexOf(name)
  return place < 0 ? ORDER.length : place
}

/** The named groups (not the core group) in the order of `/apis`. */
export function groupsOf(definitions: readonly Pick<ResourceDefinition, 'group' | 'version'>[]): ApiGroup[] {
  const groups = new Map<string, string[]>()
  for (const { group, version } of definitions) {
    if (group === '') continue
    const versions = groups.get(group) ?? []
    if (!versions.includes(version)) versions.push(version)
    groups.set(group, versions)
  }
  return [...groups].map(([name, versions]) => ({ name, versions })).sort((a, b) => placeOf(a) - placeOf(b))
}

/** One group as `/apis` lists it. */
export function describeGroup(group: ApiGroup): Record<string, unknown> {
  const describe = (version: string): Record<string, string> => ({ groupVersion: `${group.name}/${version}`, version })
  return {
    name: group.name,
    versions: group.versions.map(describe),
    preferredVersion: describe(group.versions[0] ?? ''),
  }
}

/** The `APIResourceList` of one group and version. */
export function describeResources(
  gv: { readonly group: string; readonly version: string },
  definitions: readonly ResourceDefinition[],
): Record<string, unknown> {
  const resources = definitions
    .filter((d) => d.group === gv.group && d.version === gv.version)
    .flatMap((definition) => [
      describeResource(definition),
      ...definition.subresources.map((sub) => describeSubresource(definition, sub)),
    ])
  const groupVersion = gv.group === '' ? gv.version : `${gv.group}/${gv.version}`
  // The core group's list has always lacked an apiVersion.
  return { kind: 'APIResourceList', ...(gv.group !== '' && { apiVersion: 'v1' }), groupVersion, resources }
}

function describeResource(definition: ResourceDefinition): Record<string, unknown> {
  return {
    name: definition.plural,
    singularName: definition.singular,
    namespaced: definition.namespaced,
    kind: definition.kind,
    verbs: definition.verbs,
    ...(definition.shortNames.length > 0 && { shortNames: definition.shortNames }),
    ...(definition.categories.length > 0 && { categories: definition.categories }),
    ...(definition.storageVersionHash !== undefined && { storageVersionHash: definition.storageVersionHash }),
  }
}

function describeSubresource(definition: ResourceDefinition, sub: SubresourceDefinition): Record<string, unknown> {
  return {
    name: `${definition.plural}/${sub.name}`,
    singularName: '',
    namespaced: definition.namespaced,
    ...(sub.group !== undefined && { group: sub.group }),
    ...(sub.version !== undefined && { version: sub.version }),
    kind: sub.kind ?? definition.kind,
    verbs: sub.verbs,
  }
}
