import type { LogRequest, StreamRefusal } from '../../api/index.ts'
import type { ComponentContext, Container, ContainerStatus, Pod } from '../control/index.ts'
import { PODS, timeMs } from '../control/index.ts'
import { type Settings, settingFor } from './runtime/simulated/settings.ts'

interface Line {
  readonly atMs: number
  readonly text: string
}

/** What a container has printed, as kubelet gives it out: lines with their ends, or why there are none. */
export function containerLogs(
  ctx: ComponentContext,
  pod: Pod,
  container: Container,
  settings: Settings,
  options: LogRequest,
): AsyncIterable<string> | StreamRefusal {
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {}
  const statuses = [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses]
  const status = statuses.find(({ name }) => name === container.name)
  const run = options.previous
    ? status?.lastState?.terminated
    : (status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated)
  if (run === undefined) return noRun(pod, container.name, status, options)
  const lines = simulatedLines(container, settings, timeMs(run.startedAt), options.previous ? 0 : ctx.nowMs())
  const follow = options.follow === true && status?.state?.running !== undefined
  return logLines(ctx, pod, { lines: select(lines, options, ctx.nowMs()), container, settings }, options, follow)
}

function noRun(pod: Pod, container: string, status: ContainerStatus | undefined, options: LogRequest): StreamRefusal {
  const where = `container "${container}" in pod "${pod.metadata.name}"`
  if (options.previous) return { status: 400, reason: 'BadRequest', message: `previous terminated ${where} not found` }
  const reason = status?.state?.waiting?.reason ?? 'ContainerCreating'
  const why = reason === 'ErrImagePull' || reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : reason
  return { status: 400, reason: 'BadRequest', message: `${where} is waiting to start: ${why}` }
}

/** A container that repeats its log shows at most so many lines of the past. */
const REPEATED_LIMIT = 1000

function simulatedLines(container: Container, settings: Settings, startedMs: number, untilMs: number): Line[] {
  const given = settingFor(settings, 'logs', container.name)
  const texts = given?.replace(/\n$/, '').split('\n') ?? [
    `simulated container ${container.name} (${container.image ?? ''}) started`,
  ]
  const everyMs = repeatMs(settings, container)
  const lines = texts.map((text) => ({ atMs: startedMs, text }))
  if (everyMs === undefined) return lines
  const first = Math.max(1, Math.floor((untilMs - startedMs) / everyMs) - REPEATED_LIMIT)
  for (let i = first; startedMs + i * everyMs <= untilMs; i++) {
    for (const text of texts) lines.push({ atMs: startedMs + i * everyMs, text })
  }
  return lines
}

/** `log-every`: seconds after which a running container prints its lines again. */
function repeatMs(settings: Settings, container: Container): number | undefined {
  const seconds = Number.parseFloat(settingFor(settings, 'log-every', container.name) ?? '')
  return seconds > 0 ? seconds * 1000 : undefined
}

function select(lines: readonly Line[], options: LogRequest, nowMs: number): readonly Line[] {
  const sinceMs = options.sinceSeconds !== undefined ? nowMs - options.sinceSeconds * 1000 : timeMs(options.sinceTime)
  const recent = Number.isNaN(sinceMs) ? lines : lines.filter((line) => line.atMs >= sinceMs - 1000)
  return options.tailLines === undefined || options.tailLines < 0
    ? recent
    : recent.slice(Math.max(0, recent.length - options.tailLines))
}

async function* logLines(
  ctx: ComponentContext,
  pod: Pod,
  source: { readonly lines: readonly Line[]; readonly container: Container; readonly settings: Settings },
  options: LogRequest,
  follow: boolean,
): AsyncGenerator<string> {
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY
  const print = (line: Line): string => {
    const stamp = options.timestamps ? `${new Date(line.atMs).toISOString().replace('Z', '000000Z')} ` : ''
    const text = `${stamp}${line.text}\n`.slice(0, left)
    left -= text.length
    return text
  }
  for (const line of source.lines) {
    const text = print(line)
    if (text !== '') yield text
    if (left <= 0) return
  }
  if (!follow) return
  const everyMs = repeatMs(source.settings, source.container)
  const end = new AbortController()
  void ended(ctx, pod, options.signal).then(() => end.abort())
  const texts = simulatedLines(source.container, source.settings, ctx.nowMs(), 0)
  while (everyMs !== undefined && !end.signal.aborted && left > 0) {
    await pause(ctx, everyMs, end.signal)
    if (end.signal.aborted) return
    for (const { text } of texts.slice(0, texts.length)) yield print({ atMs: ctx.nowMs(), text })
  }
  if (!end.signal.aborted && everyMs === undefined) {
    await new Promise<void>((resolve) => end.signal.addEventListener('abort', () => resolve()))
  }
}

function pause(ctx: ComponentContext, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = ctx.clock.after(ms, resolve)
    signal.addEventListener('abort', () => {
      cancel()
      resolve()
    })
  })
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
