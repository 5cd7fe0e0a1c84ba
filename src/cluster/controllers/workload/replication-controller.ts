import { matchesPairs } from '../../../api/index.ts'
import type { ComponentContext } from '../../control/index.ts'
import { REPLICATION_CONTROLLERS } from '../../control/index.ts'
import { ReplicaController } from './replicas.ts'

/** As Kubernetes' replication controller: a ReplicaSet whose selector is a plain map. */
export function startReplicationControllers(ctx: ComponentContext): void {
  new ReplicaController(ctx, {
    type: REPLICATION_CONTROLLERS,
    component: 'replication-controller',
    matches: (owner, labels) => matchesPairs(owner.spec.selector, labels),
  })
}
