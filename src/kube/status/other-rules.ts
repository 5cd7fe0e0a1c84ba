import type { KubeObject } from '../../api/index.ts'
import { conditionsOf, current, failed, inProgress, type StatusResult, textAt } from './model.ts'

/** Kinds that have nothing to reconcile. */
export const alwaysReady = (): StatusResult => current('Resource is always ready')

/** As kstatus: a load balancer needs its cluster IP, not its external address. */
export function serviceStatus(object: KubeObject): StatusResult {
  if (textAt(object, 'spec.type', 'ClusterIP') === 'LoadBalancer' && textAt(object, 'spec.clusterIP', '') === '') {
    return inProgress('ClusterIP not set. Service type: LoadBalancer')
  }
  return current('Service is ready')
}

/** As kstatus: bound or not. */
export function claimStatus(object: KubeObject): StatusResult {
  const phase = textAt(object, 'status.phase', 'unknown')
  return phase === 'Bound' ? current('PVC is Bound') : inProgress(`PVC is not Bound. phase: ${phase}`)
}

/** As kstatus. */
export const disruptionBudgetStatus = (): StatusResult => current('AllowedDisruptions has been computed.')

/** As kstatus: established, or refused for its names. */
export function crdStatus(object: KubeObject): StatusResult {
  for (const condition of conditionsOf(object)) {
    if (condition.type === 'NamesAccepted' && condition.status === 'False') return failed(condition.message ?? '')
    if (condition.type !== 'Established') continue
    if (condition.status === 'False' && condition.reason !== 'Installing') return failed(condition.message ?? '')
    if (condition.status === 'True') return current('CRD is established')
  }
  return inProgress('Install in progress')
}
