import type { KeyObject } from 'node:crypto'
import { newCertificateKey } from './keys.ts'

/**
 * Keys for certificates in a rendering that may have to start again: what a broken-off attempt drew, which nobody has seen, the
 * next attempt gets in the same order. Making one takes as long as rendering a small chart.
 */
export class RepeatableKeys {
  readonly #keys: KeyObject[] = []
  #next = 0

  /** Begins an attempt. */
  rewind(): void {
    this.#next = 0
  }

  /** A key that this attempt has not drawn yet. */
  draw(): KeyObject {
    const index = this.#next++
    let key = this.#keys[index]
    if (key === undefined) {
      key = newCertificateKey()
      this.#keys[index] = key
    }
    return key
  }
}
