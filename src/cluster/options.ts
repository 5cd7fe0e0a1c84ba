import type { Clock, FaultReport, Random } from '../base/index.ts'

/** How a cluster is started. */
export interface ClusterOptions {
  /** `memory` forgets everything at the end; `lmdb` keeps it in `dataDir`. */
  readonly storage: 'memory' | 'lmdb'
  /** Folder of keys and data (mode 0700). Needed for lmdb; with memory it only keeps the keys. */
  readonly dataDir?: string
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string
  /** Port to listen on; default 0, any free port. Null: no socket at all, only the in-process transport. */
  readonly port?: number | null
  /** Name in the kubeconfig; default `chartctl`. */
  readonly name?: string
  /** Default: the machine's, which `cluster simulate clock` can move. */
  readonly clock?: Clock
  readonly random?: Random
  /** Name of the default StorageClass to create (`local-path`), or null for none. Default: `local-path`. */
  readonly defaultStorageClass?: string | null
  /** False: only store and API server; no controllers, scheduler or nodes. Default: true. */
  readonly components?: boolean
  /** Simulated nodes to create; default 1. */
  readonly nodes?: number
  /** Folder whose pod manifests the first node runs by itself, as kubelet's static pods. */
  readonly staticPods?: string
  /** True: usage of nodes and pods is served (`kubectl top`, autoscalers) as if a metrics server were installed. */
  readonly metrics?: boolean
  /** Records requests: a policy of audit.k8s.io/v1 as text, and the file to which its events are appended. */
  readonly audit?: { readonly policy: string; readonly file: string }
  /** A bearer token that is accepted as a member of system:masters. */
  readonly token?: string
  /**
   * Told about what fails in the background, for a log. Absent: reconciliations that fail are just tried again, and any
   * other fault (of a timer, a watch, a connection) is an uncaught error of the process.
   */
  readonly onError?: FaultReport
  /** Further names and addresses for the server's certificate. */
  readonly certificateHosts?: readonly string[]
}
