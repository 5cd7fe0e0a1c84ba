import type { StoreEvent } from './store.ts'

/** Bounds of the history ring; whichever is reached first makes the oldest events go. */
export interface HistoryLimits {
  readonly events: number
  /** Total size of the kept texts, in characters. */
  readonly characters: number
}

/** The newest events, in order of revision, bounded in number and size. */
export class History {
  readonly #limits: HistoryLimits
  #events: StoreEvent[] = []
  /** Index of the oldest event that is still kept; the slots before it are empty and are cut off now and then. */
  #start = 0
  #characters = 0
  #compacted: number

  constructor(limits: HistoryLimits, compacted: number) {
    this.#limits = limits
    this.#compacted = compacted
  }

  /** Everything after this revision is known. */
  get compactedRevision(): number {
    return this.#compacted
  }

  add(event: StoreEvent): void {
    this.#events.push(event)
    this.#characters += event.entry.text.length
    while (
      this.#events.length - this.#start > this.#limits.events ||
      (this.#characters > this.#limits.characters && this.#events.length - this.#start > 1)
    ) {
      this.#dropOldest()
    }
  }

  compact(revision: number): void {
    while (this.#start < this.#events.length && (this.#events[this.#start]?.revision ?? 0) <= revision)
      this.#dropOldest()
    this.#compacted = Math.max(this.#compacted, revision)
  }

  /** Events after `revision`, oldest first. The caller has checked that they are known. */
  *after(revision: number): Iterable<StoreEvent> {
    let low = this.#start
    let high = this.#events.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#events[middle]?.revision ?? 0) <= revision) low = middle + 1
      else high = middle
    }
    for (let i = low; i < this.#events.length; i++) yield this.#events[i] as StoreEvent
  }

  #dropOldest(): void {
    const oldest = this.#events[this.#start] as StoreEvent
    this.#characters -= oldest.entry.text.length
    this.#compacted = oldest.revision
    // The slot is freed at once; the array is shortened when half of it is empty, which keeps dropping cheap.
    this.#events[this.#start] = undefined as unknown as StoreEvent
    this.#start++
    if (this.#start > 1024 && this.#start * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#start)
      this.#start = 0
    }
  }
}
