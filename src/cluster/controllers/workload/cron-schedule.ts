import { Cron } from 'croner'

/** A cron expression that can be asked for its times. */
export interface Schedule {
  /** The first time after `afterMs`; undefined when there is none. */
  next(afterMs: number): number | undefined
}

const everyPattern = /^@every\s+(.+)$/
const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 }

function everyMs(text: string): number | undefined {
  let total = 0
  let length = 0
  for (const match of text.matchAll(/([0-9]+)(h|m|s)/g)) {
    total += Number(match[1]) * (unitMs[match[2] ?? ''] ?? 0)
    length += match[0].length
  }
  return length === text.length && total > 0 ? total : undefined
}

/**
 * Reads a schedule as Kubernetes takes it: five fields, the `@hourly` family, `@every 1h30m`, and the older `TZ=` prefix.
 * `timeZone` is an IANA name; without one times are UTC. Undefined when it cannot be read.
 */
export function parseSchedule(text: string, timeZone: string | undefined): Schedule | undefined {
  const prefixed = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/.exec(text)
  const zone = timeZone ?? prefixed?.[1] ?? 'UTC'
  const pattern = prefixed?.[2] ?? text
  const every = everyPattern.exec(pattern)
  if (every !== null) {
    const interval = everyMs(every[1] ?? '')
    return interval === undefined ? undefined : { next: (afterMs) => Math.floor(afterMs / 1000) * 1000 + interval }
  }
  try {
    const cron = new Cron(pattern, { timezone: zone, legacyMode: true })
    return { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() }
  } catch {
    return undefined
  }
}

/** The last time that was due and the one after now. `tooMany`: more than a hundred were missed. */
export function dueTimes(
  schedule: Schedule,
  earliestMs: number,
  nowMs: number,
): { due: number | undefined; next: number | undefined; missed: number } {
  let due: number | undefined
  let missed = 0
  let next = schedule.next(earliestMs)
  if (next === undefined || next > nowMs) return { due, next, missed }
  // The distance of two times tells how many may be skipped before the last one is looked for one by one.
  const second = schedule.next(next)
  const period = second === undefined ? 0 : second - next
  if (period > 0 && (nowMs - next) / period > 100) {
    missed = Math.floor((nowMs - next) / period)
    next = schedule.next(nowMs - period * 2) ?? next
  }
  while (next !== undefined && next <= nowMs) {
    due = next
    missed++
    next = schedule.next(next)
  }
  return { due, next, missed }
}
