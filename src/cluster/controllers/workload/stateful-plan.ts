import type { Pod, StatefulSet } from '../../control/index.ts'
import { isAvailable, isFinished, isReady } from '../../control/index.ts'
import { scaledValue } from './deployment/model.ts'
import { ordinalOf, ordinals, revisionLabel } from './stateful-pods.ts'

/** One thing to do for a StatefulSet. */
export type StatefulStep =
  | { readonly type: 'create'; readonly ordinal: number; readonly revision: 'current' | 'update' }
  | { readonly type: 'delete'; readonly pod: Pod; readonly why: 'scale' | 'update' | 'failed' }

/** Revisions by name. */
export interface StatefulRevisions {
  readonly current: string
  readonly update: string
}

function isHealthy(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && pod.status?.phase === 'Running' && isReady(pod)
}

/**
 * What to do next, as Kubernetes' StatefulSet control: ordered sets take one step at a time and wait until every lower pod
 * is ready (and available); parallel ones do everything at once. Updates go from the highest ordinal down to the partition.
 */
export function planStatefulSet(
  set: StatefulSet,
  pods: readonly Pod[],
  revisions: StatefulRevisions,
  nowMs: number,
): StatefulStep[] {
  const { start, count, partition } = ordinals(set)
  const ordered = set.spec.podManagementPolicy !== 'Parallel'
  const minReady = set.spec.minReadySeconds ?? 0
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod), pod]))
  const steps: StatefulStep[] = []
  for (let ordinal = start; ordinal < start + count; ordinal++) {
    const pod = byOrdinal.get(ordinal)
    if (pod === undefined) {
      steps.push({ type: 'create', ordinal, revision: ordinal < partition ? 'current' : 'update' })
      if (ordered) return steps
      continue
    }
    if (isFinished(pod) && pod.metadata.deletionTimestamp === undefined) {
      steps.push({ type: 'delete', pod, why: 'failed' })
      if (ordered) return steps
      continue
    }
    if (ordered && !(isHealthy(pod) && isAvailable(pod, minReady, nowMs))) return steps
  }
  const condemned = pods
    .filter((pod) => ordinalOf(set, pod) >= 0 && (ordinalOf(set, pod) >= start + count || ordinalOf(set, pod) < start))
    .sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a))
  for (const pod of condemned) {
    if (pod.metadata.deletionTimestamp !== undefined) {
      if (ordered) return steps
      continue
    }
    steps.push({ type: 'delete', pod, why: 'scale' })
    if (ordered) return steps
  }
  return [...steps, ...planUpdate(set, byOrdinal, revisions, nowMs)]
}

function planUpdate(
  set: StatefulSet,
  byOrdinal: ReadonlyMap<number, Pod>,
  revisions: StatefulRevisions,
  nowMs: number,
): StatefulStep[] {
  if (set.spec.updateStrategy?.type === 'OnDelete') return []
  const { start, count, partition } = ordinals(set)
  const limit = Math.max(1, scaledValue(set.spec.updateStrategy?.rollingUpdate?.maxUnavailable, count, 'up', 1))
  let unavailable = 0
  const steps: StatefulStep[] = []
  for (let ordinal = start + count - 1; ordinal >= partition; ordinal--) {
    const pod = byOrdinal.get(ordinal)
    const healthy = pod !== undefined && isHealthy(pod) && isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)
    const outdated = pod !== undefined && pod.metadata.labels?.[revisionLabel] !== revisions.update
    if (outdated && pod.metadata.deletionTimestamp === undefined) {
      // An unhealthy outdated pod is replaced whatever else is down: it can only get better.
      steps.push({ type: 'delete', pod, why: 'update' })
      unavailable++
    } else if (!healthy) unavailable++
    if (unavailable >= limit) return steps
  }
  return steps
}

/** The counts and revisions of the status. */
export function statefulStatus(
  set: StatefulSet,
  pods: readonly Pod[],
  revisions: StatefulRevisions,
  nowMs: number,
): NonNullable<StatefulSet['status']> {
  const { start, count } = ordinals(set)
  const live = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined)
  const of = (revision: string): number =>
    live.filter((pod) => pod.metadata.labels?.[revisionLabel] === revision).length
  const within = live.filter((pod) => ordinalOf(set, pod) >= start && ordinalOf(set, pod) < start + count)
  const ready = live.filter((pod) => pod.status?.phase === 'Running' && isReady(pod))
  const status: NonNullable<StatefulSet['status']> = {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: pods.length,
    readyReplicas: ready.length,
    availableReplicas: ready.filter((pod) => isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)).length,
    currentReplicas: of(revisions.current),
    updatedReplicas: of(revisions.update),
    currentRevision: revisions.current,
    updateRevision: revisions.update,
    collisionCount: set.status?.collisionCount ?? 0,
    ...(set.status?.conditions ? { conditions: set.status.conditions } : {}),
  }
  const rolling = (set.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate'
  const complete =
    rolling &&
    status.updatedReplicas === status.replicas &&
    status.readyReplicas === status.replicas &&
    within.length === live.length
  return complete
    ? { ...status, currentReplicas: status.updatedReplicas ?? 0, currentRevision: revisions.update }
    : status
}
