/** Bounds of a size or a cost. Infinity stands for what is not known, or too much to count. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

/** What is known of a call before it runs: its cost without that of its operands, and the size of its result. */
export interface CallEstimate {
  readonly cost: Bounds
  readonly size?: Bounds
}

/** Bounds of what nothing is known of. */
export const UNKNOWN: Bounds = { min: 0, max: Infinity }
/** Bounds of what is known exactly. */
export const fixed = (value: number): Bounds => ({ min: value, max: value })

const product = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b)

/** The sum of bounds. */
export const plus = (...all: readonly Bounds[]): Bounds =>
  all.reduce((sum, each) => ({ min: sum.min + each.min, max: sum.max + each.max }), fixed(0))
/** The product of bounds; nothing of anything is nothing. */
export const times = (a: Bounds, b: Bounds): Bounds => ({ min: product(a.min, b.min), max: product(a.max, b.max) })
/** Bounds by a factor, rounded up. */
export const scaled = (a: Bounds, factor: number): Bounds => ({
  min: Math.ceil(product(a.min, factor)),
  max: Math.ceil(product(a.max, factor)),
})
/** Bounds that hold for both. */
export const either = (a: Bounds, b: Bounds): Bounds => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) })
