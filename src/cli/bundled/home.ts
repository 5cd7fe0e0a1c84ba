import { mkdir, readdir } from 'node:fs/promises'
import path from 'node:path'
import { badClusterName } from './errors.ts'

/** The name of the cluster that is meant when none is named; also the name of its context. */
export const DEFAULT_CLUSTER = 'chartctl'

/** Where one bundled cluster keeps its things. Everything below `folder` is private to the user. */
export interface ClusterFiles {
  readonly name: string
  readonly folder: string
  /** Store, keys and certificates. */
  readonly dataDir: string
  /** State of the running process; absent when it is not running. */
  readonly stateFile: string
  /** Held while the cluster is being started or stopped. */
  readonly lockFile: string
  readonly logFile: string
  /** A kubeconfig with this cluster alone. */
  readonly kubeconfig: string
}

/** Files of the cluster `name` below CHARTCTL_HOME. Throws CLUSTER_NAME for a name that is not an RFC 1123 label. */
export function clusterFiles(home: string, name: string): ClusterFiles {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) throw badClusterName(name)
  const folder = path.join(home, 'clusters', name)
  return {
    name,
    folder,
    dataDir: path.join(folder, 'data'),
    stateFile: path.join(folder, 'state.json'),
    lockFile: path.join(folder, 'lock'),
    logFile: path.join(folder, 'cluster.log'),
    kubeconfig: path.join(folder, 'kubeconfig'),
  }
}

/** Makes the cluster's folder, readable by the user only. */
export async function createClusterFolder(files: ClusterFiles): Promise<void> {
  await mkdir(files.folder, { recursive: true, mode: 0o700 })
}

/** Names of all clusters that have data, sorted. */
export async function listClusterNames(home: string): Promise<string[]> {
  try {
    const entries = await readdir(path.join(home, 'clusters'), { withFileTypes: true })
    return entries
      .filter((e) => e.isDirectory())
      .map((e) => e.name)
      .sort()
  } catch {
    return []
  }
}
