import {
  ensureObject,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  setAbsent,
  setDefault,
  stringAt,
  stringsAt,
  valueAt,
} from '../../../api/index.ts'

/** Service: type, affinity, traffic policies and ports. Addresses are allocated elsewhere. */
export function defaultService(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  setDefault(spec, 'sessionAffinity', 'None')
  setDefault(spec, 'type', 'ClusterIP')
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
  if (spec.sessionAffinity === 'ClientIP') {
    const clientIP = ensureObject(ensureObject(spec, 'sessionAffinityConfig'), 'clientIP')
    if (valueAt(clientIP, 'timeoutSeconds') === undefined) clientIP.timeoutSeconds = 10800
  }
  for (const port of listAt(spec, 'ports')) {
    setDefault(port, 'protocol', 'TCP')
    if (!valueAt(port, 'targetPort')) port.targetPort = numberAt(port, 'port') ?? 0
  }
  const type = stringAt(spec, 'type')
  const balanced = type === 'NodePort' || type === 'LoadBalancer'
  const outside = balanced || (type === 'ClusterIP' && stringsAt(spec, 'externalIPs').length > 0)
  if (outside) setDefault(spec, 'externalTrafficPolicy', 'Cluster')
  if (balanced || type === 'ClusterIP') setAbsent(spec, 'internalTrafficPolicy', 'Cluster')
  if (type === 'LoadBalancer' && valueAt(spec, 'allocateLoadBalancerNodePorts') === undefined) {
    spec.allocateLoadBalancerNodePorts = true
  }
  if (type === 'LoadBalancer') {
    for (const ingress of listAt(objectAt(objectAt(object, 'status'), 'loadBalancer'), 'ingress')) {
      if (stringAt(ingress, 'ip') !== '') setAbsent(ingress, 'ipMode', 'VIP')
    }
  }
}

/** Endpoints. */
export function defaultEndpoints(object: JsonObject): void {
  for (const subset of listAt(object, 'subsets')) {
    for (const port of listAt(subset, 'ports')) setDefault(port, 'protocol', 'TCP')
  }
}

/** EndpointSlice. */
export function defaultEndpointSlice(object: JsonObject): void {
  for (const port of listAt(object, 'ports')) {
    if (valueAt(port, 'name') === undefined) port.name = ''
    setAbsent(port, 'protocol', 'TCP')
  }
}

/** NetworkPolicy: which directions it covers follows from its rules. */
export function defaultNetworkPolicy(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  for (const rule of [...listAt(spec, 'ingress'), ...listAt(spec, 'egress')]) {
    for (const port of listAt(rule, 'ports')) setAbsent(port, 'protocol', 'TCP')
  }
  if (listAt(spec, 'policyTypes').length === 0) {
    spec.policyTypes = listAt(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
  }
}

/** IngressClass. */
export function defaultIngressClass(object: JsonObject): void {
  const parameters = objectAt(objectAt(object, 'spec'), 'parameters')
  if (parameters) setAbsent(parameters, 'scope', 'Cluster')
}
