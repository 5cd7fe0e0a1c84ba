import type { KeyObject } from 'node:crypto'
import { ChartctlError } from '../../base/index.ts'
import { makeCertificateKey, standInKey } from './keys.ts'

/** Thrown inside a template when there is no key to draw yet. */
export class KeysPending extends ChartctlError<'KEYS_PENDING'> {
  constructor() {
    super('KEYS_PENDING', 'a key is pending')
  }
}

/**
 * Private keys for the certificates of a rendering that may have to start again: what a broken-off attempt drew, which nobody has
 * seen, the next attempt gets in the same order. Making a key takes longer than rendering a small chart, so an attempt that draws
 * one too many is broken off (`KeysPending`), and keys are made on other threads, several at once.
 */
export class RepeatableKeys {
  /** In the order in which they are drawn; undefined while one is being made. */
  readonly #keys: (KeyObject | undefined)[] = []
  readonly #making = new Set<Promise<void>>()
  #next = 0

  /** Begins an attempt. */
  rewind(): void {
    this.#next = 0
  }

  /** A key that this attempt has not drawn yet. */
  draw(): KeyObject {
    const key = this.#keys[this.#next]
    if (key === undefined) throw new KeysPending()
    this.#next++
    return key
  }

  /** As `draw`, for an attempt of which nothing is kept: a key that is not there yet begins to be made, and another stands in. */
  rehearse(): KeyObject {
    const at = this.#next++
    if (at >= this.#keys.length) this.#begin()
    return this.#keys[at] ?? standInKey()
  }

  /** Makes so many keys more, and resolves when there are more; while some are being made, it waits for those. */
  async more(count: number): Promise<void> {
    if (this.#making.size === 0) for (let made = 0; made < count; made++) this.#begin()
    await Promise.all(this.#making)
  }

  #begin(): void {
    const at = this.#keys.push(undefined) - 1
    const making = makeCertificateKey().then((key) => {
      this.#keys[at] = key
      this.#making.delete(making)
    })
    // Whoever waits for it is told of a failure.
    making.catch(() => undefined)
    this.#making.add(making)
  }
}
