import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** The checkout. */
export const root = path.resolve(import.meta.dirname, '../..')

/** The recorded behaviour beside the checkout; may be absent. */
export const shared = path.resolve(root, '../shared')

/** What a finished program left. */
export interface Finished {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A private world for the built program: its own home, Helm folders, kubeconfig and clusters. */
export interface Sandbox {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  /** Runs chartctl to its end. */
  chartctl(args: readonly string[], options?: RunOptions): Promise<Finished>
  /** Runs kubectl against the sandbox's kubeconfig. */
  kubectl(args: readonly string[], options?: RunOptions): Promise<Finished>
  /** Deletes the clusters and the folder. */
  dispose(): Promise<void>
}

/** How to run a program. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly stdin?: string
  readonly signal?: AbortSignal
}

/** Whether a program is on the PATH. */
export function hasProgram(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0
}

/** Runs a program to its end and collects what it printed. */
export function run(
  command: readonly string[],
  options: Omit<RunOptions, 'env'> & { readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  const [program = '', ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd, env: options.env, stdio: 'pipe', signal: options.signal })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.stdin ?? '')
    child.on('error', reject)
    child.on('close', (exit) => {
      resolve({ exit, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') })
    })
  })
}

/** Creates a sandbox below the system's temporary folder. */
export function createSandbox(extraEnv: Readonly<Record<string, string>> = {}): Sandbox {
  const folder = mkdtempSync(path.join(tmpdir(), 'chartctl-e2e-'))
  for (const name of ['home', 'work']) mkdirSync(path.join(folder, name))
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: path.join(folder, 'home'),
    CHARTCTL_HOME: path.join(folder, 'clusters'),
    KUBECONFIG: path.join(folder, 'kubeconfig'),
    HELM_CACHE_HOME: path.join(folder, 'cache'),
    HELM_CONFIG_HOME: path.join(folder, 'config'),
    HELM_DATA_HOME: path.join(folder, 'data'),
    TZ: 'UTC',
    ...extraEnv,
  }
  const cwd = path.join(folder, 'work')
  const bin = path.join(root, 'bin/chartctl.js')
  const start = (command: readonly string[], options: RunOptions = {}): Promise<Finished> =>
    run(command, { cwd, ...options, env: { ...env, ...options.env } })
  return {
    folder,
    env,
    chartctl: (args, options) => start([process.execPath, bin, ...args], options),
    kubectl: (args, options) => start(['kubectl', ...args], options),
    async dispose() {
      const listed = await start([process.execPath, bin, 'cluster', 'list', '-o', 'json'])
      const clusters: unknown = listed.exit === 0 ? JSON.parse(listed.stdout) : []
      for (const { name } of clusters as { name: string }[])
        await start([process.execPath, bin, 'cluster', 'delete', name])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Fails with everything the program printed unless it ended well; returns its output. */
export function mustSucceed(finished: Finished): string {
  if (finished.exit !== 0) throw new Error(`exit code ${finished.exit}\n${finished.stdout}\n${finished.stderr}`)
  return finished.stdout
}
