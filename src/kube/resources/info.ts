import { apiVersionOf, type GroupVersionKind, type KubeObject } from '../../api/index.ts'
import type { Client } from '../client.ts'
import { KubeClientError } from '../errors.ts'
import type { Mapping } from '../mapper.ts'

/** An object of a manifest with the resource it belongs to. As cli-runtime's resource.Info. */
export interface ResourceInfo {
  readonly mapping: Mapping
  /** The namespace; for cluster-wide kinds what the object says, which is not used in URLs. */
  readonly namespace: string
  /** Empty when the object has only `generateName`. */
  readonly name: string
  readonly object: KubeObject
}

/** `apps/v1, Kind=Deployment`; the core group prints as `/v1, Kind=Pod`, as Go's GroupVersionKind does. */
export function gvkText(gvk: GroupVersionKind): string {
  return `${gvk.group}/${gvk.version}, Kind=${gvk.kind}`
}

/** `Deployment "web" in namespace "default"`: how messages name an object. */
export function infoWords(info: ResourceInfo): string {
  return `${info.mapping.gvk.kind} ${JSON.stringify(info.name)} in namespace ${JSON.stringify(info.namespace)}`
}

/** Tells objects of one release apart, versions included. */
export function infoKey(info: ResourceInfo): string {
  return `${apiVersionOf(info.mapping.gvk)}/${info.mapping.gvk.kind}/${info.namespace}/${info.name}`
}

/** True when both are the same object by group, kind, namespace and name; versions may differ. As Helm's isMatchingInfo. */
export function sameObject(a: ResourceInfo, b: ResourceInfo): boolean {
  return (
    a.name === b.name &&
    a.namespace === b.namespace &&
    a.mapping.gvk.kind === b.mapping.gvk.kind &&
    a.mapping.gvk.group === b.mapping.gvk.group
  )
}

/** Where the object is in URLs. Throws client-go's error for a name that cannot stand in a path. */
export function placeOf(info: ResourceInfo): { namespace: string | undefined; name: string } {
  if (info.name === '') throw new KubeClientError('INVALID_OBJECT', 'resource name may not be empty')
  const complaint = pathSegmentComplaint(info.name)
  if (complaint !== undefined) {
    throw new KubeClientError('INVALID_OBJECT', `invalid resource name ${JSON.stringify(info.name)}: [${complaint}]`)
  }
  return { namespace: info.mapping.namespaced ? info.namespace : undefined, name: info.name }
}

function pathSegmentComplaint(name: string): string | undefined {
  if (name === '.' || name === '..') return `may not be '${name}'`
  const bad = ['/', '%'].filter((char) => name.includes(char))
  return bad.length === 0 ? undefined : bad.map((char) => `may not contain '${char}'`).join(' ')
}

/** Reads the live object. */
export async function getLive(client: Client, info: ResourceInfo, signal?: AbortSignal): Promise<KubeObject> {
  return client.get(info.mapping.gvr, placeOf(info), { signal })
}
