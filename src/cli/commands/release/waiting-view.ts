import picocolors from 'picocolors'
import type { WaitState } from '../../../kube/index.ts'
import type { CliContext } from '../../context.ts'
import { displayWidth } from '../../output/width.ts'

/** Shows on a terminal what is waited for; elsewhere nothing. */
export interface WaitingView {
  readonly show: ((states: readonly WaitState[]) => void) | undefined
  /** Removes what is shown. */
  clear(): void
}

/** Most objects that are listed at once. */
const MAX_LINES = 12

/** Creates the view on standard error: a table on a terminal, or with `events` a line of JSON at each change. */
export function createWaitingView(ctx: CliContext, options: { readonly events?: boolean } = {}): WaitingView {
  const { stderr } = ctx.io
  if (options.events === true) return eventView(ctx)
  if (!stderr.isTTY) return { show: undefined, clear: () => undefined }
  const paint = picocolors.createColors(ctx.settings.color !== 'never')
  let height = 0
  const clear = (): void => {
    if (height > 0) stderr.write(`\u001b[${height}A\u001b[0J`)
    height = 0
  }
  return {
    clear,
    show(states) {
      clear()
      const waiting = states.filter((state) => !state.done)
      if (waiting.length === 0) return
      const lines = [`Waiting for ${waiting.length} of ${states.length} objects:`, ...waitingLines(waiting)]
      const width = stderr.columns ?? 80
      const [title = '', ...rest] = lines.map((line) => clip(line, width))
      stderr.write([paint.bold(title), ...rest.map((line) => paint.dim(line))].map((line) => `${line}\n`).join(''))
      height = lines.length
    },
  }
}

/** `{"event":"waiting","time":…,"ready":1,"total":2,"objects":[…]}`: the objects whose state is another than before. */
function eventView(ctx: CliContext): WaitingView {
  const known = new Map<string, string>()
  return {
    clear: () => undefined,
    show(states) {
      const objects = states.flatMap((state) => {
        const object = eventObject(state)
        const { kind, namespace, name } = object
        const [key, text] = [`${kind}/${namespace}/${name}`, JSON.stringify(object)]
        if (known.get(key) === text) return []
        known.set(key, text)
        return [object]
      })
      if (objects.length === 0) return
      const time = new Date(ctx.host.clock.nowMs()).toISOString()
      const ready = states.filter(({ done }) => done).length
      ctx.notice(JSON.stringify({ event: 'waiting', time, ready, total: states.length, objects }))
    },
  }
}

function eventObject({ info, result, done }: WaitState) {
  const { kind } = info.mapping.gvk
  return { kind, namespace: info.namespace, name: info.name, status: result.status, message: result.message, done }
}

function waitingLines(waiting: readonly WaitState[]): string[] {
  const lines = waiting.slice(0, MAX_LINES).map(({ info, result }) => {
    const why = result.message === '' ? result.status : `${result.status}: ${result.message}`
    return `  ${info.mapping.gvk.kind}/${info.name}  ${why}`
  })
  if (waiting.length > MAX_LINES) lines.push(`  … and ${waiting.length - MAX_LINES} more`)
  return lines
}

function clip(line: string, width: number): string {
  if (displayWidth(line) < width) return line
  return `${[...line].slice(0, Math.max(1, width - 2)).join('')}…`
}
