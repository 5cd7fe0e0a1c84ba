/** Formats of `formatFloat`, as strconv names them. */
export type FloatFormat = 'e' | 'E' | 'f' | 'g' | 'G' | 'b' | 'x' | 'X'

/** Decimal digits `d` with the point after the first `point` of them: value = 0.d × 10^point. */
interface Decimal {
  digits: string
  point: number
}

/**
 * As `strconv.FormatFloat`; `precision` -1 means the fewest digits that read back as the same number. Halves round to
 * even on the exact binary value.
 */
export function formatFloat(value: number, format: FloatFormat, precision = -1, bits: 32 | 64 = 64): string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const magnitude = Math.abs(value)
  if (format === 'b') return sign + formatBinary(magnitude, bits)
  if (format === 'x' || format === 'X') return sign + formatHex(magnitude, precision, format, bits)
  const shortest = precision < 0
  const decimal = shortest ? shortestDecimal(magnitude, bits) : roundedDecimal(magnitude, format, precision)
  if (format === 'f') {
    return sign + formatFixed(decimal, shortest ? Math.max(decimal.digits.length - decimal.point, 0) : precision)
  }
  if (format === 'e' || format === 'E') {
    return sign + formatExponent(decimal, shortest ? decimal.digits.length - 1 : precision, format)
  }
  return sign + formatGeneral(decimal, shortest, precision, format)
}

/** As `%v` prints a float64. */
export function printFloat(value: number): string {
  // Integers of up to six digits and short fractions look the same in both languages.
  if (Number.isInteger(value) && value < 1e6 && value > -1e6 && !Object.is(value, -0)) return String(value)
  return formatFloat(value, 'g')
}

function shortestDecimal(magnitude: number, bits: 32 | 64): Decimal {
  if (magnitude === 0) return { digits: '', point: 0 }
  return bits === 64 ? fromExponential(magnitude.toExponential()) : shortestFloat32(magnitude)
}

function shortestFloat32(magnitude: number): Decimal {
  const exact = exactDecimal(magnitude)
  for (let count = 1; count < 9; count++) {
    const { digits, point } = round(exact, count)
    if (Math.fround(Number(`0.${digits}e${point}`)) === magnitude) return { digits, point }
  }
  return round(exact, 9)
}

function fromExponential(text: string): Decimal {
  const [mantissa = '', exponent = '0'] = text.split('e')
  const digits = mantissa.replace('.', '').replace(/0+$/, '')
  return { digits, point: digits === '' ? 0 : Number(exponent) + 1 }
}

/** Mantissa and binary exponent: value = mantissa × 2^exponent. */
function split(magnitude: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, magnitude)
  const raw = view.getBigUint64(0)
  const biased = Number((raw >> 52n) & 0x7ffn)
  const fraction = raw & 0xfffffffffffffn
  if (biased === 0) return { mantissa: fraction, exponent: -1074 }
  return { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 }
}

/** All decimal digits of the value. */
function exactDecimal(magnitude: number): Decimal {
  if (magnitude === 0) return { digits: '', point: 0 }
  const { mantissa, exponent } = split(magnitude)
  if (exponent >= 0) {
    const text = (mantissa << BigInt(exponent)).toString()
    return { digits: text.replace(/0+$/, ''), point: text.length }
  }
  const text = (mantissa * 5n ** BigInt(-exponent)).toString()
  return { digits: text.replace(/0+$/, ''), point: text.length + exponent }
}

function roundedDecimal(magnitude: number, format: FloatFormat, precision: number): Decimal {
  const exact = exactDecimal(magnitude)
  if (format === 'f') return round(exact, exact.point + precision)
  if (format === 'e' || format === 'E') return round(exact, precision + 1)
  return round(exact, precision === 0 ? 1 : precision)
}

/** Keeps `count` digits, halves to even. */
function round(decimal: Decimal, count: number): Decimal {
  const { digits, point } = decimal
  if (count < 0) return { digits: '', point: 0 }
  if (count >= digits.length) return decimal
  const kept = digits.slice(0, count)
  if (!roundsUp(digits, count)) {
    const trimmed = kept.replace(/0+$/, '')
    return { digits: trimmed, point: trimmed === '' ? 0 : point }
  }
  if (count === 0) return { digits: '1', point: point + 1 }
  const raised = (BigInt(kept) + 1n).toString().padStart(count, '0')
  const carried = raised.length > count ? 1 : 0
  return { digits: raised.replace(/0+$/, ''), point: point + carried }
}

function roundsUp(digits: string, count: number): boolean {
  const next = digits.charCodeAt(count) - 48
  if (next !== 5 || count + 1 !== digits.length) return next >= 5
  return count > 0 && (digits.charCodeAt(count - 1) - 48) % 2 === 1
}

function formatFixed({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0'
  if (precision <= 0) return whole
  const fraction = point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, '0')}`
}

function formatExponent({ digits, point }: Decimal, precision: number, format: 'e' | 'E'): string {
  const first = digits[0] ?? '0'
  const fraction = precision > 0 ? `.${digits.slice(1, precision + 1).padEnd(precision, '0')}` : ''
  const exponent = digits === '' ? 0 : point - 1
  const size = String(Math.abs(exponent)).padStart(2, '0')
  return `${first}${fraction}${format}${exponent < 0 ? '-' : '+'}${size}`
}

function formatGeneral(decimal: Decimal, shortest: boolean, precision: number, format: FloatFormat): string {
  const { digits, point } = decimal
  let wanted = precision === 0 ? 1 : precision
  let threshold = wanted
  if (threshold > digits.length && digits.length >= point) threshold = digits.length
  if (shortest) {
    threshold = 6
    wanted = 6
  }
  const exponent = point - 1
  if (exponent < -4 || exponent >= threshold) {
    const used = wanted > digits.length || shortest ? digits.length : wanted
    return formatExponent(decimal, used - 1, format === 'G' ? 'E' : 'e')
  }
  return formatFixed(decimal, Math.max(digits.length - point, 0))
}

function formatBinary(magnitude: number, bits: 32 | 64): string {
  const { mantissa, exponent } = bits === 64 ? split(magnitude) : split32(magnitude)
  return `${mantissa}p${exponent >= 0 ? '+' : ''}${exponent}`
}

function split32(magnitude: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, magnitude)
  const raw = view.getUint32(0)
  const biased = (raw >>> 23) & 0xff
  const fraction = BigInt(raw & 0x7fffff)
  return biased === 0
    ? { mantissa: fraction, exponent: -149 }
    : { mantissa: fraction | 0x800000n, exponent: biased - 150 }
}

function formatHex(magnitude: number, precision: number, format: 'x' | 'X', bits: 32 | 64): string {
  let { mantissa, exponent } = split(magnitude)
  exponent = magnitude === 0 ? 0 : exponent + 52
  if (mantissa !== 0n)
    while ((mantissa & (1n << 52n)) === 0n) {
      mantissa <<= 1n
      exponent--
    }
  // One hexadecimal digit before the point and 13 after it.
  if (precision >= 0 && precision < 13) {
    const drop = BigInt(4 * (13 - precision))
    const half = 1n << (drop - 1n)
    const rest = mantissa & ((1n << drop) - 1n)
    mantissa >>= drop
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++
    mantissa <<= drop
    if ((mantissa & (1n << 53n)) !== 0n) {
      mantissa >>= 1n
      exponent++
    }
  }
  const lead = (mantissa >> 52n).toString()
  let fraction = (mantissa & 0xfffffffffffffn).toString(16).padStart(13, '0')
  fraction = precision < 0 ? fraction.replace(/0+$/, '') : fraction.padEnd(precision, '0').slice(0, precision)
  void bits
  const size = String(Math.abs(exponent)).padStart(2, '0')
  const text = `0x${lead}${fraction === '' ? '' : `.${fraction}`}p${exponent < 0 ? '-' : '+'}${size}`
  return format === 'X' ? text.toUpperCase() : text
}
