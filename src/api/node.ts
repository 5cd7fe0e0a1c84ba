import type { KubeObject } from './object.ts'

/** The mark of nodes whose kubelet registered them: an agent answers for their containers. */
export const REGISTERED_BY_AGENT = 'volumes.kubernetes.io/controller-managed-attach-detach'

/** A Node as kubelet registers it under a name, on the one platform that simulated nodes have. */
export function registeredNode(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
      },
      annotations: { 'node.alpha.kubernetes.io/ttl': '0', [REGISTERED_BY_AGENT]: 'true' },
    },
  }
}
