import type { ResourceInfo } from '../resources/info.ts'

/** Most requests of one batch that are under way at once. */
const PARALLEL = 16

/** Consecutive objects of one kind: what Helm sends at once; the next kind waits for the one before. */
export function kindBatches<T extends Pick<ResourceInfo, 'object'>>(infos: readonly T[]): T[][] {
  const batches: T[][] = []
  for (const info of infos) {
    const last = batches.at(-1)
    if (last !== undefined && last[0]?.object.kind === info.object.kind) last.push(info)
    else batches.push([info])
  }
  return batches
}

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
