import { availableParallelism } from 'node:os'
import type { Chart } from '../chart/index.ts'
import { KeysPending, type RepeatableKeys } from '../render/index.ts'

/** Runs attempts to render a chart until there are as many keys for certificates as one draws. */
export async function withKeys<T>(chart: Chart, keys: RepeatableKeys, attempt: () => Promise<T>): Promise<T> {
  await keys.more(0)
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
  const here = chart.templates.reduce((count, { data }) => count + drawsOf(data), 0)
  return chart.dependencies.reduce((count, subchart) => count + drawnIn(subchart), here)
}

/** How many calls in a template make a key for a certificate. */
export function drawsOf(data: Uint8Array): number {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  // Most templates name none of them, and are not copied to find that out.
  if (!MARKS.some((mark) => bytes.includes(mark))) return 0
  return bytes.toString('latin1').match(DRAWS)?.length ?? 0
}
