import type { GroupVersionResource } from '../api/index.ts'

/** Where an object or collection lives below its resource. */
export interface Place {
  /** Absent or empty for cluster-wide resources, and for collections across all namespaces. */
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  /** Such as `status`, `scale`, `log`, `binding`. */
  readonly subresource?: string | undefined
}

/** URL path of a resource: `/api/v1/…` for the core group, `/apis/GROUP/VERSION/…` else. Names are escaped. */
export function resourcePath(gvr: GroupVersionResource, place: Place = {}): string {
  const root = gvr.group === '' ? `/api/${gvr.version}` : `/apis/${gvr.group}/${gvr.version}`
  const namespace =
    place.namespace === undefined || place.namespace === '' ? '' : `/namespaces/${encodeURIComponent(place.namespace)}`
  const name = place.name === undefined || place.name === '' ? '' : `/${encodeURIComponent(place.name)}`
  const subresource = place.subresource === undefined || place.subresource === '' ? '' : `/${place.subresource}`
  return `${root}${namespace}/${gvr.resource}${name}${subresource}`
}

/** `deployments.apps`, or `pods` for the core group: how messages name a resource. */
export function resourceWords(gvr: GroupVersionResource): string {
  return gvr.group === '' ? gvr.resource : `${gvr.resource}.${gvr.group}`
}
