import { stat } from 'node:fs/promises'
import type { ClusterFiles } from './home.ts'
import { readRunningState } from './state.ts'

/** What `cluster status` and `cluster list` say about a cluster. */
export interface ClusterDescription {
  readonly name: string
  readonly state: 'running' | 'stopped' | 'absent'
  /** Null unless it runs. */
  readonly pid: number | null
  readonly endpoint: string | null
  readonly kubeconfig: string
  readonly storage: 'lmdb' | 'memory' | null
  readonly dataFolder: string
  readonly version: string | null
  readonly startedAt: string | null
  /** Names and conditions of the nodes; empty unless it runs. */
  readonly nodes: readonly { readonly name: string; readonly status: string }[]
}

/** Describes a cluster; `listNodes` asks the running cluster itself. */
export async function describeCluster(
  files: ClusterFiles,
  listNodes: (kubeconfig: string) => Promise<ClusterDescription['nodes']>,
): Promise<ClusterDescription> {
  const running = await readRunningState(files)
  const exists = await stat(files.folder).then(
    () => true,
    () => false,
  )
  return {
    name: files.name,
    state: running !== undefined ? 'running' : exists ? 'stopped' : 'absent',
    pid: running?.pid ?? null,
    endpoint: running?.endpoint ?? null,
    kubeconfig: files.kubeconfig,
    storage: running?.storage ?? null,
    dataFolder: files.dataDir,
    version: running?.version ?? null,
    startedAt: running?.startedAt ?? null,
    nodes: running === undefined ? [] : await listNodes(files.kubeconfig).catch(() => []),
  }
}
