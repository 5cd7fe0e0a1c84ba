import { ChartctlError } from '../../base/index.ts'

/** What can go wrong with the bundled clusters' processes and files. */
export type BundledErrorCode =
  | 'CLUSTER_NAME'
  | 'CLUSTER_NOT_FOUND'
  | 'CLUSTER_NOT_RUNNING'
  | 'CLUSTER_START_FAILED'
  | 'CLUSTER_STOP_FAILED'
  | 'CLUSTER_BUSY'
  | 'CLUSTER_NOT_STORED'
  | 'CLUSTER_STILL_RUNS'
  | 'CLUSTER_HAS_DATA'
  | 'KUBECONFIG_DAMAGED'

/** An error of starting, stopping or describing a bundled cluster. */
export class BundledError extends ChartctlError<BundledErrorCode> {}

/** A cluster's name is also a folder's and a context's: an RFC 1123 label. */
export const badClusterName = (name: string): BundledError =>
  new BundledError(
    'CLUSTER_NAME',
    `invalid cluster name "${name}": it must consist of lower case letters, digits and '-', and begin and end with a letter or digit`,
    { name },
  )

/** No data of this name. */
export const clusterNotFound = (name: string, folder: string): BundledError =>
  new BundledError('CLUSTER_NOT_FOUND', `cluster "${name}" does not exist (no ${folder})`, { name, folder })

/** The data is there, the process is not. */
export const clusterNotRunning = (name: string): BundledError =>
  new BundledError('CLUSTER_NOT_RUNNING', `cluster "${name}" is not running; start it with 'cluster start'`, { name })

/** The process ended before it served; `reason` is its last word, `logFile` has the rest. */
export const startFailed = (name: string, reason: string, logFile: string): BundledError =>
  new BundledError('CLUSTER_START_FAILED', `cluster "${name}" did not start: ${reason} (see ${logFile})`, {
    name,
    logFile,
  })

/** The process did not end in time. */
export const stopFailed = (name: string, pid: number): BundledError =>
  new BundledError('CLUSTER_STOP_FAILED', `cluster "${name}" (process ${pid}) did not stop`, { name, pid })

/** Another command starts or stops this cluster and does not finish. */
export const clusterBusy = (name: string, pid: number): BundledError =>
  new BundledError('CLUSTER_BUSY', `cluster "${name}" is being started or stopped by process ${pid}`, { name, pid })

/** A backup of a cluster that keeps nothing on disk. */
export const clusterNotStored = (name: string): BundledError =>
  new BundledError('CLUSTER_NOT_STORED', `cluster "${name}" keeps its objects in memory: there is nothing to back up`, {
    name,
  })

/** A restore under a running process. */
export const clusterStillRuns = (name: string): BundledError =>
  new BundledError('CLUSTER_STILL_RUNS', `cluster "${name}" is running; stop it with 'cluster stop' first`, { name })

/** A restore that would replace what is there. */
export const clusterHasData = (name: string): BundledError =>
  new BundledError('CLUSTER_HAS_DATA', `cluster "${name}" has data already; --force replaces it`, { name })

/** The user's kubeconfig cannot be read, so nothing is merged into it. */
export const kubeconfigDamaged = (file: string, cause: unknown): BundledError =>
  new BundledError('KUBECONFIG_DAMAGED', `cannot merge a context into ${file}: it is not a kubeconfig`, { file }, cause)
