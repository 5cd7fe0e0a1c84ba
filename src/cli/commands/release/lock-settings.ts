import { randomUUID } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import type { LockHolder, LockSettings } from '../../../release/index.ts'
import type { CliContext } from '../../context.ts'
import { durationText } from '../../flags/duration.ts'

/** How this process takes the locks of releases; says on standard error whom it waits for. */
export function lockSettings(ctx: CliContext, waitMs: number): LockSettings {
  return {
    identity: `${userName()}@${hostname()} pid ${process.pid} ${randomUUID().slice(0, 8)}`,
    waitMs,
    leaseSeconds: leaseSeconds(ctx),
    onBusy: (holder) => ctx.notice(`Waiting for ${holderWords(holder, ctx.host.clock.nowMs())}`),
  }
}

/** `CHARTCTL_LOCK_SECONDS`: after how much silence a process counts as dead; anything but a whole number is ignored. */
function leaseSeconds(ctx: CliContext): number | undefined {
  const seconds = Number(ctx.env.CHARTCTL_LOCK_SECONDS ?? '')
  return Number.isInteger(seconds) && seconds > 0 ? seconds : undefined
}

/** `the upgrade that NAME@HOST pid 12 has been running for 3s (last heard of 1s ago)` */
export function holderWords(holder: LockHolder, nowMs: number): string {
  const who = holder.identity.replace(/ [0-9a-f]{8}$/, '')
  const what = holder.operation === '' ? 'the operation' : `the ${holder.operation}`
  const heard = `last heard of ${since(holder.heardMs, nowMs)} ago`
  return `${what} that ${who} has been running for ${since(holder.sinceMs, nowMs)} (${heard})`
}

function since(thenMs: number, nowMs: number): string {
  return durationText(Math.max(0, Math.round((nowMs - thenMs) / 1000)) * 1000)
}

/** The name of the user who runs the program; the number of one without a name. */
export function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run as a user without a name.
    return String(process.getuid?.() ?? 'unknown')
  }
}
