import type { Clock } from '../../base/index.ts'

const firstDelayMs = 5
const lastDelayMs = 300_000

/**
 * Keys that wait for work. A key is in the queue at most once and is never handed out while it is being worked on; adding
 * it meanwhile hands it out again afterwards. As client-go's rate-limited queue: failures back off from 5 ms, doubling.
 */
export class WorkQueue {
  private readonly clock: Clock
  private readonly waiting: string[] = []
  private head = 0
  private readonly dirty = new Set<string>()
  private readonly active = new Set<string>()
  private readonly delayed = new Map<string, { readonly dueMs: number; readonly cancel: () => void }>()
  private readonly failures = new Map<string, number>()
  private closed = false
  /** Called when a key may be taken. */
  onReady: () => void = () => {}
  constructor(clock: Clock) {
    this.clock = clock
  }

  get length(): number {
    return this.waiting.length - this.head
  }

  /** Asks for work on `key` now. */
  add(key: string): void {
    if (this.closed || this.dirty.has(key)) return
    this.dirty.add(key)
    if (this.active.has(key)) return
    this.waiting.push(key)
    this.onReady()
  }

  /** Asks for work on `key` after a delay; the earliest of several delays counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.closed) return
    if (delayMs <= 0) {
      this.add(key)
      return
    }
    const dueMs = this.clock.nowMs() + delayMs
    const pending = this.delayed.get(key)
    if (pending !== undefined) {
      if (pending.dueMs <= dueMs) return
      pending.cancel()
    }
    const cancel = this.clock.after(delayMs, () => {
      this.delayed.delete(key)
      this.add(key)
    })
    this.delayed.set(key, { dueMs, cancel })
  }

  /** Asks for work on `key` after a delay that grows with its failures. */
  addRateLimited(key: string): void {
    const failures = this.failures.get(key) ?? 0
    this.failures.set(key, failures + 1)
    this.addAfter(key, Math.min(lastDelayMs, firstDelayMs * 2 ** failures))
  }

  /** Forgets the failures of `key`. */
  forget(key: string): void {
    this.failures.delete(key)
  }

  /** The next key to work on, which is then active until `done`. */
  take(): string | undefined {
    const key = this.waiting[this.head]
    if (key === undefined) return undefined
    this.head++
    if (this.head > 1024 && this.head * 2 > this.waiting.length) {
      this.waiting.splice(0, this.head)
      this.head = 0
    }
    this.dirty.delete(key)
    this.active.add(key)
    return key
  }

  /** Ends the work on `key`; it is queued again when it was added meanwhile. */
  done(key: string): void {
    this.active.delete(key)
    if (this.closed || !this.dirty.has(key)) return
    this.waiting.push(key)
    this.onReady()
  }

  /** Drops everything and takes no more keys. */
  close(): void {
    this.closed = true
    for (const { cancel } of this.delayed.values()) cancel()
    this.delayed.clear()
    this.waiting.length = 0
    this.head = 0
    this.dirty.clear()
  }
}
