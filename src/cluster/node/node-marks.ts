import type { Node } from '../control/index.ts'

/** The mark of nodes whose kubelet registered them: the agent's own, and those that `cluster node add` makes. */
export const REGISTERED = 'volumes.kubernetes.io/controller-managed-attach-detach'

/** True for a node that the agent keeps alive as its own: it has a lease, and its containers answer. */
export function isRegistered(node: Node): boolean {
  return node.metadata.annotations?.[REGISTERED] === 'true'
}

/** True when a simulation has taken the node away: nobody runs its pods. */
export function isLost(node: Node): boolean {
  return node.metadata.annotations?.['simulate.chartctl.dev/lost'] === 'true'
}
