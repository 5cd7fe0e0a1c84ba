import { errorText } from '../../base/index.ts'
import { isPending, type Release, setStatus } from '../model.ts'
import type { Operation } from '../plan/model.ts'
import { debugLog, type ReleasePorts } from '../ports.ts'
import { recordQuietly } from '../storage/record-quietly.ts'
import { wasRefused } from '../storage/refused.ts'
import type { ReleaseStorage } from '../storage/storage.ts'
import { timeMs } from '../time.ts'
import { acquireLock, type LockOutcome } from './acquire.ts'
import { LEASE_SECONDS, type LockHolder } from './lease.ts'

/** Passed by an operation when the cluster answers: waits for the lock and repairs what a dead holder left. */
export interface Gate {
  /** The living holder when the lock could not be had. */
  pass(): Promise<LockHolder | undefined>
}

/** Lets everybody pass: dry runs, and operations within others. */
export const OPEN_GATE: Gate = { pass: async () => undefined }

/**
 * Runs an operation under the lock of its release. The lock is asked for at once, so that it costs no time of its own,
 * and awaited where the operation passes the gate. Where leases cannot be had, or none are wanted, the operation runs as
 * it would without. When another process takes the lock over, the operation's signal aborts.
 */
export async function withLock<T>(
  ports: ReleasePorts,
  target: { readonly name: string; readonly operation: Operation },
  signal: AbortSignal | undefined,
  work: (ports: ReleasePorts, gate: Gate, signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  const { lock: settings } = ports
  if (settings === undefined) return work(ports, OPEN_GATE, signal)
  const watched = watchRecords(ports.storage, target.name)
  const { client } = ports.cluster
  const { identity, waitMs, onBusy, leaseSeconds = LEASE_SECONDS } = settings
  const stop = new AbortController()
  const whole = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  const place = { namespace: ports.namespace, release: target.name, operation: target.operation }
  const asked = acquireLock({ client, clock: ports.clock }, { ...place, identity, leaseSeconds, waitMs, onBusy }, whole)
  const pass = async (): Promise<LockHolder | undefined> => {
    const outcome = await asked
    if (outcome.type === 'busy') return outcome.holder
    if (outcome.type === 'unavailable') {
      debugLog(ports, 'working without a lock', { release: target.name, error: errorText(outcome.cause) })
      return undefined
    }
    outcome.lock.lost.addEventListener('abort', () => stop.abort(outcome.lock.lost.reason), { once: true })
    const { previous } = outcome.lock
    if (previous !== undefined) await repairAfter(ports, target.name, previous)
    return undefined
  }
  try {
    return await work({ ...ports, storage: watched.storage }, { pass }, whole)
  } finally {
    await giveBack(asked, stop, { later: settings.later, leftPending: watched.isPending() })
  }
}

async function giveBack(
  asked: Promise<LockOutcome>,
  stop: AbortController,
  how: { readonly later: ((work: Promise<unknown>) => void) | undefined; readonly leftPending: boolean },
): Promise<void> {
  // An attempt that still waits is given up; one that succeeds nevertheless is undone.
  const undo = asked.then((outcome) => {
    if (outcome.type !== 'held') return undefined
    // A record that could not be finished is repaired by the next operation, as if we had died.
    return how.leftPending ? outcome.lock.abandon() : outcome.lock.release()
  })
  stop.abort(new Error('the operation is over'))
  if (how.later === undefined) await undo
  else how.later(undo)
}

/** A storage that remembers whether the revision that the operation made may still be stored as pending. */
function watchRecords(
  storage: ReleaseStorage,
  name: string,
): { readonly storage: ReleaseStorage; readonly isPending: () => boolean } {
  let pending: number | undefined
  return {
    isPending: () => pending !== undefined,
    storage: {
      ...storage,
      async create(release, options) {
        const before = pending
        if (release.name === name && isPending(release.info.status)) pending = release.version
        await storage.create(release, options).catch((error: unknown) => {
          if (wasRefused(error)) pending = before
          throw error
        })
      },
      async update(release) {
        await storage.update(release)
        if (release.version === pending && release.name === name && !isPending(release.info.status)) pending = undefined
      },
      async delete(release, revision) {
        await storage.delete(release, revision)
        if (revision === pending && release === name) pending = undefined
      },
    },
  }
}

/** Marks the pending revision as failed that a dead holder left; anything else is not its work and stays. */
async function repairAfter(ports: ReleasePorts, name: string, holder: LockHolder): Promise<void> {
  const newest = await ports.storage.last(name).catch(() => undefined)
  if (newest === undefined || !leftBy(newest, holder)) return
  markInterrupted(newest, holder.identity)
  debugLog(ports, 'repairing what a dead holder left', { name, revision: newest.version, holder: holder.identity })
  await recordQuietly(ports, newest)
}

/** Says in the record that the process which worked on the revision is gone. */
export function markInterrupted(release: Release, identity: string): void {
  const operation = release.info.status.replace(/^pending-/, '')
  const who = identity === '' ? 'the process' : identity
  setStatus(release, 'failed', `${operation} was interrupted: ${who} ended before it was done`)
}

/** Whether a pending revision was made by the holder of a lease, judged by its kind and time. */
function leftBy(release: Release, holder: LockHolder): boolean {
  if (!isPending(release.info.status) || release.info.status !== `pending-${holder.operation}`) return false
  const begunMs = timeMs(release.info.lastDeployed)
  return begunMs >= holder.sinceMs - 1000 && begunMs <= Math.max(holder.heardMs, holder.sinceMs) + holder.leaseMs
}
