import { ChartctlError, type Clock, errorText, type FaultReport } from '../../base/index.ts'

/** A fault that repeats is told again after this time. */
const REPEAT_MS = 60_000
/** Texts that are remembered; beyond it the log would rather repeat itself than grow in memory. */
const REMEMBERED = 1000

/**
 * The log of a cluster's process: a line for each fault, with the stack where it is a bug of ours. The same text of the same
 * component is printed once a minute, however many objects it is about.
 */
export function faultLog(clock: Clock, print: (line: string) => void): FaultReport {
  const printedMs = new Map<string, number>()
  return (component, key, error) => {
    const text = error instanceof Error && !(error instanceof ChartctlError) ? (error.stack ?? '') : errorText(error)
    const id = `${component} ${text}`
    const nowMs = clock.nowMs()
    if (nowMs - (printedMs.get(id) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return
    if (printedMs.size >= REMEMBERED) printedMs.clear()
    printedMs.set(id, nowMs)
    print(`${new Date(nowMs).toISOString()} ${component} ${key}: ${text}`)
  }
}
