import type { KubeObject } from '../../api/index.ts'
import { conditionsOf, current, failed, inProgress, intAt, type StatusResult, textAt } from './model.ts'

/** Without a progress deadline the controller never sets the Progressing condition. */
const NO_DEADLINE = 2_147_483_647

/** As kstatus: replicas, then updated, surplus, available and ready ones, then the conditions. */
export function deploymentStatus(object: KubeObject): StatusResult {
  let progressing = intAt(object, 'spec.progressDeadlineSeconds', NO_DEADLINE) === NO_DEADLINE
  let available = false
  for (const condition of conditionsOf(object)) {
    if (condition.type === 'Progressing') {
      if (condition.reason === 'ProgressDeadlineExceeded') return failed('Progress deadline exceeded')
      if (condition.status === 'True' && condition.reason === 'NewReplicaSetAvailable') progressing = true
    }
    if (condition.type === 'Available' && condition.status === 'True') available = true
  }
  const wanted = intAt(object, 'spec.replicas', 1)
  const replicas = intAt(object, 'status.replicas', 0)
  const updated = intAt(object, 'status.updatedReplicas', 0)
  const ready = intAt(object, 'status.readyReplicas', 0)
  const availableReplicas = intAt(object, 'status.availableReplicas', 0)
  if (wanted > replicas) return inProgress(`Replicas: ${replicas}/${wanted}`)
  if (wanted > updated) return inProgress(`Updated: ${updated}/${wanted}`)
  if (replicas > wanted) return inProgress(`Pending termination: ${replicas - wanted}`)
  if (updated > availableReplicas) return inProgress(`Available: ${availableReplicas}/${updated}`)
  if (wanted > ready) return inProgress(`Ready: ${ready}/${wanted}`)
  if (!progressing) return inProgress('ReplicaSet not Available')
  if (!available) return inProgress('Deployment not Available')
  return current(`Deployment is available. Replicas: ${replicas}`)
}

/** As kstatus for ReplicaSets. */
export function replicaSetStatus(object: KubeObject): StatusResult {
  for (const condition of conditionsOf(object)) {
    if (condition.type === 'ReplicaFailure' && condition.status === 'True') {
      return inProgress('Replica Failure condition. Check Pods')
    }
  }
  const wanted = intAt(object, 'spec.replicas', 1)
  const replicas = intAt(object, 'status.replicas', 0)
  const ready = intAt(object, 'status.readyReplicas', 0)
  const available = intAt(object, 'status.availableReplicas', 0)
  const labelled = intAt(object, 'status.fullyLabeledReplicas', 0)
  if (wanted > labelled) return inProgress(`Labelled: ${labelled}/${wanted}`)
  if (wanted > available) return inProgress(`Available: ${available}/${wanted}`)
  if (wanted > ready) return inProgress(`Ready: ${ready}/${wanted}`)
  if (replicas > wanted) return inProgress(`Pending termination: ${replicas - wanted}`)
  return current(`ReplicaSet is available. Replicas: ${replicas}`)
}

/** As kstatus for StatefulSets; `OnDelete` is always current. */
export function statefulSetStatus(object: KubeObject): StatusResult {
  if (textAt(object, 'spec.updateStrategy.type', '') === 'OnDelete') {
    return current('StatefulSet is using the ondelete update strategy')
  }
  const wanted = intAt(object, 'spec.replicas', 1)
  const ready = intAt(object, 'status.readyReplicas', 0)
  const currentReplicas = intAt(object, 'status.currentReplicas', 0)
  const updated = intAt(object, 'status.updatedReplicas', 0)
  const replicas = intAt(object, 'status.replicas', 0)
  const partition = intAt(object, 'spec.updateStrategy.rollingUpdate.partition', -1)
  if (wanted > replicas) return inProgress(`Replicas: ${replicas}/${wanted}`)
  if (wanted > ready) return inProgress(`Ready: ${ready}/${wanted}`)
  if (replicas > wanted) return inProgress(`Pending termination: ${replicas - wanted}`)
  if (partition !== -1) {
    if (updated < wanted - partition) return inProgress(`updated: ${updated}/${wanted - partition}`)
    return current(`Partition rollout complete. updated: ${updated}`)
  }
  if (wanted > currentReplicas) return inProgress(`current: ${currentReplicas}/${wanted}`)
  if (textAt(object, 'status.currentRevision', '') !== textAt(object, 'status.updateRevision', '')) {
    return inProgress('Waiting for updated revision to match current')
  }
  return current(`All replicas scheduled as expected. Replicas: ${replicas}`)
}

/** As kstatus for DaemonSets: the controller must have looked at it at all. */
export function daemonSetStatus(object: KubeObject): StatusResult {
  if (intAt(object, 'metadata.generation', -1) === -1) return inProgress(`${object.kind} metadata.generation not found`)
  if (intAt(object, 'status.observedGeneration', -1) === -1) {
    return inProgress(`${object.kind} status.observedGeneration not found`)
  }
  const desired = intAt(object, 'status.desiredNumberScheduled', -1)
  const scheduled = intAt(object, 'status.currentNumberScheduled', 0)
  const updated = intAt(object, 'status.updatedNumberScheduled', 0)
  const available = intAt(object, 'status.numberAvailable', 0)
  const ready = intAt(object, 'status.numberReady', 0)
  if (desired === -1) return inProgress('Missing .status.desiredNumberScheduled')
  if (desired > scheduled) return inProgress(`Current: ${scheduled}/${desired}`)
  if (desired > updated) return inProgress(`Updated: ${updated}/${desired}`)
  if (desired > available) return inProgress(`Available: ${available}/${desired}`)
  if (desired > ready) return inProgress(`Ready: ${ready}/${desired}`)
  return current(`All replicas scheduled as expected. Replicas: ${desired}`)
}

/** As kstatus: a job that has started is current, unless it failed. */
export function jobStatus(object: KubeObject): StatusResult {
  const finished = finishedJob(object)
  if (finished !== undefined) return finished
  if (textAt(object, 'status.startTime', '') === '') return inProgress('Job not started')
  const succeeded = intAt(object, 'status.succeeded', 0)
  const active = intAt(object, 'status.active', 0)
  const failures = intAt(object, 'status.failed', 0)
  return current(`Job in progress. success:${succeeded}, active: ${active}, failed: ${failures}`)
}

/** As Helm's reader for hooks and `--wait-for-jobs`: current only once complete. */
export function completedJobStatus(object: KubeObject): StatusResult {
  return finishedJob(object) ?? inProgress('Job in progress')
}

function finishedJob(object: KubeObject): StatusResult | undefined {
  const completions = intAt(object, 'spec.completions', intAt(object, 'spec.parallelism', 1))
  for (const condition of conditionsOf(object)) {
    if (condition.status !== 'True') continue
    if (condition.type === 'Complete') {
      return current(`Job Completed. succeeded: ${intAt(object, 'status.succeeded', 0)}/${completions}`)
    }
    if (condition.type === 'Failed') {
      return failed(`Job Failed. failed: ${intAt(object, 'status.failed', 0)}/${completions}`)
    }
  }
  return undefined
}

/** How long a pod may be unschedulable before that counts as a failure. */
export const SCHEDULE_WINDOW_MS = 15_000

/** As kstatus for pods that serve. */
export function podStatus(object: KubeObject, nowMs: number): StatusResult {
  const phase = textAt(object, 'status.phase', '')
  switch (phase) {
    case 'Succeeded':
      return current('Pod has completed successfully')
    case 'Failed':
      return current('Pod has completed, but not successfully')
    case 'Running':
      return runningPod(object)
    case 'Pending':
      if (!isUnschedulable(object)) return inProgress('Pod is in the Pending phase')
      return nowMs - SCHEDULE_WINDOW_MS < createdMs(object)
        ? inProgress('Pod has not been scheduled')
        : failed('Pod could not be scheduled')
    case '':
      return inProgress('Pod phase not available')
    default:
      return { status: 'Unknown', message: '' }
  }
}

function createdMs(object: KubeObject): number {
  return Date.parse(textAt(object, 'metadata.creationTimestamp', '1970-01-01T00:00:00Z'))
}

/** True when the scheduler said that no node fits. */
export function isUnschedulable(object: KubeObject): boolean {
  return conditionsOf(object).some(
    (condition) =>
      condition.type === 'PodScheduled' && condition.status === 'False' && condition.reason === 'Unschedulable',
  )
}

function runningPod(object: KubeObject): StatusResult {
  if (conditionsOf(object).some((condition) => condition.type === 'Ready' && condition.status === 'True')) {
    return current('Pod is Ready')
  }
  const looping = crashLooping(object)
  if (looping.length > 0) return failed(`Containers in CrashLoop state: ${looping.join(',')}`)
  return inProgress('Pod is running but is not Ready')
}

interface ContainerStatus {
  readonly name?: string
  readonly state?: { readonly waiting?: { readonly reason?: string } }
}

function crashLooping(object: KubeObject): string[] {
  const { containerStatuses } = (object.status ?? {}) as { containerStatuses?: ContainerStatus[] }
  return (containerStatuses ?? [])
    .filter((container) => container.state?.waiting?.reason === 'CrashLoopBackOff')
    .map((container) => container.name ?? '')
}

/** As Helm's reader for hooks: current only once it succeeded. */
export function completedPodStatus(object: KubeObject): StatusResult {
  const name = object.metadata.name ?? ''
  const phase = textAt(object, 'status.phase', '')
  if (phase === 'Succeeded') return current(`pod ${name} succeeded`)
  if (phase === 'Failed') return failed(`pod ${name} failed`)
  return inProgress('Pod in progress')
}
