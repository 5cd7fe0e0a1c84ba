import { formatFloat } from '../../go/index.ts'
import { panicError } from '../errors.ts'

/** An exact decimal: `value` × 10^`exponent`. */
export interface Decimal {
  readonly value: bigint
  readonly exponent: number
}

/** Digits after the point that a quotient keeps. */
const DIVISION_PRECISION = 16

/** The decimal that a float prints as. */
export function decimalOf(float: number): Decimal {
  if (!Number.isFinite(float)) throw panicError(`Cannot create a Decimal from ${formatFloat(float, 'g')}`)
  const [mantissa = '0', exponent = '0'] = float.toExponential().split('e')
  const digits = mantissa.replace('.', '')
  const fraction = mantissa.includes('.') ? digits.length - (mantissa.startsWith('-') ? 2 : 1) : 0
  return { value: BigInt(digits), exponent: Number(exponent) - fraction }
}

/** The float nearest to a decimal. */
export function floatOf(decimal: Decimal): number {
  return decimal.value === 0n ? 0 : Number(`${decimal.value}e${decimal.exponent}`)
}

const scale = (decimal: Decimal, exponent: number): bigint => decimal.value * 10n ** BigInt(decimal.exponent - exponent)

/** Sum. */
export function addDecimal(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent)
  return { value: scale(a, exponent) + scale(b, exponent), exponent }
}

/** Difference. */
export function subDecimal(a: Decimal, b: Decimal): Decimal {
  return addDecimal(a, { value: -b.value, exponent: b.exponent })
}

/** Product. */
export function mulDecimal(a: Decimal, b: Decimal): Decimal {
  return { value: a.value * b.value, exponent: a.exponent + b.exponent }
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value)

/** Quotient with 16 digits after the point, halves away from zero. */
export function divDecimal(a: Decimal, b: Decimal): Decimal {
  if (b.value === 0n) throw panicError('decimal division by 0')
  const shift = a.exponent - b.exponent + DIVISION_PRECISION
  const numerator = absolute(a.value) * (shift > 0 ? 10n ** BigInt(shift) : 1n)
  const denominator = absolute(b.value) * (shift < 0 ? 10n ** BigInt(-shift) : 1n)
  const quotient = (2n * numerator + denominator) / (2n * denominator)
  const negative = a.value < 0n !== b.value < 0n
  return { value: negative ? -quotient : quotient, exponent: -DIVISION_PRECISION }
}
