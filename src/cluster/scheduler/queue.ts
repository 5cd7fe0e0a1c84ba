import type { Clock } from '../../base/index.ts'

/** What the queue needs to know of a pod. */
export interface QueuedPod {
  readonly key: string
  readonly priority: number
  /** Order among equals. */
  readonly order: number
}

const firstBackOffMs = 1000
const lastBackOffMs = 10_000

/**
 * Pods that wait for a node: higher priority first, then first come. A pod that did not fit waits apart until something in
 * the cluster changes, and then for its back-off (1 s doubling to 10 s since the last attempt), unless nothing else waits:
 * an idle scheduler takes it at once. As kube-scheduler with SchedulerPopFromBackoffQ (1.33).
 */
export class SchedulingQueue {
  private readonly clock: Clock
  private readonly active = new Map<string, QueuedPod>()
  private readonly parked = new Map<string, { readonly pod: QueuedPod; readonly sinceMs: number }>()
  private readonly attempts = new Map<string, number>()
  private readonly timers = new Map<string, () => void>()
  /** Parked pods that may be taken before their back-off is over. */
  private readonly eager = new Set<string>()
  /** Called when a pod may be taken. */
  onReady: () => void = () => {}
  constructor(clock: Clock) {
    this.clock = clock
  }

  get size(): number {
    return this.active.size
  }

  /** Adds a pod, or makes a parked one try again at once (it has changed). */
  add(pod: QueuedPod): void {
    this.unpark(pod.key)
    this.active.set(pod.key, pod)
    this.onReady()
  }

  /** The next pod to try. */
  take(): QueuedPod | undefined {
    let best: QueuedPod | undefined
    for (const pod of this.active.values()) {
      if (
        best === undefined ||
        pod.priority > best.priority ||
        (pod.priority === best.priority && pod.order < best.order)
      )
        best = pod
      // Without priorities the first is the oldest: insertion order is arrival order.
      if (best.priority === 0 && !this.prioritised) break
    }
    best ??= this.takeEager()
    if (best !== undefined) {
      this.active.delete(best.key)
      this.attempts.set(best.key, (this.attempts.get(best.key) ?? 0) + 1)
    }
    return best
  }

  /** Set when some pod has a priority other than 0, so that the whole queue must be looked at. */
  prioritised = false

  /** Puts a pod that did not fit aside. */
  park(pod: QueuedPod): void {
    this.parked.set(pod.key, { pod, sinceMs: this.clock.nowMs() })
  }

  /**
   * Something changed that may help: parked pods try again once their back-off is over; with `mayHurry` before that, when
   * no other pod waits.
   */
  wake(options: { readonly mayHurry: boolean }): void {
    const nowMs = this.clock.nowMs()
    for (const [key, { pod, sinceMs }] of [...this.parked]) {
      const attempts = this.attempts.get(key) ?? 1
      const waitMs = sinceMs + Math.min(lastBackOffMs, firstBackOffMs * 2 ** (attempts - 1)) - nowMs
      if (options.mayHurry) this.eager.add(key)
      if (waitMs <= 0) {
        this.add(pod)
      } else if (!this.timers.has(key)) {
        this.timers.set(
          key,
          this.clock.after(waitMs, () => {
            this.timers.delete(key)
            if (this.parked.has(key)) this.add(pod)
          }),
        )
      }
    }
    if (this.eager.size > 0) this.onReady()
  }

  /** Forgets a pod: it has a node, or is gone. */
  remove(key: string): void {
    this.active.delete(key)
    this.unpark(key)
    this.attempts.delete(key)
  }

  close(): void {
    for (const cancel of this.timers.values()) cancel()
    this.timers.clear()
    this.active.clear()
    this.parked.clear()
    this.eager.clear()
  }

  private takeEager(): QueuedPod | undefined {
    let best: QueuedPod | undefined
    for (const key of this.eager) {
      const pod = this.parked.get(key)?.pod
      if (pod === undefined) continue
      const isBetter =
        best === undefined || pod.priority > best.priority || (pod.priority === best.priority && pod.order < best.order)
      if (isBetter) best = pod
    }
    if (best !== undefined) this.unpark(best.key)
    return best
  }

  private unpark(key: string): void {
    this.parked.delete(key)
    this.eager.delete(key)
    this.timers.get(key)?.()
    this.timers.delete(key)
  }
}
