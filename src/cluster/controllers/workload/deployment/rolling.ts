import type { Deployment, ReplicaSet } from '../../../control/index.ts'
import {
  byCreation,
  desired,
  desiredReplicasAnnotation,
  fenceposts,
  isRolling,
  maxReplicasAnnotation,
  maxUnavailable,
  size,
  totalSize,
  totalStatus,
} from './model.ts'

/** A replica set and the size it should have. */
export interface Resize {
  readonly set: ReplicaSet
  readonly replicas: number
}

/** The size that the new replica set may have now: surge permitting when rolling, all of it otherwise. */
export function newSetSize(deployment: Deployment, all: readonly ReplicaSet[], next: ReplicaSet | undefined): number {
  const wanted = desired(deployment)
  if (!isRolling(deployment)) return wanted
  const current = next === undefined ? 0 : size(next)
  const room = wanted + fenceposts(deployment).maxSurge - totalSize(all)
  if (room <= 0) return current
  return current + Math.min(room, wanted - current)
}

/** How old replica sets shrink in one step of a rolling update: unhealthy pods first, then as availability permits. */
export function shrinkOld(deployment: Deployment, old: readonly ReplicaSet[], next: ReplicaSet | undefined): Resize[] {
  const all = next === undefined ? old : [...old, next]
  if (totalSize(old) === 0) return []
  const minAvailable = desired(deployment) - maxUnavailable(deployment)
  const newUnavailable = next === undefined ? 0 : size(next) - (next.status?.availableReplicas ?? 0)
  const limit = totalSize(all) - minAvailable - newUnavailable
  if (limit <= 0) return []
  const sizes = new Map<ReplicaSet, number>(old.map((set) => [set, size(set)]))
  const ordered = [...old].sort(byCreation)
  let cleaned = 0
  for (const set of ordered) {
    if (cleaned >= limit) break
    const unhealthy = size(set) - (set.status?.availableReplicas ?? 0)
    if (size(set) === 0 || unhealthy <= 0) continue
    const count = Math.min(limit - cleaned, unhealthy)
    sizes.set(set, size(set) - count)
    cleaned += count
  }
  let spare = totalStatus(all, 'availableReplicas') - minAvailable
  for (const set of ordered) {
    if (spare <= 0) break
    const left = sizes.get(set) ?? 0
    const count = Math.min(left, spare)
    if (count === 0) continue
    sizes.set(set, left - count)
    spare -= count
  }
  return changes(sizes)
}

function changes(sizes: ReadonlyMap<ReplicaSet, number>): Resize[] {
  return [...sizes].filter(([set, replicas]) => replicas !== size(set)).map(([set, replicas]) => ({ set, replicas }))
}

function fraction(deployment: Deployment, set: ReplicaSet): number {
  if (desired(deployment) === 0) return -size(set)
  const after = desired(deployment) + fenceposts(deployment).maxSurge
  const before = Number(set.metadata.annotations?.[maxReplicasAnnotation] ?? 0) || (deployment.status?.replicas ?? 0)
  if (before === 0) return 0
  return Math.round((size(set) * after) / before) - size(set)
}

/** How a change of `replicas` in the middle of a rolling update is shared among the active replica sets. */
export function scaleProportionally(deployment: Deployment, all: readonly ReplicaSet[]): Resize[] {
  const active = all.filter((set) => size(set) > 0)
  const wanted = desired(deployment)
  const allowed = wanted > 0 ? wanted + fenceposts(deployment).maxSurge : 0
  const toAdd = allowed - totalSize(active)
  const newer = toAdd > 0 ? -1 : 1
  const ordered = [...active].sort((a, b) => (size(b) !== size(a) ? size(b) - size(a) : byCreation(a, b) * newer))
  let added = 0
  const sizes = ordered.map((set) => {
    if (toAdd === 0) return { set, replicas: size(set) }
    const left = toAdd - added
    const part =
      size(set) === 0 || left === 0
        ? 0
        : toAdd > 0
          ? Math.min(fraction(deployment, set), left)
          : Math.max(fraction(deployment, set), left)
    added += part
    return { set, replicas: size(set) + part }
  })
  const [first, ...rest] = sizes
  if (first === undefined) return []
  return [{ set: first.set, replicas: Math.max(0, first.replicas + (toAdd === 0 ? 0 : toAdd - added)) }, ...rest]
}

/** True when `replicas` was changed since the replica sets were last sized. */
export function isScalingEvent(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  return sets.some((set) => {
    const noted = set.metadata.annotations?.[desiredReplicasAnnotation]
    return size(set) > 0 && noted !== undefined && Number(noted) !== desired(deployment)
  })
}

/** True when the new replica set has all its pods and nothing else needs to be decided. */
export function isSaturated(deployment: Deployment, set: ReplicaSet | undefined): boolean {
  if (set === undefined) return false
  const noted = Number(set.metadata.annotations?.[desiredReplicasAnnotation])
  const wanted = desired(deployment)
  return size(set) === wanted && noted === wanted && (set.status?.availableReplicas ?? 0) === wanted
}

/** The only active replica set, or the new one (else the newest) when none is active; undefined with several active. */
export function activeOrLatest(next: ReplicaSet | undefined, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  const newestFirst = [...old].sort((a, b) => byCreation(b, a))
  const active = [...newestFirst, ...(next ? [next] : [])].filter((set) => size(set) > 0)
  if (active.length === 0) return next ?? newestFirst[0]
  return active.length === 1 ? active[0] : undefined
}
