import { spawn } from 'node:child_process'
import { open, readFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isProcessRunning } from '../../base/index.ts'
import { startFailed, stopFailed } from './errors.ts'
import { type ClusterFiles, createClusterFolder } from './home.ts'
import { withClusterLock } from './lock.ts'
import { type ClusterState, readRunningState } from './state.ts'

/** How a cluster is to be started; options of a running one are not changed. */
export interface LaunchOptions {
  readonly storage: 'lmdb' | 'memory'
  readonly port?: number
  readonly nodes?: number
  readonly metrics?: boolean
  /** Absolute path. */
  readonly staticPods?: string
  /** Absolute paths. */
  readonly auditPolicy?: string
  readonly auditLog?: string
  /** The program that serves: Node's flags, script and leading arguments. */
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Time for the process to say that it serves. */
const START_LIMIT_MS = 30_000
/** Time for the process to end after SIGTERM. */
const STOP_LIMIT_MS = 15_000
const STOP_POLL_MS = 10

/**
 * Makes sure that the cluster runs: starts its process in the background, and returns once it serves.
 * `started` is false when it ran already. Throws CLUSTER_START_FAILED with the process's last words.
 */
export async function launchCluster(
  files: ClusterFiles,
  options: LaunchOptions,
): Promise<{ state: ClusterState; started: boolean }> {
  const running = await readRunningState(files)
  if (running !== undefined) return { state: running, started: false }
  await createClusterFolder(files)
  return withClusterLock(files, async () => {
    const other = await readRunningState(files)
    if (other !== undefined) return { state: other, started: false }
    await rm(files.stateFile, { force: true })
    await spawnServer(files, options)
    const state = await readRunningState(files)
    if (state === undefined) throw startFailed(files.name, 'it ended at once', files.logFile)
    return { state, started: true }
  })
}

/** Ends the cluster's process and waits until it is gone. Returns false when it was not running. */
export async function stopCluster(files: ClusterFiles): Promise<boolean> {
  const running = await readRunningState(files)
  if (running === undefined) return false
  return withClusterLock(files, async () => {
    const state = await readRunningState(files)
    if (state === undefined) return false
    process.kill(state.pid, 'SIGTERM')
    for (let waitedMs = 0; isProcessRunning(state.pid); waitedMs += STOP_POLL_MS) {
      if (waitedMs >= STOP_LIMIT_MS) throw stopFailed(files.name, state.pid)
      await sleep(STOP_POLL_MS)
    }
    await rm(files.stateFile, { force: true })
    return true
  })
}

/** Starts the serving process detached from this one; resolves on its word `ready`. */
async function spawnServer(files: ClusterFiles, options: LaunchOptions): Promise<void> {
  const [program = process.execPath, ...leading] = options.command
  const args = [...leading, 'cluster', 'serve', files.name, '--storage', options.storage]
  if (options.port !== undefined) args.push('--port', String(options.port))
  if (options.nodes !== undefined) args.push('--nodes', String(options.nodes))
  if (options.metrics === true) args.push('--metrics')
  if (options.staticPods !== undefined) args.push('--static-pods', options.staticPods)
  if (options.auditPolicy !== undefined) args.push('--audit-policy', options.auditPolicy)
  if (options.auditLog !== undefined) args.push('--audit-log', options.auditLog)
  const log = await open(files.logFile, 'a', 0o600)
  try {
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      env: { ...options.env },
      cwd: files.folder,
    })
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL')
        reject(startFailed(files.name, `it did not serve within ${START_LIMIT_MS / 1000} s`, files.logFile))
      }, START_LIMIT_MS)
      child.once('message', () => {
        clearTimeout(timer)
        child.disconnect()
        child.unref()
        resolve()
      })
      child.once('error', (error) => {
        clearTimeout(timer)
        reject(startFailed(files.name, error.message, files.logFile))
      })
      child.once('exit', (code, signal) => {
        clearTimeout(timer)
        lastLine(files.logFile)
          .then((line) => reject(startFailed(files.name, line || `exit code ${code ?? signal}`, files.logFile)))
          .catch(reject)
      })
    })
    child.removeAllListeners()
  } finally {
    await log.close()
  }
}

async function lastLine(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return (text.trimEnd().split('\n').at(-1) ?? '').replace(/^Error: /, '')
}
