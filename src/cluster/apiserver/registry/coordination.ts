import { defineResources, STATUS } from './define.ts'
import type { ResourceDefinition } from './resource.ts'

/** The small groups: coordination, scheduling, node, certificates and flow control. */
export function coordinationResources(): ResourceDefinition[] {
  return [
    ...defineResources('coordination.k8s.io', 'v1', [{ kind: 'Lease', plural: 'leases' }]),
    ...defineResources('scheduling.k8s.io', 'v1', [
      { kind: 'PriorityClass', plural: 'priorityclasses', short: ['pc'], namespaced: false },
    ]),
    ...defineResources('node.k8s.io', 'v1', [{ kind: 'RuntimeClass', plural: 'runtimeclasses', namespaced: false }]),
    ...defineResources('certificates.k8s.io', 'v1', [
      {
        kind: 'CertificateSigningRequest',
        plural: 'certificatesigningrequests',
        short: ['csr'],
        namespaced: false,
        subresources: [{ name: 'approval', verbs: ['get', 'patch', 'update'] }, STATUS],
      },
    ]),
    ...defineResources('flowcontrol.apiserver.k8s.io', 'v1', [
      { kind: 'FlowSchema', plural: 'flowschemas', namespaced: false, subresources: [STATUS] },
      {
        kind: 'PriorityLevelConfiguration',
        plural: 'prioritylevelconfigurations',
        namespaced: false,
        subresources: [STATUS],
      },
    ]),
  ]
}
