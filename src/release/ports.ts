import type { Clock, Host, Log } from '../base/index.ts'
import type { SchemaAttempts } from '../chart/index.ts'
import type { Cluster, DeployOptions, WaitState } from '../kube/index.ts'
import type { LockHolder } from './lock/lease.ts'
import type { ReleaseStorage } from './storage/storage.ts'

/** What actions use of the outside world. */
export interface ReleasePorts {
  readonly cluster: Cluster
  readonly storage: ReleaseStorage
  /** The namespace of the release. */
  readonly namespace: string
  readonly clock: Clock
  /** Randomness, time and environment of template functions. */
  readonly host: Host
  readonly log: Log
  /** Gets the documents that schemas refer to by http and https; absent: such schemas fail. */
  readonly schemaDocuments?: SchemaAttempts | undefined
  /** Manager of the fields that objects get; Helm's is `helm`. */
  readonly fieldManager: string
  /** Receives the logs of hooks whose policy asks for them. */
  readonly hookOutput: (chunk: Uint8Array, from: HookLogSource) => void
  /** How operations keep out of each other's way; absent: they do not. */
  readonly lock?: LockSettings | undefined
  /** Ends waiting at the first cause that does not pass by waiting longer. */
  readonly failFast?: boolean | undefined
  /** Told what is waited for, at each change; absent: nobody looks. */
  readonly onWaiting?: ((states: readonly WaitState[]) => void) | undefined
}

/** How the lock of a release is taken. */
export interface LockSettings {
  /** Who we are, for others to read; unique to this process. */
  readonly identity: string
  /** How long to wait for a living holder; 0: not at all. */
  readonly waitMs: number
  /** After how many seconds of silence others may take us for dead; 15 when absent. */
  readonly leaseSeconds?: number | undefined
  /** Told when a living holder is waited for. */
  readonly onBusy?: ((holder: LockHolder) => void) | undefined
  /** Takes work that may end after the operation; absent: it is waited for. */
  readonly later?: ((work: Promise<unknown>) => void) | undefined
}

/** Where a hook's log comes from. */
export interface HookLogSource {
  readonly namespace: string
  readonly pod: string
  readonly container: string
}

/** Options for writing objects, from the ports. */
export function deployOptions(
  ports: ReleasePorts,
  how: { readonly serverSide: boolean; readonly forceConflicts?: boolean; readonly signal?: AbortSignal | undefined },
): DeployOptions {
  const log =
    (level: 'DEBUG' | 'WARN') =>
    (message: string, attributes: Readonly<Record<string, string>>): void =>
      ports.log({ level, message, attributes: Object.entries(attributes) })
  return {
    clock: ports.clock,
    fieldManager: ports.fieldManager,
    serverSide: how.serverSide,
    forceConflicts: how.forceConflicts ?? false,
    debug: log('DEBUG'),
    warn: log('WARN'),
    signal: how.signal,
  }
}

/** Logs a step for `--debug`. */
export function debugLog(
  ports: ReleasePorts,
  message: string,
  attributes: Readonly<Record<string, unknown>> = {},
): void {
  ports.log({ level: 'DEBUG', message, attributes: Object.entries(attributes) })
}
