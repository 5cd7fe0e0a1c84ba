import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { isProcessRunning } from '../../base/index.ts'
import { fileSystemError } from '../../chart/index.ts'
import type { ClusterFiles } from './home.ts'

/** What the running process of a cluster says about itself. */
export interface ClusterState {
  readonly pid: number
  /** Tells a process from a later one with the same pid; empty where the system does not tell. */
  readonly processStart: string
  readonly endpoint: string
  readonly storage: 'lmdb' | 'memory'
  /** Version of chartctl that serves. */
  readonly version: string
  readonly startedAt: string
}

/** The state of a cluster whose process is alive; undefined when it is not running. */
export async function readRunningState(files: ClusterFiles): Promise<ClusterState | undefined> {
  const state = await readState(files)
  return state !== undefined && isProcessRunning(state.pid, state.processStart) ? state : undefined
}

/** Writes the state whole or not at all. Throws Go's words for what the file system refuses. */
export async function writeState(files: ClusterFiles, state: ClusterState): Promise<void> {
  const temporary = `${files.stateFile}.${state.pid}`
  try {
    await writeFile(temporary, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
    await rename(temporary, files.stateFile)
  } catch (error) {
    await rm(temporary, { force: true })
    throw fileSystemError(error, 'write', files.stateFile)
  }
}

/** Removes the state that process `pid` wrote; another's stays. */
export async function removeState(files: ClusterFiles, pid: number): Promise<void> {
  const state = await readState(files)
  if (state?.pid === pid) await rm(files.stateFile, { force: true })
}

async function readState(files: ClusterFiles): Promise<ClusterState | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(files.stateFile, 'utf8'))
    return isClusterState(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isClusterState(value: unknown): value is ClusterState {
  if (typeof value !== 'object' || value === null) return false
  const state = value as Record<string, unknown>
  return (
    Number.isInteger(state.pid) &&
    ['processStart', 'endpoint', 'version', 'startedAt'].every((key) => typeof state[key] === 'string') &&
    (state.storage === 'lmdb' || state.storage === 'memory')
  )
}
