import { type JsonObject, type KubeObject, listAt, objectAt, stringAt, stringsAt } from '../../../api/index.ts'
import { cidrWarnings, ipWarnings } from './address-warnings.ts'

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'
const SLICE_MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const SLICE_MANAGERS = new Set(['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'])

/** Warnings about addresses in Endpoints; what the controller writes is sound. */
export function endpointsWarnings(object: KubeObject): string[] {
  if (object.metadata.labels?.[MANAGED_BY] === 'endpoint-controller') return []
  return listAt(object, 'subsets').flatMap((subset, index) =>
    ['addresses', 'notReadyAddresses'].flatMap((key) =>
      listAt(subset, key).flatMap((address, i) =>
        ipWarnings(`subsets[${index}].${key}[${i}].ip`, stringAt(address, 'ip')),
      ),
    ),
  )
}

/** Warnings about an EndpointSlice; the type of its addresses is looked at once, as it never changes. */
export function endpointSliceWarnings(object: KubeObject, isNew: boolean): string[] {
  const out: string[] = []
  if (isNew && stringAt(object, 'addressType') === 'FQDN') out.push('spec.addressType: FQDN endpoints are deprecated')
  if (SLICE_MANAGERS.has(object.metadata.labels?.[SLICE_MANAGED_BY] ?? '')) return out
  listAt(object, 'endpoints').forEach((endpoint, index) => {
    stringsAt(endpoint, 'addresses').forEach((address, i) => {
      out.push(...ipWarnings(`endpoints[${index}].addresses[${i}]`, address))
    })
  })
  return out
}

/** Warnings about the address ranges of a NetworkPolicy. */
export function networkPolicyWarnings(object: KubeObject): string[] {
  return (
    [
      ['ingress', 'from'],
      ['egress', 'to'],
    ] as const
  ).flatMap(([direction, peers]) =>
    listAt(object.spec, direction).flatMap((rule, index) =>
      listAt(rule, peers).flatMap((peer, i) =>
        blockWarnings(objectAt(peer, 'ipBlock'), `spec.${direction}[${index}].${peers}[${i}].ipBlock`),
      ),
    ),
  )
}

function blockWarnings(block: JsonObject | undefined, path: string): string[] {
  if (!block) return []
  return [
    ...cidrWarnings(`${path}.cidr`, stringAt(block, 'cidr')),
    ...stringsAt(block, 'except').flatMap((range, index) => cidrWarnings(`${path}.except[${index}]`, range)),
  ]
}

/** Warnings about a node: fields without use, and its address ranges. */
export function nodeWarnings(object: KubeObject): string[] {
  const out: string[] = []
  if (objectAt(object.spec, 'configSource')) out.push('spec.configSource: the feature is removed')
  if (stringAt(object.spec, 'externalID') !== '') {
    out.push('spec.externalID: this field is deprecated, and is unused by Kubernetes')
  }
  stringsAt(object.spec, 'podCIDRs').forEach((range, index) => {
    out.push(...cidrWarnings(`spec.podCIDRs[${index}]`, range))
  })
  return out
}
