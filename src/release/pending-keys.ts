import { availableParallelism } from 'node:os'
import type { SlowKeyKind } from '../base/index.ts'
import type { Chart } from '../chart/index.ts'
import { KeysPending, type RepeatableKeys } from '../render/index.ts'

/** Runs attempts to render a chart until there are as many keys as one draws. */
export async function withKeys<T>(chart: Chart, keys: RepeatableKeys, attempt: () => Promise<T>): Promise<T> {
  await keys.settled()
  for (;;) {
    keys.rewind()
    try {
      return await attempt()
    } catch (error) {
      const kind = pendingIn(error)
      if (kind === undefined) throw error
      await keys.more(kind, atOnce(chart, kind))
    }
  }
}

/** Private keys are made one at a time: which kind a chart asks for its text does not say, and they take longest. */
function atOnce(chart: Chart, kind: SlowKeyKind): number {
  return kind === 'certificate' ? Math.max(1, Math.min(drawnIn(chart), availableParallelism())) : 1
}

function pendingIn(error: unknown): SlowKeyKind | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof KeysPending) return at.kind
  return undefined
}

const MARKS = ['genCA', 'genSelfSignedCert', 'genSignedCert', 'genPrivateKey']
const CERTIFICATES = /\bgen(?:CA|SelfSignedCert|SignedCert)\b/g
const KEYS = /\bgen(?:CA|SelfSignedCert|SignedCert|PrivateKey)\b/

/** How many calls in a chart's templates make a key for a certificate: a guess, since not all of them may run. */
function drawnIn(chart: Chart): number {
  const here = chart.templates.reduce((count, { data }) => count + (textOf(data)?.match(CERTIFICATES)?.length ?? 0), 0)
  return chart.dependencies.reduce((count, subchart) => count + drawnIn(subchart), here)
}

/** Whether a template may draw keys. */
export function drawsKeys(data: Uint8Array): boolean {
  const text = textOf(data)
  return text !== undefined && KEYS.test(text)
}

/** A template's text, if it may draw keys: most templates name none of the functions, and are not copied to find that out. */
function textOf(data: Uint8Array): string | undefined {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return MARKS.some((mark) => bytes.includes(mark)) ? bytes.toString('latin1') : undefined
}
