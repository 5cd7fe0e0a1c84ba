import type { Clock } from './clock.ts'

/** Told about a failure of work that nobody waits for: the part of the program, what it worked on, what was thrown. */
export type FaultReport = (component: string, key: string, error: unknown) => void

/** For those who give no report: the fault is an uncaught error of the process, as if nothing had caught it. */
export const uncaughtFault: FaultReport = (_component, _key, error) => {
  queueMicrotask(() => {
    throw error
  })
}

/** Runs a task that nobody could catch errors of (a timer, a watch, a microtask); what it throws goes to `failed`. */
export function guarded(task: () => void, failed: (error: unknown) => void): void {
  try {
    task()
  } catch (error) {
    failed(error)
  }
}

/** The same time as `clock`; what the tasks of its timers throw goes to `failed`, and later timers still run. */
export function guardedClock(clock: Clock, failed: (error: unknown) => void): Clock {
  return {
    nowMs: () => clock.nowMs(),
    after: (delayMs, task) => clock.after(delayMs, () => guarded(task, failed)),
  }
}
