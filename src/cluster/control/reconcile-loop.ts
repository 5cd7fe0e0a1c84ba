import type { Clock } from '../../base/index.ts'
import { isApiError } from './errors.ts'
import { WorkQueue } from './work-queue.ts'

/** Brings the world closer to what the object behind `key` asks for; may ask to be called again. */
export type Reconcile = ((key: string) => Promise<Requeue | undefined>) | ((key: string) => Promise<void>)

/** Asks for another call after a delay. */
export interface Requeue {
  readonly requeueAfterMs?: number
}

/** How a loop runs. */
export interface ReconcileLoopOptions {
  readonly clock: Clock
  readonly reconcile: Reconcile
  /** Keys worked on at the same time. */
  readonly concurrency?: number
  /** Told about failures other than conflicts; the key is tried again in any case. */
  readonly onError?: (key: string, error: unknown) => void
}

/**
 * Calls `reconcile` for every key that is added, once the loop is started: level-triggered, several keys at a time, one key
 * never twice at a time, failed keys again with growing delays.
 */
export class ReconcileLoop {
  readonly queue: WorkQueue
  private readonly options: ReconcileLoopOptions
  private running = 0
  private started = false
  private stopped = false
  private scheduled = false
  private idleWaiters: (() => void)[] = []
  constructor(options: ReconcileLoopOptions) {
    this.options = options
    this.queue = new WorkQueue(options.clock)
    this.queue.onReady = () => this.schedule()
  }

  start(): void {
    this.started = true
    this.schedule()
  }

  /** Takes no more keys, and resolves when the work in hand has ended. */
  async stop(): Promise<void> {
    this.stopped = true
    this.queue.close()
    if (this.running > 0) await new Promise<void>((resolve) => this.idleWaiters.push(resolve))
  }

  private schedule(): void {
    if (this.scheduled || !this.started || this.stopped) return
    this.scheduled = true
    queueMicrotask(() => {
      this.scheduled = false
      this.pump()
    })
  }

  private pump(): void {
    const limit = this.options.concurrency ?? 4
    while (this.running < limit && !this.stopped) {
      const key = this.queue.take()
      if (key === undefined) return
      this.running++
      void this.work(key)
    }
  }

  private async work(key: string): Promise<void> {
    try {
      const result = await this.options.reconcile(key)
      this.queue.forget(key)
      if (result && result.requeueAfterMs !== undefined) this.queue.addAfter(key, result.requeueAfterMs)
    } catch (error) {
      // A conflict or an object that has gone only means that the cache was behind.
      if (!this.stopped && !isApiError(error, 'CONFLICT', 'NOT_FOUND')) this.options.onError?.(key, error)
      this.queue.addRateLimited(key)
    }
    this.queue.done(key)
    this.running--
    if (this.running === 0) for (const resolve of this.idleWaiters.splice(0)) resolve()
    this.pump()
  }
}
