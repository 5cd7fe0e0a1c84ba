import type { ContainerScript } from './script.ts'

/** What a container is doing at one moment. Times are milliseconds from the moment it may start. */
export interface ContainerStage {
  readonly state: 'waiting' | 'running' | 'terminated'
  /** Of a waiting container: ContainerCreating, ErrImagePull, ImagePullBackOff, CrashLoopBackOff. */
  readonly reason?: string
  readonly ready: boolean
  readonly restarts: number
  readonly startedMs?: number
  readonly finishedMs?: number
  readonly exitCode?: number
  /** The run before this one. */
  readonly last?: { readonly startedMs: number; readonly finishedMs: number; readonly exitCode: number }
  /** How often the image was tried. */
  readonly pulls: number
  /** When a restart follows: how long the back-off is. */
  readonly backOffMs?: number
  /** When the stage ends by itself; absent: never. */
  readonly nextMs?: number
}

/** Whether a container is started again after it ended. */
export type RestartPolicy = 'Always' | 'OnFailure' | 'Never'

const firstBackOffMs = 10_000
const lastBackOffMs = 300_000
const pullErrorShownMs = 1000

function pullingStage(elapsedMs: number): ContainerStage {
  let attemptMs = 0
  let backOffMs = firstBackOffMs
  let pulls = 1
  for (;;) {
    const failedUntil = attemptMs + pullErrorShownMs
    if (elapsedMs < failedUntil) {
      return { state: 'waiting', reason: 'ErrImagePull', ready: false, restarts: 0, pulls, nextMs: failedUntil }
    }
    const next = failedUntil + backOffMs
    if (elapsedMs < next) {
      return { state: 'waiting', reason: 'ImagePullBackOff', ready: false, restarts: 0, pulls, nextMs: next, backOffMs }
    }
    attemptMs = next
    backOffMs = Math.min(lastBackOffMs, backOffMs * 2)
    pulls++
  }
}

function restarted(policy: RestartPolicy, code: number): boolean {
  return policy === 'Always' || (policy === 'OnFailure' && code !== 0)
}

/**
 * The stage of a container `elapsedMs` after it may start. A pure function of its script: as kubelet, a pull is tried again
 * with back-off from 10 s to 5 min, the first restart is immediate, and the following back off the same way.
 *
 * A crash loop that lives for 1 s: run 0–1 s, run 1–2 s, back-off 10 s, run 12–13 s, back-off 20 s, …
 */
export function stageAt(script: ContainerScript, policy: RestartPolicy, elapsedMs: number): ContainerStage {
  if (script.pullError !== undefined) return pullingStage(elapsedMs)
  if (elapsedMs < script.pullMs) {
    return { state: 'waiting', reason: 'ContainerCreating', ready: false, restarts: 0, pulls: 1, nextMs: script.pullMs }
  }
  let startedMs = script.pullMs
  let restarts = 0
  let last: ContainerStage['last']
  for (;;) {
    const history = last === undefined ? {} : { last }
    const readyMs = startedMs + script.readyAfterMs
    if (script.exit === undefined || elapsedMs < startedMs + script.exit.afterMs) {
      const endMs = script.exit === undefined ? Number.POSITIVE_INFINITY : startedMs + script.exit.afterMs
      const ready = elapsedMs >= readyMs
      const nextMs = ready ? endMs : Math.min(readyMs, endMs)
      return {
        state: 'running',
        ready,
        restarts,
        startedMs,
        pulls: 1,
        ...history,
        ...(Number.isFinite(nextMs) ? { nextMs } : {}),
      }
    }
    const finishedMs = startedMs + script.exit.afterMs
    const { code } = script.exit
    if (!restarted(policy, code)) {
      return {
        state: 'terminated',
        ready: false,
        restarts,
        startedMs,
        finishedMs,
        exitCode: code,
        pulls: 1,
        ...history,
      }
    }
    last = { startedMs, finishedMs, exitCode: code }
    const backOffMs = restarts === 0 ? 0 : Math.min(lastBackOffMs, firstBackOffMs * 2 ** (restarts - 1))
    // A process that ends at once is given a moment, so that its runs stay apart.
    const nextMs = finishedMs + Math.max(backOffMs, script.exit.afterMs === 0 ? 1000 : 0)
    if (elapsedMs < nextMs) {
      return { state: 'waiting', reason: 'CrashLoopBackOff', ready: false, restarts, last, pulls: 1, nextMs, backOffMs }
    }
    startedMs = nextMs
    restarts++
  }
}
