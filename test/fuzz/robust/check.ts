import { isUntyped } from '../ours.ts'
import type { Target } from './targets.ts'

/** Milliseconds of processor time that an input of a kilobyte may take; a longer one as many times more as it is longer. */
const allowedPerKilobyte = 300
const allowedAtLeast = 1500

/** What is wrong with how a parser took an input; undefined when it read or refused it in good time. */
export function problemOf(target: Target, input: Uint8Array): string | undefined {
  const before = process.cpuUsage()
  let problem: string | undefined
  try {
    target.run(input)
  } catch (error) {
    if (isUntyped(error))
      problem = `untyped: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  }
  const spent = process.cpuUsage(before)
  const ms = (spent.user + spent.system) / 1000
  const allowed = Math.max(allowedAtLeast, (input.length / 1024) * allowedPerKilobyte)
  return problem ?? (ms > allowed ? `slow: ${Math.round(ms)} ms for ${input.length} bytes` : undefined)
}
