import type { ComponentContext } from '../../control/index.ts'
import { REPLICA_SETS } from '../../control/index.ts'
import { ReplicaController, replicaSetMatches } from './replicas.ts'

/** As Kubernetes' replicaset controller. */
export function startReplicaSets(ctx: ComponentContext): void {
  new ReplicaController(ctx, { type: REPLICA_SETS, component: 'replicaset-controller', matches: replicaSetMatches })
}
