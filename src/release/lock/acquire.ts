import { formatMicroTime } from '../../api/index.ts'
import type { Clock } from '../../base/index.ts'
import { type Client, isAlreadyExists, isConflict, isNotFound, resourcePath } from '../../kube/index.ts'
import { BEATS_PER_LEASE, holderOf, LEASES, type LeaseObject, leaseName, type LockHolder, newLease } from './lease.ts'

/** What is to be locked, and by whom. */
export interface LockRequest {
  readonly namespace: string
  readonly release: string
  readonly identity: string
  readonly operation: string
  /** After how many seconds of silence others may take us for dead. */
  readonly leaseSeconds: number
  /** How long to wait for a living holder; 0: not at all. */
  readonly waitMs: number
  /** Told when a living holder is waited for. */
  readonly onBusy?: ((holder: LockHolder) => void) | undefined
}

/** A lock that is held. */
export interface HeldLock {
  /** The dead holder from which the lease was taken over. */
  readonly previous: LockHolder | undefined
  /** Aborts when somebody else has taken the lease over. */
  readonly lost: AbortSignal
  release(): Promise<void>
  /** Stops saying that we live, and leaves the lease to whoever comes next: there is something to repair. */
  abandon(): void
}

/** The outcome of an attempt: held, held by another, or leases cannot be had here (forbidden, not served). */
export type LockOutcome =
  | { readonly type: 'held'; readonly lock: HeldLock }
  | { readonly type: 'busy'; readonly holder: LockHolder }
  | { readonly type: 'unavailable'; readonly cause: unknown }

/** Longest time between looks at a lease that is waited for. */
const LOOK_MS = 1_000
/** Most collisions with others before giving up on leases. */
const MAX_COLLISIONS = 100

/**
 * Takes the lease of a release. Never rejects. The signal ends the waiting only: a request that is
 * under way is awaited, so that no lease is left behind.
 */
export async function acquireLock(
  host: { readonly client: Client; readonly clock: Clock },
  request: LockRequest,
  signal?: AbortSignal,
): Promise<LockOutcome> {
  const { client, clock } = host
  const { namespace, release, waitMs } = request
  const place = { namespace, name: leaseName(release) }
  const endMs = clock.nowMs() + waitMs
  const held = (lease: LeaseObject, previous: LockHolder | undefined): LockOutcome => ({
    type: 'held',
    lock: holdLease(host, request, lease, previous),
  })
  let told = ''
  for (let collisions = 0; collisions < MAX_COLLISIONS; ) {
    if (signal?.aborted === true) return { type: 'unavailable', cause: signal.reason }
    try {
      const wanted = newLease({ namespace, release }, request, clock.nowMs())
      const look = collisions === 0 && told === '' ? undefined : await lookAt(client, clock, place)
      if (look === undefined) {
        return held(await client.create(LEASES, { namespace }, wanted, { fieldManager: MANAGER }), undefined)
      }
      const holder = holderOf(look.lease, look.serverNowMs)
      if (holder === undefined || !holder.alive) {
        const resourceVersion = look.lease.metadata.resourceVersion ?? ''
        const mine = { ...wanted, metadata: { ...wanted.metadata, resourceVersion } }
        return held(await client.update(LEASES, place, mine, { fieldManager: MANAGER }), holder)
      }
      const leftMs = endMs - clock.nowMs()
      if (leftMs <= 0) return { type: 'busy', holder }
      if (told !== holder.identity) request.onBusy?.(holder)
      told = holder.identity
      await pause(clock, Math.min(LOOK_MS, leftMs), signal)
    } catch (error) {
      if (!isAlreadyExists(error) && !isConflict(error)) return { type: 'unavailable', cause: error }
      collisions++
    }
  }
  return { type: 'unavailable', cause: undefined }
}

/** Who works on a release right now, without touching anything; undefined: nobody, or leases cannot be read. */
export async function currentHolder(
  host: { readonly client: Client; readonly clock: Clock },
  at: { readonly namespace: string; readonly release: string },
): Promise<LockHolder | undefined> {
  const place = { namespace: at.namespace, name: leaseName(at.release) }
  try {
    const look = await lookAt(host.client, host.clock, place)
    return look === undefined ? undefined : holderOf(look.lease, look.serverNowMs)
  } catch {
    return undefined
  }
}

/** The manager of the lease's fields; not that of objects in releases. */
const MANAGER = 'chartctl'

interface Look {
  readonly lease: LeaseObject
  /** The server's clock when it answered. */
  readonly serverNowMs: number
}

async function lookAt(
  client: Client,
  clock: Clock,
  place: { readonly namespace: string; readonly name: string },
): Promise<Look | undefined> {
  try {
    const path = resourcePath(LEASES, place)
    const { body, headers } = await client.raw({ method: 'GET', path })
    const serverMs = Date.parse(headers.date ?? '')
    return { lease: body as LeaseObject, serverNowMs: Number.isNaN(serverMs) ? clock.nowMs() : serverMs }
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** Keeps a lease alive until it is released or lost. */
function holdLease(
  { client, clock }: { readonly client: Client; readonly clock: Clock },
  request: LockRequest,
  lease: LeaseObject,
  previous: LockHolder | undefined,
): HeldLock {
  const place = { namespace: request.namespace, name: leaseName(request.release) }
  const lost = new AbortController()
  let version = lease.metadata.resourceVersion
  let beating: Promise<void> = Promise.resolve()
  let done = false
  const beat = async (): Promise<void> => {
    const patch = { metadata: { resourceVersion: version }, spec: { renewTime: formatMicroTime(clock.nowMs()) } }
    try {
      const renewed = await client.patch(LEASES, place, 'merge', patch, { fieldManager: MANAGER })
      version = renewed.metadata.resourceVersion
    } catch (error) {
      // Other failures may pass until the lease runs out.
      if (isConflict(error) || isNotFound(error)) lost.abort(error)
    }
  }
  const schedule = (): (() => void) =>
    clock.after((request.leaseSeconds * 1000) / BEATS_PER_LEASE, () => {
      beating = beat().then(() => {
        if (!done && !lost.signal.aborted) cancel = schedule()
      })
    })
  let cancel = schedule()
  return {
    previous,
    lost: lost.signal,
    abandon() {
      done = true
      cancel()
    },
    async release() {
      if (done) return
      done = true
      cancel()
      await beating
      if (lost.signal.aborted) return
      const preconditions = version === undefined ? undefined : { resourceVersion: version }
      try {
        await client.delete(LEASES, place, { preconditions })
      } catch {
        // Who may not delete it says that it is free; else it runs out by itself.
        const free = { metadata: { resourceVersion: version }, spec: { holderIdentity: '' } }
        await client.patch(LEASES, place, 'merge', free, { fieldManager: MANAGER }).catch(() => undefined)
      }
    },
  }
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      cancel()
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    const cancel = clock.after(delayMs, wake)
    signal?.addEventListener('abort', wake, { once: true })
  })
}
