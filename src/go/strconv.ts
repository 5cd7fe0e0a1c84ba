import { GoError } from './errors.ts'
import { quote } from './quote.ts'

const MAX_UINT64 = (1n << 64n) - 1n

function numError(func: string, input: string, reason: 'invalid syntax' | 'value out of range'): GoError {
  const code = reason === 'invalid syntax' ? 'INVALID_SYNTAX' : 'OUT_OF_RANGE'
  return new GoError(code, `strconv.${func}: parsing ${quote(input)}: ${reason}`)
}

const PREFIXES: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16 }

/** Digits of an unsigned number and their base, or undefined when the syntax is wrong. */
function readUnsigned(input: string, base: number): bigint | undefined {
  let digits = input
  let radix = base
  if (base === 0) {
    radix = 10
    if (input[0] === '0') {
      const named = PREFIXES[(input[1] ?? '').toLowerCase()]
      if (input.length >= 3 && named !== undefined) {
        radix = named
        digits = input.slice(2)
      } else {
        radix = 8
        digits = input.slice(1)
      }
      if (digits === '') return input === '0' ? 0n : undefined
    }
    if (digits.includes('_')) {
      if (!underscoresOk(input)) return undefined
      digits = digits.replaceAll('_', '')
    }
  }
  if (digits === '' || !isDigits(digits, radix)) return undefined
  return parseDigits(digits, radix)
}

function isDigits(text: string, radix: number): boolean {
  for (const char of text) {
    const digit = /^[0-9a-zA-Z]$/.test(char) ? Number.parseInt(char, 36) : 99
    if (digit >= radix) return false
  }
  return true
}

function parseDigits(digits: string, radix: number): bigint {
  if (radix === 10) return BigInt(digits)
  if (radix === 16) return BigInt(`0x${digits}`)
  if (radix === 8) return BigInt(`0o${digits}`)
  if (radix === 2) return BigInt(`0b${digits}`)
  let value = 0n
  for (const char of digits) value = value * BigInt(radix) + BigInt(Number.parseInt(char, 36))
  return value
}

/** Underscores only between digits, or between a base prefix and a digit. */
function underscoresOk(text: string): boolean {
  const body = text.replace(/^[+-]/, '')
  const prefixed = /^0[bBoOxX]/.test(body)
  const digits = prefixed ? body.slice(2) : body
  const hex = /^0[xX]/.test(body)
  let last = prefixed ? '0' : '^'
  for (const char of digits) {
    if (/[0-9]/.test(char) || (hex && /[a-fA-F]/.test(char))) last = '0'
    else if (char === '_') {
      if (last !== '0') return false
      last = '_'
    } else {
      if (last === '_') return false
      last = '!'
    }
  }
  return last !== '_'
}

/** As `strconv.ParseUint`; base 0 reads Go's prefixes and underscores. Throws GoError. */
export function parseUnsigned(input: string, base = 10, bits = 64): bigint {
  const value = readUnsigned(input, base)
  if (value === undefined) throw numError('ParseUint', input, 'invalid syntax')
  if (value > (bits === 64 ? MAX_UINT64 : (1n << BigInt(bits)) - 1n)) {
    throw numError('ParseUint', input, 'value out of range')
  }
  return value
}

/** As `strconv.ParseInt`. `func` names the function in the error text (`Atoi`). Throws GoError. */
export function parseInteger(input: string, base = 10, bits = 64, func = 'ParseInt'): bigint {
  const negative = input[0] === '-'
  const unsigned = readUnsigned(/^[+-]/.test(input) ? input.slice(1) : input, base)
  if (unsigned === undefined) throw numError(func, input, 'invalid syntax')
  const limit = 1n << BigInt(bits - 1)
  if (negative ? unsigned > limit : unsigned >= limit) throw numError(func, input, 'value out of range')
  return negative ? -unsigned : unsigned
}

/** As `strconv.Atoi`. */
export function atoi(input: string): bigint {
  return parseInteger(input, 10, 64, 'Atoi')
}

/** As `strconv.ParseBool`. */
export function parseBool(input: string): boolean {
  if (/^(?:1|t|T|true|TRUE|True)$/.test(input)) return true
  if (/^(?:0|f|F|false|FALSE|False)$/.test(input)) return false
  throw numError('ParseBool', input, 'invalid syntax')
}

const DECIMAL = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const HEX = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/
const SPECIAL = /^([+-]?)(?:(inf|infinity)|(nan))$/i

/** As `strconv.ParseFloat` with 64 bits: decimal, hexadecimal, inf and nan, with underscores between digits. */
export function parseFloat64(input: string): number {
  const value = readFloat(input)
  if (value === undefined) throw numError('ParseFloat', input, 'invalid syntax')
  if (!Number.isFinite(value) && !SPECIAL.test(input)) throw numError('ParseFloat', input, 'value out of range')
  return value
}

function readFloat(input: string): number | undefined {
  if (DECIMAL.test(input)) return Number(input)
  const special = SPECIAL.exec(input)
  if (special !== null) {
    if (special[3] !== undefined) return special[1] === '' ? Number.NaN : undefined
    return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }
  const text = input.includes('_') && underscoresOk(input) ? input.replaceAll('_', '') : input
  if (DECIMAL.test(text)) return Number(text)
  const hex = HEX.exec(text)
  if (hex === null || `${hex[2]}${hex[3]}` === '') return undefined
  return hexFloat(hex[1] === '-', hex[2] ?? '', hex[3] ?? '', Number(hex[4]))
}

/** Rounds a hexadecimal mantissa to a double, halves to even. */
function hexFloat(negative: boolean, whole: string, fraction: string, power: number): number {
  let mantissa = BigInt(`0x${whole}${fraction}`)
  let exponent = power - 4 * fraction.length
  if (mantissa === 0n) return negative ? -0 : 0
  const size = mantissa.toString(2).length
  const keep = Math.min(53, Math.max(0, size + exponent + 1074))
  const drop = size - keep
  if (drop > 0) {
    const rest = mantissa & ((1n << BigInt(drop)) - 1n)
    const half = 1n << BigInt(drop - 1)
    mantissa >>= BigInt(drop)
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++
    exponent += drop
  }
  let result = Number(mantissa)
  for (let left = exponent; left !== 0; ) {
    const step = Math.max(-1000, Math.min(1000, left))
    result *= 2 ** step
    left -= step
  }
  return negative ? -result : result
}
