import { acquireLock, currentHolder } from '../lock/acquire.ts'
import { markInterrupted } from '../lock/guard.ts'
import type { LockHolder } from '../lock/lease.ts'
import { hasReleaseCode, releaseNotFound } from '../errors.ts'
import { byRevision, isPending, type Release } from '../model.ts'
import type { ReleasePorts } from '../ports.ts'
import type { DamagedRecord } from '../storage/driver.ts'
import { timeMs } from '../time.ts'

/** What to look for and what to do about it. */
export interface RepairRequest {
  readonly name: string
  /** Only say what would be done. */
  readonly dryRun: boolean
  /** Mend also where a process may still be at work. */
  readonly force: boolean
  /** Delete records that cannot be read. */
  readonly dropDamaged: boolean
}

/** One thing that is wrong with a release. */
export interface RepairFinding {
  readonly problem: 'pending' | 'uninstalling' | 'several-deployed' | 'damaged' | 'dead-lock'
  /** What is wrong. */
  readonly text: string
  /** What was done, would be done, or is left to the user. */
  readonly remedy: string
  /** Whether it was mended (or would be, in a dry run). */
  readonly mended: boolean
}

/** A release and what was found. */
export interface RepairReport {
  readonly name: string
  readonly findings: readonly RepairFinding[]
}

/** A pending revision without a lock may belong to a Helm at work for this long: its default timeout. */
const PATIENCE_MS = 300_000

type Mend = Pick<RepairFinding, 'problem' | 'text' | 'remedy'> & {
  /** Absent: nothing that this command does. */
  readonly action?: () => Promise<void>
}

/**
 * Says what is wrong with the records of a release and mends what can be mended: revisions left pending, several that
 * count as deployed, locks of dead processes, and (when told so) records that cannot be read. Rejects with
 * RELEASE_NOT_FOUND.
 */
export async function repair(ports: ReleasePorts, request: RepairRequest, signal?: AbortSignal): Promise<RepairReport> {
  await ports.cluster.checkReachable(signal)
  const { name } = request
  const { client } = ports.cluster
  const damaged = (await ports.storage.driver.damaged?.(name)) ?? []
  const revisions = await revisionsOf(ports, name)
  if (revisions.length === 0 && damaged.length === 0) throw releaseNotFound()
  const host = { client, clock: ports.clock }
  const holder = await currentHolder(host, { namespace: ports.namespace, release: name })
  const mends = [
    ...pendingMends(ports, request, revisions, holder),
    ...deployedMends(ports, revisions),
    ...damagedMends(ports, request, damaged),
    ...lockMends(ports, request, holder),
  ]
  const findings: RepairFinding[] = []
  for (const { action, ...finding } of mends) {
    if (action !== undefined && !request.dryRun) await action()
    findings.push({ ...finding, mended: action !== undefined })
  }
  return { name, findings }
}

async function revisionsOf(ports: ReleasePorts, name: string): Promise<Release[]> {
  try {
    return (await ports.storage.history(name)).sort(byRevision)
  } catch (error) {
    if (hasReleaseCode(error, 'RELEASE_NOT_FOUND')) return []
    throw error
  }
}

function pendingMends(
  ports: ReleasePorts,
  request: RepairRequest,
  revisions: readonly Release[],
  holder: LockHolder | undefined,
): Mend[] {
  return revisions.flatMap((release): Mend[] => {
    const { status } = release.info
    const what = `revision ${release.version} is ${status}`
    if (status === 'uninstalling') {
      return [
        {
          problem: 'uninstalling',
          text: what,
          remedy: 'uninstall the release again: what is gone already is no error',
        },
      ]
    }
    if (!isPending(status)) return []
    const ageMs = ports.clock.nowMs() - timeMs(release.info.lastDeployed)
    if (!request.force && holder?.alive === true) {
      const text = `${what}, and ${holder.identity} is at work on it`
      return [{ problem: 'pending', text, remedy: 'wait for it, or stop it and repair again; --force does not wait' }]
    }
    if (!request.force && holder === undefined && ageMs < PATIENCE_MS) {
      const text = `${what} since ${Math.round(ageMs / 1000)}s, and nobody holds its lock`
      return [{ problem: 'pending', text, remedy: 'a Helm may be at work: wait for it; --force does not wait' }]
    }
    const action = async (): Promise<void> => {
      markInterrupted(release, holder?.identity ?? '')
      await ports.storage.update(release)
    }
    return [{ problem: 'pending', text: what, remedy: 'marked as failed, so that it can be upgraded', action }]
  })
}

function deployedMends(ports: ReleasePorts, revisions: readonly Release[]): Mend[] {
  const deployed = revisions.filter(({ info }) => info.status === 'deployed')
  const surplus = deployed.slice(0, -1)
  if (surplus.length === 0) return []
  const action = async (): Promise<void> => {
    for (const release of surplus) {
      release.info.status = 'superseded'
      await ports.storage.update(release)
    }
  }
  const numbers = deployed.map(({ version }) => version).join(', ')
  const remedy = `all but ${deployed.at(-1)?.version} marked as superseded`
  return [{ problem: 'several-deployed', text: `revisions ${numbers} all count as deployed`, remedy, action }]
}

function damagedMends(ports: ReleasePorts, request: RepairRequest, damaged: readonly DamagedRecord[]): Mend[] {
  return damaged.map(({ key, reason }) => {
    const finding = { problem: 'damaged', text: `record ${key} cannot be read: ${reason}` } as const
    const drop = ports.storage.driver.drop
    return request.dropDamaged && drop !== undefined
      ? { ...finding, remedy: 'deleted', action: () => drop(key) }
      : { ...finding, remedy: 'restore it from a backup, or delete it with --drop-damaged' }
  })
}

function lockMends(ports: ReleasePorts, request: RepairRequest, holder: LockHolder | undefined): Mend[] {
  if (holder === undefined || (holder.alive && !request.force)) return []
  const action = async (): Promise<void> => {
    const { client } = ports.cluster
    const place = { namespace: ports.namespace, release: request.name, operation: 'repair' }
    const how = { identity: ports.lock?.identity ?? 'repair', leaseSeconds: 1, waitMs: 0 }
    const outcome = await acquireLock({ client, clock: ports.clock }, { ...place, ...how })
    if (outcome.type === 'held') await outcome.lock.release()
  }
  const text = `${holder.identity} held its lock and is ${holder.alive ? 'at work' : 'dead'}`
  return holder.alive
    ? [{ problem: 'dead-lock', text, remedy: 'its lock runs out when it ends' }]
    : [{ problem: 'dead-lock', text, remedy: 'lock removed', action }]
}
