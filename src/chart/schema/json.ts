import { parseJson } from '../../encoding/index.ts'
import { errorText } from '../../base/index.ts'
import { formatFloat, fromBytes, GoNumber, GoObject, type GoValue } from '../../go/index.ts'
import { chartError } from '../errors.ts'

/** A number of a schema, with the spelling it has in the file (as Go's json.Number). */
export class NumberLiteral extends GoObject {
  readonly literal: string
  constructor(literal: string) {
    super({ typeName: 'json.Number', text: () => literal })
    this.literal = literal
  }
}

/** Reads a schema document; errors are those of Go's decoder. */
export function parseSchemaDocument(data: Uint8Array | string): GoValue {
  const text = typeof data === 'string' ? data : fromBytes(data)
  if (/^[ \t\r\n]*$/.test(text)) throw chartError('VALUES_SCHEMA', 'EOF')
  try {
    return parseJson(text, { number: (literal) => new NumberLiteral(literal) })
  } catch (error) {
    const message = errorText(error)
    if (message === 'unexpected end of JSON input' || isCutOff(text, message))
      throw chartError('VALUES_SCHEMA', 'unexpected EOF', error)
    if (message.endsWith('after top-level value')) {
      throw chartError('VALUES_SCHEMA', 'invalid character after top-level value', error)
    }
    throw error
  }
}

/** Whether a text ends in the middle of a word or number: reading from a file, Go speaks of the end instead of what would follow. */
function isCutOff(text: string, message: string): boolean {
  if (!message.startsWith("invalid character ' ' ")) return false
  try {
    parseJson(`${text}\u0001`)
  } catch (error) {
    return errorText(error) !== message
  }
  return false
}

/** JSON's word for the type of a value; undefined for what JSON has not. */
export function jsonTypeOf(value: GoValue): JsonType | undefined {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'string'
  if (isNumber(value)) return 'number'
  if (Array.isArray(value)) return 'array'
  return value instanceof Map ? 'object' : undefined
}

/** The types that the `type` keyword knows. */
export type JsonType = 'null' | 'boolean' | 'number' | 'integer' | 'string' | 'array' | 'object'

/** Whether a value is a number of any of our forms. */
export function isNumber(value: GoValue): value is number | bigint | GoNumber | NumberLiteral {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    value instanceof GoNumber ||
    value instanceof NumberLiteral
  )
}

/** An exact fraction in lowest terms, denominator above zero. */
export interface Rational {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** The exact value of a number's decimal text; undefined when it is none. */
export function rationalOf(value: GoValue): Rational | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { numerator: BigInt(value), denominator: 1n }
  return isNumber(value) ? parseRational(numberText(value)) : undefined
}

/** Compares two fractions: negative, zero or positive. */
export function compareRationals(a: Rational, b: Rational): number {
  const left = a.numerator * b.denominator
  const right = b.numerator * a.denominator
  return left < right ? -1 : left > right ? 1 : 0
}

/** The quotient of two fractions; undefined for a division by zero. */
export function isMultiple(value: Rational, factor: Rational): boolean {
  const divisor = value.denominator * factor.numerator
  return divisor !== 0n && (value.numerator * factor.denominator) % divisor === 0n
}

/** Whether the fraction is whole. */
export function isWhole(value: Rational): boolean {
  return value.numerator % value.denominator === 0n
}

/** The nearest float64. */
export function rationalToNumber(value: Rational): number {
  if (value.denominator === 1n) return Number(value.numerator)
  const scale = 10n ** 40n
  const scaled = (value.numerator * scale) / value.denominator
  const small = Math.abs(Number(scaled)) < 1e25
  if (!small) return Number(`${scaled}e-40`)
  return Number(`${(value.numerator * 10n ** 400n) / value.denominator}e-400`)
}

/** A number as Go's fmt prints it. */
export function numberText(value: number | bigint | GoNumber | NumberLiteral): string {
  if (value instanceof NumberLiteral) return value.literal
  if (value instanceof GoNumber) return String(value.value)
  if (typeof value === 'bigint') return value.toString()
  return formatFloat(value, 'g')
}

function parseRational(text: string): Rational | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match
  const exponent = Number(exponentText) - fraction.length
  if (Math.abs(exponent) > 10_000) return undefined
  let numerator = BigInt(`${whole}${fraction}` || '0')
  if (sign === '-') numerator = -numerator
  return exponent >= 0
    ? { numerator: numerator * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator, denominator: 10n ** BigInt(-exponent) }
}

/** Deep equality of JSON values; numbers by their exact value. */
export function jsonEquals(a: GoValue, b: GoValue): boolean {
  if (a === b) return true
  if (a instanceof Map) {
    if (!(b instanceof Map) || a.size !== b.size) return false
    for (const [key, value] of a) if (!b.has(key) || !jsonEquals(value, b.get(key))) return false
    return true
  }
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => jsonEquals(item, b[index]))
  }
  const left = rationalOf(a)
  const right = rationalOf(b)
  return left !== undefined && right !== undefined && compareRationals(left, right) === 0
}
