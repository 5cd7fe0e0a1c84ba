import type { ComponentContext, Pod } from '../control/index.ts'
import { allContainers, PODS, timeMs } from '../control/index.ts'
import { simulationOf } from './runtime/simulated/script.ts'

/** What `kubectl logs` may ask for, named as in PodLogOptions. */
export interface LogOptions {
  readonly follow?: boolean
  readonly previous?: boolean
  readonly timestamps?: boolean
  readonly tailLines?: number
  readonly sinceSeconds?: number
  readonly sinceTime?: string
  readonly limitBytes?: number
  readonly signal?: AbortSignal
}

/** Why there is no stream; `status` is the HTTP status that the API server should answer with. */
export interface StreamError {
  readonly status: number
  readonly reason: 'BadRequest' | 'NotFound'
  readonly message: string
}

/** What running a command in a simulated container gives. */
export interface ExecResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** The node agent's side of `logs` and `exec`, for the API server's handlers. */
export interface NodeStreams {
  /** Lines with their line ends, or why there are none. `container` is empty for the only or default container. */
  logs(namespace: string, pod: string, container: string, options: LogOptions): AsyncIterable<string> | StreamError
  /** Answers a command with what the simulation defines. */
  exec(namespace: string, pod: string, container: string, command: readonly string[]): ExecResult | StreamError
}

/** True when an answer of NodeStreams is an error. */
export function isStreamError(answer: object): answer is StreamError {
  return 'status' in answer && 'message' in answer
}

function chosenContainer(pod: Pod, container: string): string | StreamError {
  const names = allContainers(pod.spec).map((c) => c.name)
  const fallback = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container']
  const wanted =
    container !== '' ? container : fallback && names.includes(fallback) ? fallback : pod.spec.containers[0]?.name
  if (wanted === undefined || !names.includes(wanted)) {
    return {
      status: 400,
      reason: 'BadRequest',
      message: `container ${container} is not valid for pod ${pod.metadata.name}`,
    }
  }
  return wanted
}

interface Line {
  readonly atMs: number
  readonly text: string
}

function simulatedLines(pod: Pod, container: string, startedMs: number): Line[] {
  const given = simulationOf(pod, `logs.${container}`) ?? simulationOf(pod, 'logs')
  if (given !== undefined)
    return given
      .replace(/\n$/, '')
      .split('\n')
      .map((text) => ({ atMs: startedMs, text }))
  const image = allContainers(pod.spec).find((c) => c.name === container)?.image ?? ''
  return [{ atMs: startedMs, text: `simulated container ${container} (${image}) started` }]
}

/** Logs and commands of simulated containers, answered from what the caches know of the pods. */
export function createNodeStreams(ctx: ComponentContext): NodeStreams {
  const find = (namespace: string, name: string): Pod | StreamError =>
    ctx.informers.of(PODS).get(namespace, name) ?? {
      status: 404,
      reason: 'NotFound',
      message: `pods "${name}" not found`,
    }
  return {
    logs(namespace, name, container, options) {
      const pod = find(namespace, name)
      if (isStreamError(pod)) return pod
      const chosen = chosenContainer(pod, container)
      if (typeof chosen !== 'string') return chosen
      const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
      const status = statuses.find((s) => s.name === chosen)
      const run = options.previous
        ? status?.lastState?.terminated
        : (status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated)
      if (options.previous && run === undefined) {
        const message = `previous terminated container "${chosen}" in pod "${name}" not found`
        return { status: 400, reason: 'BadRequest', message }
      }
      if (run === undefined) {
        const reason = status?.state?.waiting?.reason ?? 'ContainerCreating'
        const why =
          reason === 'ErrImagePull' || reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : reason
        return {
          status: 400,
          reason: 'BadRequest',
          message: `container "${chosen}" in pod "${name}" is waiting to start: ${why}`,
        }
      }
      const lines = simulatedLines(pod, chosen, timeMs(run.startedAt))
      const follow = options.follow === true && status?.state?.running !== undefined
      return logLines(ctx, pod, select(lines, options, ctx.nowMs()), options, follow)
    },
    exec(namespace, name, container, command) {
      const pod = find(namespace, name)
      if (isStreamError(pod)) return pod
      const chosen = chosenContainer(pod, container)
      if (typeof chosen !== 'string') return chosen
      return simulatedExec(pod, chosen, command)
    },
  }
}

function select(lines: readonly Line[], options: LogOptions, nowMs: number): readonly Line[] {
  const sinceMs = options.sinceSeconds !== undefined ? nowMs - options.sinceSeconds * 1000 : timeMs(options.sinceTime)
  const recent = Number.isNaN(sinceMs) ? lines : lines.filter((line) => line.atMs >= sinceMs - 1000)
  return options.tailLines === undefined || options.tailLines < 0
    ? recent
    : recent.slice(Math.max(0, recent.length - options.tailLines))
}

async function* logLines(
  ctx: ComponentContext,
  pod: Pod,
  lines: readonly Line[],
  options: LogOptions,
  follow: boolean,
): AsyncGenerator<string> {
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY
  for (const line of lines) {
    const stamp = options.timestamps ? `${new Date(line.atMs).toISOString().replace('Z', '000000Z')} ` : ''
    const text = `${stamp}${line.text}\n`.slice(0, left)
    left -= text.length
    if (text !== '') yield text
    if (left <= 0) return
  }
  if (follow) await ended(ctx, pod, options.signal)
}

/** Resolves when the pod is gone or has ended, or the signal aborts. */
function ended(ctx: ComponentContext, pod: Pod, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const finish = (): void => {
      off()
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const off = ctx.informers.of(PODS).on({
      update: (_old, next) => {
        const { phase } = next.status ?? {}
        if (next.metadata.uid === pod.metadata.uid && (phase === 'Succeeded' || phase === 'Failed')) finish()
      },
      delete: (next) => {
        if (next.metadata.uid === pod.metadata.uid) finish()
      },
    })
    ctx.onStop(finish)
    signal?.addEventListener('abort', finish)
  })
}

function simulatedExec(pod: Pod, container: string, command: readonly string[]): ExecResult {
  const [program = '', ...args] = command
  if (program === 'echo') return { stdout: `${args.join(' ')}\n`, stderr: '', exitCode: 0 }
  if (program === 'true') return { stdout: '', stderr: '', exitCode: 0 }
  if (program === 'false') return { stdout: '', stderr: '', exitCode: 1 }
  if (program === 'hostname') return { stdout: `${pod.spec.hostname ?? pod.metadata.name}\n`, stderr: '', exitCode: 0 }
  if (program === 'env' || program === 'printenv') {
    const env = allContainers(pod.spec).find((c) => c.name === container)?.env ?? []
    const lines = [`HOSTNAME=${pod.metadata.name}`, ...env.map(({ name, value }) => `${name}=${value ?? ''}`)]
    return { stdout: `${lines.join('\n')}\n`, stderr: '', exitCode: 0 }
  }
  return { stdout: '', stderr: `${program}: not available in a simulated container\n`, exitCode: 126 }
}
