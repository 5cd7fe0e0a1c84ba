import type { KeyObject } from 'node:crypto'
import { ChartctlError, type SlowKeyKind } from '../../base/index.ts'
import { makeSlowKey, standInKey } from './keys.ts'

/** Thrown inside a template when there is no key of a kind to draw yet. */
export class KeysPending extends ChartctlError<'KEYS_PENDING'> {
  readonly kind: SlowKeyKind
  constructor(kind: SlowKeyKind) {
    super('KEYS_PENDING', 'a key is pending')
    this.kind = kind
  }
}

/** Keys of one kind in the order in which they are drawn; undefined while one is being made. */
interface Queue {
  readonly keys: (KeyObject | undefined)[]
  readonly making: Set<Promise<void>>
  next: number
}

/**
 * Private keys for a rendering that may have to start again: what a broken-off attempt drew, which nobody has seen, the next
 * attempt gets in the same order. Making a key takes longer than rendering a small chart, so an attempt that draws one too many
 * is broken off (`KeysPending`), and keys are made on other threads, several at once.
 */
export class RepeatableKeys {
  readonly #queues = new Map<SlowKeyKind, Queue>()

  /** Begins an attempt. */
  rewind(): void {
    for (const queue of this.#queues.values()) queue.next = 0
  }

  /** A key that this attempt has not drawn yet. */
  draw(kind: SlowKeyKind): KeyObject {
    const queue = this.#queue(kind)
    const key = queue.keys[queue.next]
    if (key === undefined) throw new KeysPending(kind)
    queue.next++
    return key
  }

  /** As `draw`, for an attempt of which nothing is kept: a key that is not there yet begins to be made, and another stands in. */
  rehearse(kind: SlowKeyKind): KeyObject {
    const queue = this.#queue(kind)
    const at = queue.next++
    if (at >= queue.keys.length) begin(kind, queue)
    return queue.keys[at] ?? standInKey()
  }

  /** Makes so many keys of a kind more, and resolves when there are more; while some are being made, it waits for those. */
  async more(kind: SlowKeyKind, count: number): Promise<void> {
    const queue = this.#queue(kind)
    if (queue.making.size === 0) for (let made = 0; made < count; made++) begin(kind, queue)
    await Promise.all(queue.making)
  }

  /** Resolves when none is being made. */
  async settled(): Promise<void> {
    await Promise.all([...this.#queues.values()].flatMap(({ making }) => [...making]))
  }

  #queue(kind: SlowKeyKind): Queue {
    let queue = this.#queues.get(kind)
    if (queue === undefined) {
      queue = { keys: [], making: new Set(), next: 0 }
      this.#queues.set(kind, queue)
    }
    return queue
  }
}

function begin(kind: SlowKeyKind, queue: Queue): void {
  const at = queue.keys.push(undefined) - 1
  const making = makeSlowKey(kind).then((key) => {
    queue.keys[at] = key
    queue.making.delete(making)
  })
  // Whoever waits for it is told of a failure.
  making.catch(() => undefined)
  queue.making.add(making)
}
