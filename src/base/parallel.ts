/** Output of tasks that run at once, in the order of the tasks: a task's actions run at once when its turn has come, else later. */
export class Turns {
  readonly #waiting = new Map<number, (() => void)[]>()
  #turn = 0

  /** Runs an action of task number `task` (from 0), or keeps it until the task's turn. */
  act(task: number, action: () => void): void {
    if (task === this.#turn) {
      action()
      return
    }
    const kept = this.#waiting.get(task)
    if (kept === undefined) this.#waiting.set(task, [action])
    else kept.push(action)
  }

  /** Gives the turn to the next task. */
  next(): void {
    this.#turn += 1
    for (const action of this.#waiting.get(this.#turn) ?? []) action()
    this.#waiting.delete(this.#turn)
  }
}

/** Makes a function that runs tasks, `limit` of them at once; the others wait and begin in the order in which they came. */
export function taskSlots(limit: number): <T>(task: () => Promise<T>) => Promise<T> {
  let free = limit
  const queue: (() => void)[] = []
  return async (task) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => queue.push(resolve))
    try {
      return await task()
    } finally {
      const next = queue.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
