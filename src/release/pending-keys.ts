import { availableParallelism } from 'node:os'
import type { Chart } from '../chart/index.ts'
import { KeysPending, type RepeatableKeys } from '../render/index.ts'

/** Runs attempts to render a chart until there are as many keys for certificates as one draws. */
export async function withKeys<T>(chart: Chart, keys: RepeatableKeys, attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    keys.rewind()
    try {
      return await attempt()
    } catch (error) {
      if (!isPending(error)) throw error
      await keys.more(atOnce(drawnIn(chart)))
    }
  }
}

/** Makes one attempt at a chart that seems to draw keys, so that they are being made when they are needed. Never rejects. */
export async function rehearse(chart: Chart, keys: RepeatableKeys, attempt: () => Promise<unknown>): Promise<void> {
  const drawn = drawnIn(chart)
  if (drawn === 0) return
  // What was begun before, such as a connection, gets under way first.
  await new Promise((resolve) => setImmediate(resolve))
  keys.rewind()
  try {
    await attempt()
  } catch (error) {
    if (isPending(error)) keys.more(atOnce(drawn)).catch(() => undefined)
  }
}

function atOnce(drawn: number): number {
  return Math.max(1, Math.min(drawn, availableParallelism()))
}

function isPending(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof KeysPending) return true
  return false
}

const MARKS = ['genCA', 'genSelfSignedCert', 'genSignedCert']
const DRAWS = /\bgen(?:CA|SelfSignedCert|SignedCert)\b/g

/** How many calls in a chart's templates make a key: a guess, since not all of them may run. */
function drawnIn(chart: Chart): number {
  let count = 0
  for (const { data } of chart.templates) {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    // Most templates name none of them, and are not copied to find that out.
    if (MARKS.some((mark) => bytes.includes(mark))) count += bytes.toString('latin1').match(DRAWS)?.length ?? 0
  }
  for (const subchart of chart.dependencies) count += drawnIn(subchart)
  return count
}
