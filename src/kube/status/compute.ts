import { type KubeObject, parseApiVersion } from '../../api/index.ts'
import { conditionsOf, current, failed, inProgress, intAt, type StatusResult, type StatusRule } from './model.ts'
import { alwaysReady, claimStatus, crdStatus, disruptionBudgetStatus, serviceStatus } from './other-rules.ts'
import {
  daemonSetStatus,
  deploymentStatus,
  jobStatus,
  podStatus,
  replicaSetStatus,
  statefulSetStatus,
} from './workload-rules.ts'

/** Rules by group and kind; kinds that are not here are judged by generic conditions. */
const RULES: Readonly<Record<string, StatusRule>> = {
  '/Service': serviceStatus,
  '/Pod': podStatus,
  '/Secret': alwaysReady,
  '/PersistentVolumeClaim': claimStatus,
  '/ConfigMap': alwaysReady,
  'apps/StatefulSet': statefulSetStatus,
  'apps/DaemonSet': daemonSetStatus,
  'extensions/DaemonSet': daemonSetStatus,
  'apps/Deployment': deploymentStatus,
  'extensions/Deployment': deploymentStatus,
  'apps/ReplicaSet': replicaSetStatus,
  'extensions/ReplicaSet': replicaSetStatus,
  'policy/PodDisruptionBudget': disruptionBudgetStatus,
  'batch/CronJob': alwaysReady,
  'batch/Job': jobStatus,
  'apiextensions.k8s.io/CustomResourceDefinition': crdStatus,
}

/** `apps/Deployment`, `/Pod`: the key of a kind in tables of rules. */
export function groupKind(object: { readonly apiVersion: string; readonly kind: string }): string {
  return `${parseApiVersion(object.apiVersion).group}/${object.kind}`
}

/**
 * How far an object is, from the object alone. As kstatus: deletion, observed generation and the standard conditions
 * first, then the rule of its kind, then a Ready condition; an object without any of these is current.
 */
export function computeStatus(object: KubeObject, nowMs: number): StatusResult {
  const generic = genericStatus(object)
  if (generic !== undefined) return generic
  const rule = RULES[groupKind(object)]
  if (rule !== undefined) return rule(object, nowMs)
  for (const condition of conditionsOf(object)) {
    if (condition.type !== 'Ready') continue
    if (condition.status === 'True') return current('Resource is Ready')
    if (condition.status === 'False' || condition.status === 'Unknown') return inProgress(condition.message ?? '')
  }
  return current('Resource is current')
}

function genericStatus(object: KubeObject): StatusResult | undefined {
  const { deletionTimestamp } = object.metadata
  if (deletionTimestamp !== undefined && deletionTimestamp !== '') {
    return { status: 'Terminating', message: 'Resource scheduled for deletion' }
  }
  const generation = intAt(object, 'metadata.generation', -1)
  const observed = intAt(object, 'status.observedGeneration', -1)
  if (generation !== -1 && observed !== -1 && observed !== generation) {
    return inProgress(`${object.kind} generation is ${generation}, but latest observed generation is ${observed}`)
  }
  for (const condition of conditionsOf(object)) {
    if (condition.type === 'Reconciling' && condition.status === 'True') return inProgress(condition.message ?? '')
    if (condition.type === 'Stalled' && condition.status === 'True') return failed(condition.message ?? '')
  }
  return undefined
}
