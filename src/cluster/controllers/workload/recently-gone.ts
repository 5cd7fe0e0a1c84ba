import type { ComponentContext, Informer, Pod } from '../../control/index.ts'
import { keyOf } from '../../control/index.ts'

/** How long a pod's name stays free. On real nodes a pod's end alone takes longer than this. */
const FREE_MS = 150

/**
 * Remembers which pods went a moment ago. The next pod of a StatefulSet has the name of the one before, and `kubectl delete
 * pod` looks for that name twice before it waits for its end: where the new pod comes between the two looks, it takes it for
 * the old one and waits for ever. Simulated pods come and go fast enough for that, so the name is left free for a while.
 */
export class RecentlyGone {
  readonly #wentMs = new Map<string, number>()
  readonly #nowMs: () => number

  constructor(ctx: Pick<ComponentContext, 'nowMs'>, pods: Informer<Pod>) {
    this.#nowMs = () => ctx.nowMs()
    pods.on({ delete: (pod) => this.#note(keyOf(pod)) })
  }

  /** Milliseconds until a pod of this key may be made; 0: at once. */
  leftMs(key: string): number {
    return Math.max(0, (this.#wentMs.get(key) ?? Number.NEGATIVE_INFINITY) + FREE_MS - this.#nowMs())
  }

  #note(key: string): void {
    const nowMs = this.#nowMs()
    for (const [other, wentMs] of this.#wentMs) {
      if (wentMs + FREE_MS > nowMs) break
      this.#wentMs.delete(other)
    }
    this.#wentMs.delete(key)
    this.#wentMs.set(key, nowMs)
  }
}
