import { REGISTERED_BY_AGENT, SIMULATION_PREFIX } from '../../api/index.ts'
import type { Node } from '../control/index.ts'

/**
 * True for a node that the agent keeps alive as its own: it has a lease, and its containers answer. Those are the agent's
 * and the ones that `cluster node add` makes.
 */
export function isRegistered(node: Node): boolean {
  return node.metadata.annotations?.[REGISTERED_BY_AGENT] === 'true'
}

/** True when a simulation has taken the node away: nobody runs its pods. */
export function isLost(node: Node): boolean {
  return node.metadata.annotations?.[`${SIMULATION_PREFIX}lost`] === 'true'
}
