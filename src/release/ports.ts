import type { Clock, Host, Log } from '../base/index.ts'
import type { SchemaAttempts } from '../chart/index.ts'
import type { Cluster, DeployOptions, WaitState } from '../kube/index.ts'
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
  /** Told what is waited for, at each change; absent: nobody looks. */
  readonly onWaiting?: ((states: readonly WaitState[]) => void) | undefined
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
