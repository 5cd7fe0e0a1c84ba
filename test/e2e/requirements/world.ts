import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { type AdjustableClock, adjustableClock } from '../../../src/base/index.ts'
import { type ClusterOptions, type RunningCluster, startCluster } from '../../../src/cluster/index.ts'
import { type Finished, hasProgram } from '../../support/program.ts'

/** Whether the scenarios can be run: they need kubectl on the PATH. */
export const haveKubectl = hasProgram('kubectl')

/** A kubectl that was started and goes on. */
export interface Background {
  /** Everything it printed so far, both streams. */
  output(): string
  /** Waits until its output satisfies the condition. */
  until(wanted: Wanted): Promise<string>
  /** Writes to its standard input. */
  write(text: string): void
  /** Ends its standard input. */
  closeInput(): void
  /** Resolves when it has ended. */
  readonly ended: Promise<number | null>
  stop(): Promise<void>
}

/** Text that output has to contain, or a pattern that it has to match. */
export type Wanted = string | RegExp

/** One namespace of a cluster, and kubectl in it. */
export interface World {
  readonly namespace: string
  readonly cluster: RunningCluster
  readonly clock: AdjustableClock
  /** A folder for the scenario's files; kubectl's working directory. */
  readonly folder: string
  /** Runs kubectl with arguments as one would type them; fails unless it ends well. Gives its standard output. */
  k(args: string, stdin?: string): Promise<string>
  /** Runs kubectl, which has to fail with exit code 1 (or the given one); gives its standard error. */
  fails(args: string, stdin?: string, exit?: number): Promise<string>
  /** Runs kubectl and gives everything. */
  run(args: string, stdin?: string): Promise<Finished>
  /** Repeats a command until its output satisfies the condition. */
  until(args: string, wanted: Wanted): Promise<string>
  /** Applies a manifest given as text. */
  apply(manifest: string): Promise<string>
  /** Starts kubectl and leaves it running. */
  background(args: string): Background
  write(name: string, text: string): void
}

/** How long a scenario waits for what has to happen; generous, as test machines may be busy. */
const PATIENCE_MS = 60_000

/** How long one kubectl may take; it is named when it takes longer, which the time limit of a test does not do. */
const LIMIT_MS = 120_000
const clusters: { readonly stop: () => Promise<void> }[] = []
afterAll(async () => {
  for (const { stop } of clusters.splice(0)) await stop()
})

/** A cluster for scenarios; each call of `world` is a new namespace of it. Stopped when the file's tests have ended. */
export async function scenarioCluster(
  options: Partial<ClusterOptions> = {},
): Promise<(env?: Readonly<Record<string, string>>) => Promise<World>> {
  const clock = adjustableClock()
  const cluster = await startCluster({ storage: 'memory', clock, ...options })
  const folder = mkdtempSync(path.join(tmpdir(), 'chartctl-scenarios-'))
  const kubeconfig = path.join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, cluster.kubeconfigText, { mode: 0o600 })
  clusters.push({
    async stop() {
      await cluster.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  })
  let count = 0
  return async (env = {}) => {
    const namespace = `ns${++count}`
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }
    await cluster.transport.request({ method: 'POST', path: '/api/v1/namespaces', body })
    return worldOf({ cluster, clock, namespace, kubeconfig, env })
  }
}

/** A scenario with a cluster of its own, for what concerns nodes or the clock. */
export async function ownWorld(options: Partial<ClusterOptions> = {}): Promise<World> {
  return (await scenarioCluster(options))()
}

function worldOf(
  parts: Pick<World, 'cluster' | 'clock' | 'namespace'> & {
    readonly kubeconfig: string
    readonly env: Readonly<Record<string, string>>
  },
): World {
  const { kubeconfig, env: extra, ...rest } = parts
  const folder = mkdtempSync(path.join(path.dirname(kubeconfig), `${parts.namespace}-`))
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    KUBECONFIG: kubeconfig,
    TZ: 'UTC',
    KUBE_EDITOR: path.join(folder, 'editor'),
    ...extra,
  }
  const start = (text: string): ReturnType<typeof spawn> => {
    const args = words(text)
    const placed = args.some((arg) => /^(-n.*|-A|--namespace.*|--all-namespaces)$/.test(arg))
    const local = ['config', 'kustomize', 'version', 'completion'].includes(args[0] ?? '')
    return spawn('kubectl', [...(placed || local ? [] : ['--namespace', parts.namespace]), ...args], {
      cwd: folder,
      env,
      stdio: 'pipe',
    })
  }
  const run = async (text: string, stdin?: string): Promise<Finished> => {
    const done = await finish(start(text), stdin)
    if (!done.timedOut) return done
    throw new Error(`kubectl ${text}: not ended after ${LIMIT_MS / 1000} s\n${done.stdout}${done.stderr}`)
  }
  const world: World = {
    ...rest,
    folder,
    run,
    async k(args, stdin) {
      const done = await run(args, stdin)
      if (done.exit !== 0) throw new Error(`kubectl ${args}: exit ${done.exit}\n${done.stdout}${done.stderr}`)
      return done.stdout
    },
    async fails(args, stdin, exit = 1) {
      const done = await run(args, stdin)
      if (done.exit !== exit) throw new Error(`kubectl ${args}: exit ${done.exit}\n${done.stdout}${done.stderr}`)
      return done.stderr
    },
    async until(args, wanted) {
      const endMs = Date.now() + PATIENCE_MS
      for (let pauseMs = 20; ; pauseMs = Math.min(400, pauseMs * 1.5)) {
        const done = await run(args)
        if (satisfies(done.stdout, wanted)) return done.stdout
        if (Date.now() > endMs) throw new Error(`kubectl ${args} never gave ${wanted}:\n${done.stdout}${done.stderr}`)
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    },
    apply: (manifest) => world.k('apply -f -', manifest),
    background: (args) => backgroundOf(start(args), args),
    write: (name, text) => writeFileSync(path.join(folder, name), text, { mode: 0o755 }),
  }
  return world
}

function finish(child: ReturnType<typeof spawn>, stdin = ''): Promise<Finished & { timedOut: boolean }> {
  return new Promise((resolve, reject) => {
    let stdout = ''
    let stderr = ''
    let timedOut = false
    const limit = setTimeout(() => {
      timedOut = true
      child.kill('SIGKILL')
    }, LIMIT_MS)
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(stdin)
    child.on('error', reject)
    child.on('close', (exit) => {
      clearTimeout(limit)
      resolve({ exit, stdout, stderr, timedOut })
    })
  })
}

function backgroundOf(child: ReturnType<typeof spawn>, args: string): Background {
  let text = ''
  const add = (chunk: Buffer): void => {
    text += chunk.toString()
  }
  child.stdout?.on('data', add)
  child.stderr?.on('data', add)
  child.stdin?.on('error', () => undefined)
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return {
    output: () => text,
    ended,
    write: (input) => child.stdin?.write(input),
    closeInput: () => child.stdin?.end(),
    async until(wanted) {
      const endMs = Date.now() + PATIENCE_MS
      while (!satisfies(text, wanted)) {
        if (Date.now() > endMs) throw new Error(`kubectl ${args} never gave ${wanted}:\n${text}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      return text
    },
    async stop() {
      child.kill('SIGINT')
      await ended
    },
  }
}

function satisfies(text: string, wanted: Wanted): boolean {
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)
}

/** Splits a command line at spaces; quotes keep what they hold together. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_all, single?: string, double?: string) => single ?? double ?? ''),
  )
}

/** A Deployment's manifest. */
export function deployment(
  name: string,
  parts: { replicas?: number; image?: string; spec?: string; pod?: string } = {},
): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${parts.replicas ?? 1}
  selector: {matchLabels: {app: ${name}}}
${parts.spec === undefined ? '' : `  ${parts.spec}\n`}  template:
    metadata: {labels: {app: ${name}}}
    spec:
${parts.pod === undefined ? '' : `      ${parts.pod}\n`}      containers:
        - name: nginx
          image: ${parts.image ?? 'nginx:1.20'}
          ports: [{containerPort: 80}]
`
}

/** A Pod's manifest; `spec` is further lines of its spec, `container` of its container, in flow style. */
export function pod(name: string, parts: { spec?: string; container?: string; metadata?: string } = {}): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}${parts.metadata === undefined ? '' : `, ${parts.metadata}`}}
spec: {containers: [{name: c, image: busybox${parts.container === undefined ? '' : `, ${parts.container}`}}]${parts.spec === undefined ? '' : `, ${parts.spec}`}}
`
}
