import {
  type JsonObject,
  jsonEqual,
  type KubeObject,
  listAt,
  numberAt,
  stringAt,
  stringsAt,
} from '../../../api/index.ts'
import type { Strategy } from '../registry/resource.ts'
import { keepField, keepAllBut, specOf } from './base.ts'

/** Services: one cluster address in two fields, and allocated values that an update may leave out. */
export const serviceStrategy: Strategy = {
  generation: false,
  prepareForCreate(object) {
    object.status = { loadBalancer: {} }
    const spec = specOf(object)
    normalizeClusterAddresses(spec, undefined)
    // Kubernetes keeps a sound policy in the store and leaves it out when read.
    const policy = stringAt(spec, 'internalTrafficPolicy')
    if (!usesClusterAddress(spec) && (policy === 'Cluster' || policy === 'Local')) delete spec.internalTrafficPolicy
  },
  prepareForUpdate(object, old) {
    keepField(object, old, 'status')
    const spec = specOf(object)
    const before = specOf(old)
    patchAllocated(spec, before)
    normalizeClusterAddresses(spec, before)
    dropTypeDependent(spec, before)
    if (stringAt(spec, 'type') !== 'LoadBalancer' && object.status !== undefined) {
      object.status = { ...(object.status as JsonObject), loadBalancer: {} }
    }
  },
  prepareForStatusUpdate: (object, old) => keepAllBut(object, old, ['status']),
  selectableFields: (object: KubeObject) => ({
    'spec.clusterIP': stringAt(object.spec, 'clusterIP'),
    'spec.type': stringAt(object.spec, 'type'),
  }),
}

const usesClusterAddress = (spec: JsonObject): boolean => stringAt(spec, 'type') !== 'ExternalName'

const usesNodePorts = (spec: JsonObject): boolean => ['NodePort', 'LoadBalancer'].includes(stringAt(spec, 'type'))

const usesHealthCheckPort = (spec: JsonObject): boolean =>
  stringAt(spec, 'type') === 'LoadBalancer' && stringAt(spec, 'externalTrafficPolicy') === 'Local'

const usesTrafficPolicy = (spec: JsonObject): boolean => {
  const type = stringAt(spec, 'type')
  return (
    type === 'NodePort' ||
    type === 'LoadBalancer' ||
    (type === 'ClusterIP' && stringsAt(spec, 'externalIPs').length > 0)
  )
}

/** clusterIP and the first of clusterIPs are the same; whichever the client set or changed wins. */
function normalizeClusterAddresses(spec: JsonObject, before: JsonObject | undefined): void {
  const address = stringAt(spec, 'clusterIP')
  const list = stringsAt(spec, 'clusterIPs')
  if (!before) {
    if (address !== '' && list.length === 0) spec.clusterIPs = [address]
    return
  }
  if (stringAt(before, 'clusterIP') !== address && jsonEqual(stringsAt(before, 'clusterIPs'), list)) {
    if (address === '') delete spec.clusterIPs
    else spec.clusterIPs = [address, ...list.slice(1)]
  }
}

/** Fills in what the server had allocated and the client left out. */
function patchAllocated(spec: JsonObject, before: JsonObject): void {
  if (usesClusterAddress(before) && usesClusterAddress(spec)) {
    if (stringAt(spec, 'clusterIP') === '' && before.clusterIP !== undefined) spec.clusterIP = before.clusterIP
    if (stringsAt(spec, 'clusterIPs').length === 0 && before.clusterIPs !== undefined) {
      spec.clusterIPs = before.clusterIPs
    }
  }
  if (usesNodePorts(before) && usesNodePorts(spec)) {
    const asked = new Set(listAt(spec, 'ports').map((port) => numberAt(port, 'nodePort') ?? 0))
    const known = new Map(
      listAt(before, 'ports').map((port) => [stringAt(port, 'name'), numberAt(port, 'nodePort') ?? 0]),
    )
    for (const port of listAt(spec, 'ports')) {
      if (numberAt(port, 'nodePort')) continue
      const old = known.get(stringAt(port, 'name')) ?? 0
      if (old !== 0 && !asked.has(old)) port.nodePort = old
    }
  }
  if (usesHealthCheckPort(before) && usesHealthCheckPort(spec) && !numberAt(spec, 'healthCheckNodePort')) {
    if (before.healthCheckNodePort !== undefined) spec.healthCheckNodePort = before.healthCheckNodePort
  }
}

/** Clears values that only made sense for the old type, unless the client has changed them. */
function dropTypeDependent(spec: JsonObject, before: JsonObject): void {
  const dropSame = (key: string): void => {
    if (jsonEqual(spec[key], before[key])) delete spec[key]
  }
  if (usesClusterAddress(before) && !usesClusterAddress(spec)) {
    if (jsonEqual(stringsAt(spec, 'clusterIPs'), stringsAt(before, 'clusterIPs'))) {
      delete spec.clusterIP
      delete spec.clusterIPs
    }
    for (const key of ['ipFamilies', 'ipFamilyPolicy']) dropSame(key)
    // Kubernetes keeps it in the store and leaves it out when read.
    delete spec.internalTrafficPolicy
  }
  if (usesNodePorts(before) && !usesNodePorts(spec)) {
    const numbers = (each: JsonObject): number[] => listAt(each, 'ports').map((port) => numberAt(port, 'nodePort') ?? 0)
    const known = new Set([0, ...numbers(before)])
    if (numbers(spec).every((port) => known.has(port))) for (const port of listAt(spec, 'ports')) delete port.nodePort
  }
  if (usesHealthCheckPort(before) && !usesHealthCheckPort(spec)) dropSame('healthCheckNodePort')
  if (stringAt(before, 'type') === 'LoadBalancer' && stringAt(spec, 'type') !== 'LoadBalancer') {
    for (const key of ['allocateLoadBalancerNodePorts', 'loadBalancerClass']) dropSame(key)
  }
  if (usesTrafficPolicy(before) && !usesTrafficPolicy(spec)) dropSame('externalTrafficPolicy')
}
