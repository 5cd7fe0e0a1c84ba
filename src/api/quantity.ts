import { ApiValueError } from './errors.ts'

/** How a quantity was written, which is how it is printed again. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

/** A resource quantity: a number of billionths and the family of its suffix. */
export interface Quantity {
  readonly nano: bigint
  readonly format: QuantityFormat
}

const NANO = 1_000_000_000n
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/** Reads a quantity such as `100m`, `1.5Gi` or `1e3`. Throws ApiValueError with Kubernetes' text when it is none. */
export function parseQuantity(text: string): Quantity {
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/.exec(text)
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match ?? []
  if (!match || (whole === '' && fraction === '')) throw new ApiValueError('BAD_QUANTITY', FORMAT_WRONG)
  const scale = parseSuffix(suffix)
  let digits = BigInt(whole + fraction || '0')
  let power = 9 + scale.power10 - fraction.length
  if (power > 60) power = 60
  if (scale.power2 > 0) digits <<= BigInt(scale.power2)
  // Rounded away from zero, as Kubernetes does below one billionth.
  const nano = power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power))
  return { nano: sign === '-' ? -nano : nano, format: scale.format }
}

function parseSuffix(suffix: string): { format: QuantityFormat; power10: number; power2: number } {
  const decimal = DECIMAL_SUFFIXES.indexOf(suffix)
  if (decimal >= 0) return { format: 'DecimalSI', power10: (decimal - 3) * 3, power2: 0 }
  const binary = BINARY_SUFFIXES.indexOf(suffix)
  if (binary > 0) return { format: 'BinarySI', power10: 0, power2: binary * 10 }
  if (/^[eE][-+]?[0-9]+$/.test(suffix)) {
    return { format: 'DecimalExponent', power10: Number.parseInt(suffix.slice(1), 10), power2: 0 }
  }
  throw new ApiValueError('BAD_QUANTITY', "unable to parse quantity's suffix")
}

function divideUp(value: bigint, by: bigint): bigint {
  const quotient = value / by
  if (value % by === 0n) return quotient
  return value > 0n ? quotient + 1n : quotient - 1n
}

/** Prints a quantity in canonical form: no fraction, the largest suffix that needs none. As Kubernetes prints quantities. */
export function formatQuantity(quantity: Quantity): string {
  const { nano } = quantity
  if (nano === 0n) return '0'
  if (quantity.format === 'BinarySI' && (nano <= -1024n * NANO || nano >= 1024n * NANO)) {
    let value = divideUp(nano, NANO)
    let step = 0
    while (step < BINARY_SUFFIXES.length - 1 && value % 1024n === 0n) {
      value /= 1024n
      step++
    }
    return `${value}${BINARY_SUFFIXES[step]}`
  }
  let value = nano
  let step = 0
  const last = quantity.format === 'DecimalExponent' ? 20 : DECIMAL_SUFFIXES.length - 1
  while (step < last && value % 1000n === 0n) {
    value /= 1000n
    step++
  }
  if (quantity.format !== 'DecimalExponent') return `${value}${DECIMAL_SUFFIXES[step]}`
  return step === 3 ? `${value}` : `${value}e${(step - 3) * 3}`
}

/** The canonical text of a quantity given as text or number. Throws ApiValueError when it is none. */
export function canonicalQuantity(value: string | number): string {
  return formatQuantity(parseQuantity(String(value)))
}

/** -1, 0 or 1. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0
}

/** The sum; the format is the first one's unless that is zero, as in Kubernetes. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format }
}

/** The difference; the format is the first one's unless that is zero. */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano - b.nano, format: a.nano === 0n ? b.format : a.format }
}

/** The whole number that is not below the quantity (`Value()` in Go). */
export function quantityValue(quantity: Quantity): number {
  return Number(divideUp(quantity.nano, NANO))
}

/** Thousandths, rounded up (`MilliValue()` in Go). */
export function quantityMilliValue(quantity: Quantity): number {
  return Number(divideUp(quantity.nano, 1_000_000n))
}

/** A quantity from a whole number. */
export function quantityOf(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { nano: BigInt(value) * NANO, format }
}
