/** Time as a dependency, so that tests can drive it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number
  /** Runs `task` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, task: () => void): () => void
}

/** The longest delay that Node's timers keep; a longer one would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1

/** The machine's clock. Pending timers do not keep the process alive when `unref` is set. */
export function systemClock(options: { readonly unref: boolean } = { unref: false }): Clock {
  return {
    nowMs: () => Date.now(),
    after(delayMs, task) {
      let timer: NodeJS.Timeout
      const arm = (leftMs: number): void => {
        timer =
          leftMs > MAX_DELAY_MS ? setTimeout(() => arm(leftMs - MAX_DELAY_MS), MAX_DELAY_MS) : setTimeout(task, leftMs)
        if (options.unref) timer.unref()
      }
      arm(delayMs)
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

/** The machine's clock, which can be moved forward: timers that fall due on the way run in order of time. */
export interface AdjustableClock extends Clock {
  /**
   * Leaps over `byMs`; what is due meanwhile is given time to work between one timer and the next. While a leap is under
   * way it goes that much farther. Resolves once the clock has come there.
   */
  advance(byMs: number): Promise<void>
  /** Leaps until it is `aheadMs` ahead of the machine's clock; does nothing if it is, or is about to be. */
  advanceTo(aheadMs: number): Promise<void>
  /** How far it is ahead of the machine's clock. */
  offsetMs(): number
}

/** Creates a clock that runs as the machine's does, `offsetMs` ahead of it. */
export function adjustableClock(offsetMs = 0): AdjustableClock {
  interface Timer {
    readonly dueMs: number
    readonly task: () => void
    handle: NodeJS.Timeout | undefined
  }
  let offset = offsetMs
  /** While a leap is under way: the moment it has come to, the one it goes to, and its end. */
  let leaping: number | undefined
  let goalMs = 0
  let landing = Promise.resolve()
  const timers = new Set<Timer>()
  const nowMs = (): number => leaping ?? Date.now() + offset
  const fire = (timer: Timer): void => {
    if (timers.delete(timer)) timer.task()
  }
  const arm = (timer: Timer): void => {
    const delayMs = Math.max(0, timer.dueMs - nowMs())
    timer.handle =
      delayMs > MAX_DELAY_MS ? setTimeout(() => arm(timer), MAX_DELAY_MS) : setTimeout(() => fire(timer), delayMs)
  }
  const earliest = (limitMs: number): Timer | undefined => {
    let best: Timer | undefined
    for (const timer of timers)
      if (timer.dueMs <= limitMs && (best === undefined || timer.dueMs < best.dueMs)) best = timer
    return best
  }
  const fly = async (): Promise<void> => {
    leaping = nowMs()
    for (const timer of timers) clearTimeout(timer.handle)
    for (let timer = earliest(goalMs); timer !== undefined; timer = earliest(goalMs)) {
      leaping = Math.max(leaping, timer.dueMs)
      fire(timer)
      await settle()
    }
    leaping = undefined
    offset = Math.max(offset, goalMs - Date.now())
    for (const timer of timers) arm(timer)
  }
  const leap = (untilMs: number): Promise<void> => {
    if (leaping !== undefined) goalMs = Math.max(goalMs, untilMs)
    else if (untilMs > nowMs()) {
      goalMs = untilMs
      landing = fly()
    }
    return landing
  }
  return {
    nowMs,
    offsetMs: () => offset,
    after(delayMs, task) {
      const timer: Timer = { dueMs: nowMs() + Math.max(0, delayMs), task, handle: undefined }
      timers.add(timer)
      if (leaping === undefined) arm(timer)
      return () => {
        timers.delete(timer)
        clearTimeout(timer.handle)
      }
    },
    advance: (byMs) => leap((leaping === undefined ? nowMs() : goalMs) + Math.max(0, byMs)),
    advanceTo: (aheadMs) => leap(Date.now() + aheadMs),
  }
}

/** Turns of the event loop that work in this process is given after each timer of a leap. */
const SETTLE_TURNS = 8

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) await new Promise((resolve) => setImmediate(resolve))
}
