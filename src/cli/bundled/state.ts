import { readFileSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
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
  return state !== undefined && isAlive(state) ? state : undefined
}

/** Writes the state whole or not at all. */
export async function writeState(files: ClusterFiles, state: ClusterState): Promise<void> {
  const temporary = `${files.stateFile}.${state.pid}`
  await writeFile(temporary, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  await rename(temporary, files.stateFile)
}

/** Removes the state that process `pid` wrote; another's stays. */
export async function removeState(files: ClusterFiles, pid: number): Promise<void> {
  const state = await readState(files)
  if (state?.pid === pid) await rm(files.stateFile, { force: true })
}

/** When process `pid` began, in the system's own ticks; empty where that cannot be read. */
export function processStart(pid: number): string {
  return processStat(pid)?.start ?? ''
}

/** Whether a process with this pid runs. One that has ended but was not waited for by its parent does not. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  return !['Z', 'X'].includes(processStat(pid)?.state ?? '')
}

/** State letter and start time of a process, where the system has /proc. */
function processStat(pid: number): { readonly state: string; readonly start: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', start: fields[19] ?? '' }
  } catch {
    return undefined
  }
}

function isAlive(state: ClusterState): boolean {
  if (!processExists(state.pid)) return false
  return state.processStart === '' || processStart(state.pid) === state.processStart
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
