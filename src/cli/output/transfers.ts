import type { Clock } from '../../base/index.ts'
import type { Transfers } from '../../repo/index.ts'
import type { CliIo } from '../io.ts'
import { displayWidth } from './width.ts'

/** Downloads that take less are not shown. */
const PATIENCE_MS = 400
/** Time between two lines. */
const PAUSE_MS = 100

/** What is known of a download. */
interface Running {
  readonly name: string
  received: number
  total: number | undefined
}

/** Shows downloads in one line at the bottom of the terminal while they last; undefined where there is no terminal. */
export function transferView({ io, host }: { io: CliIo; host: { readonly clock: Clock } }): Transfers | undefined {
  const { status } = io
  if (status === undefined) return undefined
  const running = new Set<Running>()
  let shownMs = 0
  const show = (): void => {
    const nowMs = host.clock.nowMs()
    if (nowMs < shownMs + PAUSE_MS) return
    shownMs = nowMs
    status(transferLine([...running], (io.stderr.columns || 80) - 1))
  }
  return {
    begin(name) {
      const one: Running = { name, received: 0, total: undefined }
      if (running.size === 0) shownMs = host.clock.nowMs() + PATIENCE_MS - PAUSE_MS
      running.add(one)
      return {
        update(received, total) {
          one.received = received
          one.total = total
          show()
        },
        end() {
          running.delete(one)
          if (running.size === 0) status('')
        },
      }
    },
  }
}

/** `Downloading web-1.0.0.tgz 1.2 of 3.4 MB, db-2.0.0.tgz 300 kB and 2 more`, as many as fit into `width`. */
export function transferLine(
  running: readonly { readonly name: string; readonly received: number; readonly total: number | undefined }[],
  width: number,
): string {
  const parts = running.map(({ name, received, total }) => `${name} ${amount(received, total)}`)
  for (let count = parts.length; count > 0; count--) {
    const more = parts.length - count
    const line = `Downloading ${parts.slice(0, count).join(', ')}${more === 0 ? '' : ` and ${more} more`}`
    if (displayWidth(line) <= width) return line
  }
  return `Downloading ${parts.length === 1 ? '' : `${parts.length} files`}`.trim().slice(0, Math.max(0, width))
}

function amount(received: number, total: number | undefined): string {
  return total === undefined ? bytes(received) : `${bytes(received)} of ${bytes(total)}`
}

function bytes(count: number): string {
  return count < 1_000_000 ? `${Math.ceil(count / 1000)} kB` : `${(count / 1_000_000).toFixed(1)} MB`
}
