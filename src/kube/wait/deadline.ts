import { setMaxListeners } from 'node:events'
import type { Clock } from '../../base/index.ts'
import { KubeClientError } from '../errors.ts'

/** A signal that aborts with its parent, after a time, or when told to. */
export interface Deadline {
  readonly signal: AbortSignal
  /** `timeout` or `canceled` once that happened, whatever ends first; undefined before, and after `finish`. */
  ended(): 'timeout' | 'canceled' | undefined
  /** Ends the work without an error. */
  finish(): void
}

/** Starts a deadline. */
export function startDeadline(clock: Clock, timeoutMs: number, parent: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  if (parent !== undefined) setMaxListeners(0, parent)
  let reason: 'timeout' | 'canceled' | undefined
  const stop = (why: 'timeout' | 'canceled' | undefined): void => {
    if (controller.signal.aborted) return
    reason = why
    cancelTimer()
    parent?.removeEventListener('abort', onParent)
    controller.abort()
  }
  const onParent = (): void => stop('canceled')
  const cancelTimer = clock.after(timeoutMs, () => stop('timeout'))
  if (parent?.aborted === true) stop('canceled')
  else parent?.addEventListener('abort', onParent, { once: true })
  return { signal: controller.signal, ended: () => reason, finish: () => stop(undefined) }
}

/** As Go's context errors. */
export function contextFailure(why: 'timeout' | 'canceled'): KubeClientError {
  return new KubeClientError('TIMEOUT', why === 'timeout' ? 'context deadline exceeded' : 'context canceled')
}
