import { readFile, stat, writeFile } from 'node:fs/promises'
import { chartctlHome, type EnvVars } from '../environment.ts'
import { type ContextEntry, mergeContext, standaloneKubeconfig, userKubeconfig } from './contexts.ts'
import { clusterNotFound } from './errors.ts'
import { type ClusterFiles, clusterFiles, DEFAULT_CLUSTER } from './home.ts'
import { type LaunchOptions, launchCluster } from './launch.ts'
import { selfCommand } from './program.ts'
import type { ClusterState } from './state.ts'

/** What starting needs of the process. */
export interface BundledSurroundings {
  readonly env: EnvVars
  readonly home: string
}

/** Files of a named cluster below CHARTCTL_HOME. */
export function filesOf(env: EnvVars, name: string = DEFAULT_CLUSTER): ClusterFiles {
  return clusterFiles(chartctlHome(env), name)
}

/** Files of a named cluster that has been started before. Rejects with CLUSTER_NOT_FOUND otherwise. */
export async function existingFilesOf(env: EnvVars, name?: string): Promise<ClusterFiles> {
  const files = filesOf(env, name)
  await stat(files.folder).catch(() => {
    throw clusterNotFound(files.name, files.folder)
  })
  return files
}

/** Starts the cluster when it does not run, and merges its context into the user's kubeconfig. */
export async function startBundled(
  files: ClusterFiles,
  around: BundledSurroundings,
  options: Omit<LaunchOptions, 'command' | 'env'> & { readonly makeCurrent: boolean },
): Promise<{ state: ClusterState; started: boolean; kubeconfig: string }> {
  const launched = await launchCluster(files, { ...options, command: selfCommand(), env: around.env })
  const kubeconfig = userKubeconfig(around.env, around.home)
  await mergeContext(kubeconfig, await readContextEntry(files), options.makeCurrent)
  return { ...launched, kubeconfig }
}

/**
 * For a command that needs a cluster where none is configured: starts the default cluster if need be and returns its
 * kubeconfig's path. `announce` gets one line when it had to be started.
 */
export async function ensureBundled(around: BundledSurroundings, announce: (line: string) => void): Promise<string> {
  const files = filesOf(around.env)
  const { state, started } = await launchCluster(files, { storage: 'lmdb', command: selfCommand(), env: around.env })
  if (started) announce(`Started the bundled cluster "${files.name}" at ${state.endpoint}`)
  return files.kubeconfig
}

/** Writes the cluster's own kubeconfig and the entry from which contexts are merged; called by the serving process. */
export async function writeClusterKubeconfig(files: ClusterFiles, entry: ContextEntry): Promise<void> {
  await writeFile(files.kubeconfig, standaloneKubeconfig(entry), { mode: 0o600 })
}

/** Reads back what writeClusterKubeconfig wrote. */
async function readContextEntry(files: ClusterFiles): Promise<ContextEntry> {
  const text = await readFile(files.kubeconfig, 'utf8')
  const field = (name: string): string => new RegExp(`^ +${name}: (.*)$`, 'm').exec(text)?.[1] ?? ''
  return {
    name: files.name,
    server: field('server'),
    caData: field('certificate-authority-data'),
    token: field('token'),
  }
}
