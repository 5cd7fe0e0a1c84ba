import type { ResourceInfo } from '../resources/info.ts'

/** Most requests of one batch that are under way at once. */
const PARALLEL = 16

type Written = Pick<ResourceInfo, 'mapping' | 'object'>

/**
 * Consecutive objects that may be deleted at once: those of one kind, and those of kinds that nothing needs while another of
 * them goes. A deletion is answered before its object is gone, so that the kinds' order tells little of when they go; what
 * must not go before something else (a definition before its objects, a namespace before what is in it) stays alone.
 */
export function deleteBatches<T extends Written>(infos: readonly T[]): T[][] {
  return batchesOf(
    infos,
    (before, info) =>
      before.object.kind === info.object.kind ||
      (DELETED_TOGETHER.has(kindOf(before)) && DELETED_TOGETHER.has(kindOf(info))),
  )
}

/** Consecutive objects that may be written at once: those of one kind, and those of kinds that do not depend on one another. */
export function writeBatches<T extends Written>(infos: readonly T[]): T[][] {
  return batchesOf(infos, mayJoin)
}

/** Neighbours in groups: an object goes with the one before where it may join the first of that group. */
function batchesOf<T>(infos: readonly T[], joins: (first: T, info: T) => boolean): T[][] {
  const batches: T[][] = []
  for (const info of infos) {
    const last = batches.at(-1)
    if (last?.[0] !== undefined && joins(last[0], info)) last.push(info)
    else batches.push([info])
  }
  return batches
}

/**
 * Sets of kinds whose objects do not depend on one another when they are written, so that they may be written at once where
 * they stand together. Between sets the order counts: tokens follow their account, pods what they mount and are told of.
 */
const INDEPENDENT = [
  ['networking.k8s.io/NetworkPolicy', 'policy/PodDisruptionBudget', '/ServiceAccount'],
  ['/Secret', '/ConfigMap', '/Service'],
  [
    'apps/DaemonSet',
    'apps/ReplicaSet',
    'apps/Deployment',
    'apps/StatefulSet',
    'autoscaling/HorizontalPodAutoscaler',
    'batch/CronJob',
    'networking.k8s.io/Ingress',
  ],
].map((kinds) => new Set(kinds))

/** Kinds of a namespace whose deletions do not depend on one another. */
const DELETED_TOGETHER = new Set([
  ...INDEPENDENT.flatMap((kinds) => [...kinds]),
  'batch/Job',
  '/PersistentVolumeClaim',
  '/LimitRange',
  '/ResourceQuota',
])

/** Whether an object may be written together with another that comes before it. */
export function mayJoin(before: Written, info: Written): boolean {
  if (before.object.kind === info.object.kind) return true
  const set = INDEPENDENT.find((kinds) => kinds.has(kindOf(before)))
  return set?.has(kindOf(info)) === true
}

const kindOf = ({ mapping }: Written): string => `${mapping.gvk.group}/${mapping.gvk.kind}`

/** Runs `work` on all items with bounded parallelism; results in order. Rejects with nothing: failures are results. */
export async function settleAll<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = new Array(items.length)
  let next = 0
  const worker = async (): Promise<void> => {
    for (;;) {
      const index = next++
      const item = items[index]
      if (index >= items.length || item === undefined) return
      try {
        results[index] = { status: 'fulfilled', value: await work(item) }
      } catch (reason) {
        results[index] = { status: 'rejected', reason }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, worker))
  return results
}

/** The reasons of what failed, in order. */
export function reasonsOf(results: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
}
