import { jsonEqual } from '../../../../api/index.ts'
import type { Deployment, ReplicaSet } from '../../../control/index.ts'
import { timeMs } from '../../../control/index.ts'

/** Annotations that the deployment controller keeps. */
export const revisionAnnotation = 'deployment.kubernetes.io/revision'
export const revisionHistoryAnnotation = 'deployment.kubernetes.io/revision-history'
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas'
export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas'
export const hashLabel = 'pod-template-hash'

/** Replicas a deployment asks for. */
export function desired(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1
}

/** True for the RollingUpdate strategy, which is the default. */
export function isRolling(deployment: Deployment): boolean {
  return (deployment.spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate'
}

/** A number or percentage of `total`. */
export function scaledValue(
  value: number | string | undefined,
  total: number,
  round: 'up' | 'down',
  fallback = 0,
): number {
  if (value === undefined) return fallback
  if (typeof value === 'number') return value
  const percent = Number(value.replace('%', ''))
  if (Number.isNaN(percent)) return fallback
  const exact = (percent * total) / 100
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact)
}

/** How many pods may be too many and too few during a rolling update; never both zero. */
export function fenceposts(deployment: Deployment): { maxSurge: number; maxUnavailable: number } {
  if (!isRolling(deployment)) return { maxSurge: 0, maxUnavailable: 0 }
  const { rollingUpdate } = deployment.spec.strategy ?? {}
  const total = desired(deployment)
  const maxSurge = scaledValue(rollingUpdate?.maxSurge ?? '25%', total, 'up')
  const maxUnavailable = scaledValue(rollingUpdate?.maxUnavailable ?? '25%', total, 'down')
  return maxSurge === 0 && maxUnavailable === 0 ? { maxSurge, maxUnavailable: 1 } : { maxSurge, maxUnavailable }
}

/** Pods that may be missing: none without replicas, never more than there are. */
export function maxUnavailable(deployment: Deployment): number {
  if (!isRolling(deployment) || desired(deployment) === 0) return 0
  return Math.min(desired(deployment), fenceposts(deployment).maxUnavailable)
}

/** `spec.replicas` of a replica set. */
export function size(set: ReplicaSet): number {
  return set.spec.replicas ?? 1
}

/** Sum of the sizes. */
export function totalSize(sets: readonly (ReplicaSet | undefined)[]): number {
  return sets.reduce((sum, set) => sum + (set ? size(set) : 0), 0)
}

/** Sum of a count in the statuses. */
export function totalStatus(
  sets: readonly (ReplicaSet | undefined)[],
  field: 'replicas' | 'readyReplicas' | 'availableReplicas' | 'terminatingReplicas',
): number {
  return sets.reduce((sum, set) => sum + (set?.status?.[field] ?? 0), 0)
}

/** The revision that a replica set carries; 0 when none. */
export function revisionOf(set: ReplicaSet): number {
  const revision = Number(set.metadata.annotations?.[revisionAnnotation] ?? 0)
  return Number.isInteger(revision) ? revision : 0
}

/** Orders by creation, then name. */
export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const difference = timeMs(a.metadata.creationTimestamp) - timeMs(b.metadata.creationTimestamp)
  return difference !== 0 ? difference : a.metadata.name < b.metadata.name ? -1 : 1
}

/** True when a replica set runs the deployment's template, whatever its hash label says. */
export function sameTemplate(deployment: Deployment, set: ReplicaSet): boolean {
  const without = (template: Deployment['spec']['template']): unknown => {
    const { [hashLabel]: _hash, ...labels } = template.metadata?.labels ?? {}
    const { creationTimestamp: _created, ...metadata } = template.metadata ?? {}
    return { ...template, metadata: { ...metadata, labels } }
  }
  return jsonEqual(without(deployment.spec.template), without(set.spec.template))
}

/** The oldest replica set with the deployment's template. */
export function findNew(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return [...sets].sort(byCreation).find((set) => sameTemplate(deployment, set))
}
