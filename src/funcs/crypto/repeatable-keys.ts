import type { KeyObject } from 'node:crypto'
import { ChartctlError } from '../../base/index.ts'
import { makeCertificateKey } from './keys.ts'

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
  readonly #keys: KeyObject[] = []
  #next = 0
  #making: Promise<void> | undefined

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

  /** Makes so many keys more, and resolves when there are more; while some are being made, it waits for those. */
  more(count: number): Promise<void> {
    this.#making ??= this.#make(count).finally(() => {
      this.#making = undefined
    })
    return this.#making
  }

  async #make(count: number): Promise<void> {
    this.#keys.push(...(await Promise.all(Array.from({ length: count }, makeCertificateKey))))
  }
}
