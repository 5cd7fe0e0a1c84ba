/** Time as a dependency, so that tests can drive it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number
  /** Runs `task` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, task: () => void): () => void
}

/** The machine's clock. Pending timers do not keep the process alive when `unref` is set. */
export function systemClock(options: { readonly unref: boolean } = { unref: false }): Clock {
  return {
    nowMs: () => Date.now(),
    after(delayMs, task) {
      const timer = setTimeout(task, delayMs)
      if (options.unref) timer.unref()
      return () => clearTimeout(timer)
    },
  }
}

/** A clock that stands still until `advance` moves it; timers that fall due run in order of time. */
export interface ManualClock extends Clock {
  advance(byMs: number): void
}

/** Creates a manual clock that starts at `startMs`. */
export function manualClock(startMs: number): ManualClock {
  let now = startMs
  let sequence = 0
  const timers = new Map<number, { readonly dueMs: number; readonly task: () => void }>()
  const nextDue = (limitMs: number): number | undefined => {
    let best: number | undefined
    for (const [id, timer] of timers) {
      if (timer.dueMs > limitMs) continue
      const current = best === undefined ? undefined : timers.get(best)
      if (current === undefined || timer.dueMs < current.dueMs) best = id
    }
    return best
  }
  return {
    nowMs: () => now,
    after(delayMs, task) {
      const id = sequence++
      timers.set(id, { dueMs: now + Math.max(0, delayMs), task })
      return () => timers.delete(id)
    },
    advance(byMs) {
      const end = now + byMs
      for (let id = nextDue(end); id !== undefined; id = nextDue(end)) {
        const timer = timers.get(id)
        timers.delete(id)
        if (timer === undefined) continue
        now = Math.max(now, timer.dueMs)
        timer.task()
      }
      now = end
    },
  }
}
