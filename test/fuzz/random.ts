/** A seeded source of choices: the same seed gives the same cases on every machine. */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  int(limit: number): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  /** One of the items; the list must not be empty. */
  pick<T>(items: readonly T[]): T
  /** `low` to `high` results of `make`. */
  some<T>(low: number, high: number, make: () => T): T[]
  /** Calls one of the functions, each as likely as its weight. */
  weighted<T>(choices: readonly (readonly [weight: number, make: () => T])[]): T
}

/** Creates a source from a seed (any 32-bit number), after the `mulberry32` scheme. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (limit: number): number => Math.floor(next() * limit)
  const between = (low: number, high: number): number => low + int(high - low + 1)
  return {
    int,
    between,
    chance: (probability) => next() < probability,
    pick: (items) => items[int(items.length)]!,
    some: (low, high, make) => Array.from({ length: between(low, high) }, make),
    weighted(choices) {
      let left = next() * choices.reduce((sum, [weight]) => sum + weight, 0)
      for (const [weight, make] of choices) {
        left -= weight
        if (left < 0) return make()
      }
      return choices.at(-1)![1]()
    },
  }
}
