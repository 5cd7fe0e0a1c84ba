import type { Pod } from '../../control/index.ts'
import { conditionOf, isReady, timeMs } from '../../control/index.ts'

const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

function deletionCost(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0)
  return Number.isInteger(cost) ? cost : 0
}

function restarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount))
}

function readySince(pod: Pod): number {
  const since = timeMs(conditionOf(pod.status?.conditions, 'Ready')?.lastTransitionTime)
  return Number.isNaN(since) ? 0 : since
}

function byLogAge(aMs: number, bMs: number, nowMs: number): number {
  const rank = (ms: number): number => Math.floor(Math.log2(Math.max(1, nowMs - ms)))
  return rank(aMs) - rank(bMs)
}

/**
 * Orders pods so that those to be deleted first come first, as Kubernetes' ActivePodsWithRanks: unassigned, pending, not
 * ready, cheaper by `pod-deletion-cost`, more pods of the workload on the node, ready for less time, more restarts, newer.
 */
export function sortForDeletion(pods: readonly Pod[], related: readonly Pod[], nowMs: number): Pod[] {
  const perNode = new Map<string, number>()
  for (const pod of related) {
    if (pod.spec.nodeName) perNode.set(pod.spec.nodeName, (perNode.get(pod.spec.nodeName) ?? 0) + 1)
  }
  const rank = (pod: Pod): number => perNode.get(pod.spec.nodeName ?? '') ?? 0
  return [...pods].sort((a, b) => {
    const assigned = Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName))
    if (assigned !== 0) return assigned
    const phase = (phaseRank[a.status?.phase ?? ''] ?? 0) - (phaseRank[b.status?.phase ?? ''] ?? 0)
    if (phase !== 0) return phase
    const ready = Number(isReady(a)) - Number(isReady(b))
    if (ready !== 0) return ready
    const cost = deletionCost(a) - deletionCost(b)
    if (cost !== 0) return cost
    if (rank(a) !== rank(b)) return rank(b) - rank(a)
    if (isReady(a)) {
      const since = byLogAge(readySince(a), readySince(b), nowMs)
      if (since !== 0) return since
    }
    if (restarts(a) !== restarts(b)) return restarts(b) - restarts(a)
    return byLogAge(timeMs(a.metadata.creationTimestamp), timeMs(b.metadata.creationTimestamp), nowMs)
  })
}
