import { formatTime } from '../../../../api/index.ts'
import type { Condition, Deployment, ReplicaSet } from '../../../control/index.ts'
import { conditionOf, timeMs } from '../../../control/index.ts'
import { desired, maxUnavailable, totalSize, totalStatus } from './model.ts'

type Status = NonNullable<Deployment['status']>

/** Longest value that means "no deadline". */
const noDeadline = 2_147_483_647

/** True when the deployment has a progress deadline. */
export function hasDeadline(deployment: Deployment): boolean {
  const { progressDeadlineSeconds } = deployment.spec
  return progressDeadlineSeconds !== undefined && progressDeadlineSeconds !== noDeadline
}

/** Builds a condition whose times are both now. */
export function newCondition(type: string, status: string, reason: string, message: string, nowMs: number): Condition {
  const now = formatTime(nowMs)
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message }
}

/** Sets a condition as the deployment controller does: nothing changes while status and reason stay; otherwise it moves last. */
export function putCondition(conditions: readonly Condition[], next: Condition): Condition[] {
  const old = conditionOf(conditions, next.type)
  if (old?.status === next.status && old.reason === next.reason) return [...conditions]
  const kept =
    old?.status === next.status && old.lastTransitionTime ? { lastTransitionTime: old.lastTransitionTime } : {}
  return [...conditions.filter((condition) => condition.type !== next.type), { ...next, ...kept }]
}

/** The status that follows from the replica sets, progress left aside. */
export function calculateStatus(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  next: ReplicaSet | undefined,
  nowMs: number,
): Status {
  const available = totalStatus(all, 'availableReplicas')
  const enough = available >= desired(deployment) - maxUnavailable(deployment)
  const condition = enough
    ? newCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', nowMs)
    : newCondition(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        nowMs,
      )
  const { collisionCount } = deployment.status ?? {}
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: totalStatus(all, 'replicas'),
    updatedReplicas: totalStatus([next], 'replicas'),
    readyReplicas: totalStatus(all, 'readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, totalSize(all) - available),
    terminatingReplicas: totalStatus(all, 'terminatingReplicas'),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: putCondition(deployment.status?.conditions ?? [], condition),
  }
}

/** True when all pods are new and available. */
export function isComplete(deployment: Deployment, status: Status): boolean {
  const wanted = desired(deployment)
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

function isProgressing(deployment: Deployment, next: Status): boolean {
  const old = deployment.status ?? {}
  const oldUpdated = old.updatedReplicas ?? 0
  const updated = next.updatedReplicas ?? 0
  return (
    updated > oldUpdated ||
    (next.replicas ?? 0) - updated < (old.replicas ?? 0) - oldUpdated ||
    (next.readyReplicas ?? 0) > (old.readyReplicas ?? 0) ||
    (next.availableReplicas ?? 0) > (old.availableReplicas ?? 0)
  )
}

function isTimedOut(deployment: Deployment, status: Status, nowMs: number): boolean {
  const condition = conditionOf(status.conditions, 'Progressing')
  if (condition === undefined || condition.reason === 'NewReplicaSetAvailable') return false
  if (condition.reason === 'ProgressDeadlineExceeded') return true
  return timeMs(condition.lastUpdateTime) + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000 < nowMs
}

/** Adds what the rollout's progress says to a status, and when to look again. */
export function withProgress(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  next: ReplicaSet | undefined,
  nowMs: number,
): { status: Status; recheckMs?: number } {
  const status = calculateStatus(deployment, all, next, nowMs)
  let conditions = status.conditions ?? []
  if (!hasDeadline(deployment)) conditions = conditions.filter((condition) => condition.type !== 'Progressing')
  const current = conditionOf(deployment.status?.conditions, 'Progressing')
  const settled = status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable'
  if (hasDeadline(deployment) && !settled) {
    const name = next === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${next.metadata.name}"`
    if (isComplete(deployment, status)) {
      const done = newCondition(
        'Progressing',
        'True',
        'NewReplicaSetAvailable',
        `${name} has successfully progressed.`,
        nowMs,
      )
      conditions = putCondition(conditions, done)
    } else if (isProgressing(deployment, status)) {
      const moving = newCondition('Progressing', 'True', 'ReplicaSetUpdated', `${name} is progressing.`, nowMs)
      const since =
        current?.status === 'True' && current.lastTransitionTime
          ? { lastTransitionTime: current.lastTransitionTime }
          : {}
      conditions = [...conditions.filter((condition) => condition.type !== 'Progressing'), { ...moving, ...since }]
    } else if (isTimedOut(deployment, status, nowMs)) {
      conditions = putCondition(
        conditions,
        newCondition('Progressing', 'False', 'ProgressDeadlineExceeded', `${name} has timed out progressing.`, nowMs),
      )
    }
  }
  conditions = withFailures(conditions, all, next)
  const result = { ...status, conditions }
  const recheckMs = recheckAfter(deployment, result, nowMs)
  return recheckMs === undefined ? { status: result } : { status: result, recheckMs }
}

function withFailures(conditions: Condition[], all: readonly ReplicaSet[], next: ReplicaSet | undefined): Condition[] {
  const ordered = next === undefined ? all : [next, ...all.filter((set) => set !== next)]
  for (const set of ordered) {
    const failure = conditionOf(set.status?.conditions, 'ReplicaFailure')
    if (failure === undefined) continue
    return putCondition(conditions, { ...failure, lastUpdateTime: failure.lastTransitionTime ?? '' })
  }
  return conditions.filter((condition) => condition.type !== 'ReplicaFailure')
}

function recheckAfter(deployment: Deployment, status: Status, nowMs: number): number | undefined {
  const current = conditionOf(status.conditions, 'Progressing')
  if (!hasDeadline(deployment) || current === undefined) return undefined
  if (isComplete(deployment, status) || current.reason === 'ProgressDeadlineExceeded') return undefined
  const dueMs = timeMs(current.lastUpdateTime) + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000
  return Math.max(0, dueMs - nowMs) + 1000
}
