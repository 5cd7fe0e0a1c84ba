import type { Condition, Container, Pod, PodSpec } from './kinds/index.ts'
import { timeMs } from './time.ts'

/** True when the pod has ended for good. */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

/** True when the pod neither ended nor is being deleted. */
export function isActive(pod: Pod): boolean {
  return !isFinished(pod) && pod.metadata.deletionTimestamp === undefined
}

/** The condition of a type. */
export function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type)
}

/** True when the pod's Ready condition is true. */
export function isReady(pod: Pod): boolean {
  return conditionOf(pod.status?.conditions, 'Ready')?.status === 'True'
}

/** True when the pod has been ready for `minReadySeconds`. */
export function isAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  return availableInMs(pod, minReadySeconds, nowMs) === 0
}

/** Milliseconds until a ready pod counts as available; 0 when it does, undefined when it is not ready. */
export function availableInMs(pod: Pod, minReadySeconds: number, nowMs: number): number | undefined {
  const ready = conditionOf(pod.status?.conditions, 'Ready')
  if (ready?.status !== 'True') return undefined
  if (minReadySeconds === 0) return 0
  const since = timeMs(ready.lastTransitionTime)
  if (Number.isNaN(since)) return undefined
  return Math.max(0, since + minReadySeconds * 1000 - nowMs)
}

/**
 * Sets a condition in a list: the transition time changes only with the status. Returns false when nothing changed.
 */
export function setCondition(conditions: Condition[], next: Condition): boolean {
  const index = conditions.findIndex((condition) => condition.type === next.type)
  const old = conditions[index]
  if (old === undefined) {
    conditions.push(next)
    return true
  }
  if (old.status === next.status && old.reason === next.reason && old.message === next.message) return false
  const kept = old.status === next.status ? old.lastTransitionTime : next.lastTransitionTime
  conditions[index] = { ...next, ...(kept === undefined ? {} : { lastTransitionTime: kept }) }
  return true
}

/** True for an init container that keeps running beside the main ones. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always'
}

/** All containers of a pod, init containers first. */
export function allContainers(spec: PodSpec): Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers]
}
