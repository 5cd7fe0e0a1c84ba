import { defineResources, STATUS } from './define.ts'
import type { ResourceDefinition } from './resource.ts'

/** `networking.k8s.io/v1` and `discovery.k8s.io/v1`. */
export function networkingResources(): ResourceDefinition[] {
  return [
    ...defineResources('networking.k8s.io', 'v1', [
      { kind: 'IngressClass', plural: 'ingressclasses', namespaced: false },
      { kind: 'Ingress', plural: 'ingresses', short: ['ing'], subresources: [STATUS] },
      { kind: 'IPAddress', plural: 'ipaddresses', short: ['ip'], namespaced: false },
      { kind: 'NetworkPolicy', plural: 'networkpolicies', short: ['netpol'] },
      { kind: 'ServiceCIDR', plural: 'servicecidrs', namespaced: false, subresources: [STATUS] },
    ]),
    ...defineResources('discovery.k8s.io', 'v1', [{ kind: 'EndpointSlice', plural: 'endpointslices' }]),
  ]
}
