import { formatMicroTime, type KubeObject } from '../../api/index.ts'

/** Leases in URLs. */
export const LEASES = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' } as const

/** A holder that is silent this long is dead, unless it was told otherwise. */
export const LEASE_SECONDS = 15

/** How often in the life of a lease its holder says that it lives. */
export const BEATS_PER_LEASE = 3

/** What a lease of ours says besides its holder. */
const ANNOTATIONS = { release: 'chartctl.dev/release', operation: 'chartctl.dev/operation' } as const

/** An object of kind Lease. */
export type LeaseObject = KubeObject & {
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly acquireTime?: string
    readonly renewTime?: string
  }
}

/** Who works on a release. Times in milliseconds of the server's clock. */
export interface LockHolder {
  /** `user@host pid PID …`; tells processes apart. */
  readonly identity: string
  /** `install`, `upgrade`, `rollback` or `uninstall`. */
  readonly operation: string
  readonly sinceMs: number
  /** When it last said that it lives. */
  readonly heardMs: number
  /** How long its silence is taken for life. */
  readonly leaseMs: number
  /** False: it was silent for longer than that. */
  readonly alive: boolean
}

/** The name of the lease of a release. */
export function leaseName(release: string): string {
  return `chartctl-release-${release}`
}

/** The lease that `identity` wants to hold. */
export function newLease(
  place: { readonly namespace: string; readonly release: string },
  holder: { readonly identity: string; readonly operation: string; readonly leaseSeconds: number },
  nowMs: number,
): LeaseObject {
  const time = formatMicroTime(nowMs)
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: leaseName(place.release),
      namespace: place.namespace,
      labels: { 'app.kubernetes.io/managed-by': 'chartctl' },
      annotations: { [ANNOTATIONS.release]: place.release, [ANNOTATIONS.operation]: holder.operation },
    },
    spec: {
      holderIdentity: holder.identity,
      leaseDurationSeconds: holder.leaseSeconds,
      acquireTime: time,
      renewTime: time,
    },
  }
}

/**
 * Who holds a lease; undefined when nobody does. Judged by the times that the server noted for its writes, so that the
 * clocks of holder and reader need not agree; by the lease's own times where the server keeps none.
 */
export function holderOf(lease: LeaseObject, serverNowMs: number): LockHolder | undefined {
  const { spec = {}, metadata } = lease
  const { holderIdentity: identity = '', leaseDurationSeconds = LEASE_SECONDS } = spec
  if (identity === '') return undefined
  const noted = (metadata.managedFields ?? []).flatMap(({ time }) => (time === undefined ? [] : [Date.parse(time)]))
  const heardMs = noted.length > 0 ? Math.max(...noted) : timeOf(spec.renewTime)
  const leaseMs = leaseDurationSeconds * 1000
  // Writes of the server carry whole seconds.
  const alive = serverNowMs - heardMs < leaseMs + 1000
  const operation = metadata.annotations?.[ANNOTATIONS.operation] ?? ''
  return { identity, operation, sinceMs: timeOf(spec.acquireTime), heardMs, leaseMs, alive }
}

function timeOf(text: string | undefined): number {
  const ms = Date.parse(text ?? '')
  return Number.isNaN(ms) ? 0 : ms
}
