import { type Random, randomInt } from '../../../base/index.ts'

/** Numbers from a range, each held by at most one owner. */
export class Pool {
  readonly #first: number
  readonly #size: number
  readonly #random: Random
  readonly #owners = new Map<number, string>()
  /** Random choices come from here on, so that what people choose by hand rarely collides with them. */
  readonly #dynamicFrom: number

  constructor(range: { readonly first: number; readonly size: number; readonly reserved: number }, random: Random) {
    this.#first = range.first
    this.#size = range.size
    this.#dynamicFrom = range.reserved
    this.#random = random
  }

  contains(value: number): boolean {
    return value >= this.#first && value < this.#first + this.#size
  }

  ownerOf(value: number): string | undefined {
    return this.#owners.get(value)
  }

  /** False when somebody else holds it. */
  take(value: number, owner: string): boolean {
    const holder = this.#owners.get(value)
    if (holder !== undefined && holder !== owner) return false
    this.#owners.set(value, owner)
    return true
  }

  release(value: number, owner: string): void {
    if (this.#owners.get(value) === owner) this.#owners.delete(value)
  }

  /** Takes any free number; undefined when there is none. */
  takeAny(owner: string): number | undefined {
    return this.#search(this.#dynamicFrom, this.#size, owner) ?? this.#search(0, this.#dynamicFrom, owner)
  }

  #search(from: number, to: number, owner: string): number | undefined {
    const count = to - from
    if (count <= 0) return undefined
    const start = randomInt(this.#random, count)
    for (let i = 0; i < count; i++) {
      const value = this.#first + from + ((start + i) % count)
      if (this.#owners.has(value)) continue
      this.#owners.set(value, owner)
      return value
    }
    return undefined
  }
}
