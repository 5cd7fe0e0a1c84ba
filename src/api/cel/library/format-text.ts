import { formatFloat, quote } from '../../../go/index.ts'
import { celError } from '../errors.ts'
import {
  CelList,
  type CelMap,
  type CelValue,
  Duration,
  isMap,
  Timestamp,
  typeName,
  TypeValue,
  Uint,
} from '../values.ts'
import { doubleText } from './standard.ts'
import { durationText, timestampText } from './time.ts'

const PRECISION = 6

/** `string.format`: the clauses s, d, f, e, b, x, X and o. Throws CelError with cel-go's texts. */
export function formatText(format: string, args: readonly CelValue[]): string {
  let result = ''
  let used = 0
  for (let at = 0; at < format.length; at++) {
    const character = format[at] ?? ''
    if (character !== '%') {
      result += character
      continue
    }
    if (format[at + 1] === '%') {
      result += '%'
      at++
      continue
    }
    const value = args[used]
    if (value === undefined) throw celError(`index ${used} out of range`)
    used++
    const clause = /^%(?:\.(\d*))?([\s\S])?/.exec(format.slice(at))
    const [whole = '%', digits, letter] = clause ?? []
    if (letter === undefined) throw celError('unexpected end of string')
    if (digits === '') {
      throw unparsed(
        'error while parsing precision: error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax',
      )
    }
    result += clauseText(letter, value, digits === undefined ? PRECISION : Number(digits))
    at += whole.length - 1
  }
  return result
}

function unparsed(why: string): Error {
  return celError(`could not parse formatting clause: ${why}`)
}

function wrong(why: string, value: CelValue): Error {
  return celError(`error during formatting: ${why}, was given ${typeName(value)}`)
}

function clauseText(letter: string, value: CelValue, precision: number): string {
  switch (letter) {
    case 's':
      return plainText(value)
    case 'd':
      return decimal(value)
    case 'f':
      return real(value, precision, 'f', 'fixed-point')
    case 'e':
      return real(value, precision, 'e', 'scientific')
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0'
      return based(value, 2, 'only integers and bools can be formatted as binary')
    case 'x':
      return hex(value)
    case 'X':
      return hex(value).toUpperCase()
    case 'o':
      return based(value, 8, 'octal clause can only be used on integers')
    default:
      throw unparsed(`unrecognized formatting clause "${letter}"`)
  }
}

function decimal(value: CelValue): string {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint) return String(value.value)
  throw wrong('decimal clause can only be used on integers', value)
}

function based(value: CelValue, base: number, why: string): string {
  if (typeof value === 'bigint') return value.toString(base)
  if (value instanceof Uint) return value.value.toString(base)
  throw wrong(why, value)
}

function hex(value: CelValue): string {
  if (typeof value === 'string') return Buffer.from(value).toString('hex')
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return based(value, 16, 'only integers, byte buffers, and strings can be formatted as hex')
}

function real(value: CelValue, precision: number, format: 'f' | 'e', name: string): string {
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value.replace('Infinity', '∞')
  if (typeof value !== 'number') throw wrong(`${name} clause can only be used on doubles`, value)
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞'
  if (format === 'f') return grouped(formatFloat(value, 'f', precision))
  const [mantissa = '', exponent = '0'] = formatFloat(value, 'e', precision).split('e')
  return `${mantissa}×10${superscript(exponent)}`
}

/** Thousands are set apart by commas, as in English. */
function grouped(text: string): string {
  return text.replace(/\d+/, (digits) => digits.replaceAll(/\B(?=(\d{3})+$)/g, ','))
}

const RAISED: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
}

function superscript(exponent: string): string {
  const [, sign = '', digits = ''] = /^([+-]?)(\d+)$/.exec(exponent) ?? []
  return [...((sign === '-' ? '-' : '') + digits)].map((each) => RAISED[each] ?? each).join('')
}

/** A value as `%s` prints it. */
export function plainText(value: CelValue): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return value
  if (typeof value === 'number') return doubleText(value)
  if (typeof value !== 'object') return String(value)
  if (value instanceof Uint) return String(value.value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (value instanceof Duration) return durationText(value)
  if (value instanceof Timestamp) return timestampText(value)
  if (value instanceof TypeValue) return value.name
  if (value instanceof CelList) return `[${value.items.map((item) => nested(item)).join(', ')}]`
  if (isMap(value)) return mapText(value)
  throw wrong(
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    value,
  )
}

function mapText(map: CelMap): string {
  const pairs = map.keys().map((key) => {
    const shown = typeof key === 'string' ? quote(key) : plainText(key)
    return [shown, nested(map.get(key) ?? null)] as const
  })
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${pairs.map(([key, value]) => `${key}:${value}`).join(', ')}}`
}

/** A value within a list or map: as a literal of the language. */
function nested(value: CelValue): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') {
    return Number.isFinite(value) ? formatFloat(value, 'f', PRECISION) : quote(doubleText(value))
  }
  if (value instanceof Uint8Array) return `b${quote(Buffer.from(value).toString())}`
  if (value instanceof Timestamp) return `timestamp(${quote(timestampText(value))})`
  if (value instanceof Duration) return `duration(${quote(durationText(value))})`
  return plainText(value)
}
