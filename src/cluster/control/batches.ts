const batchSize = 25

/**
 * Calls `call` for 0 … count-1, a few at a time, and lets other work of the process run in between, so that hundreds of
 * requests in a row do not hold up everybody else. The results are in order.
 */
export async function settleInBatches<T>(
  count: number,
  call: (index: number) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  const results: PromiseSettledResult<T>[] = []
  for (let start = 0; start < count; start += batchSize) {
    if (start > 0) await new Promise((resolve) => setImmediate(resolve))
    const length = Math.min(batchSize, count - start)
    results.push(...(await Promise.allSettled(Array.from({ length }, (_, i) => call(start + i)))))
  }
  return results
}
