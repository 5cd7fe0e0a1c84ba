import {
  formatFloat,
  formatInstant,
  GoComplex,
  GoFunction,
  GoNil,
  GoNumber,
  GoObject,
  GoTime,
  goType,
  type GoMap,
  type GoValue,
  integerOf,
  sortedKeys,
  TypedMap,
} from '../../go/index.ts'
import { EncodingError } from '../errors.ts'

/** A Go value as encoding/json sees it: struct tags applied, nils and bytes replaced, numbers as their JSON spelling. */
export type Jsonable = null | boolean | string | JsonNumber | readonly GoValue[] | ReadonlyMap<string, GoValue>

/** A number as it is spelled in JSON. */
export class JsonNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00'

const unsupportedType = (type: string): EncodingError =>
  new EncodingError('JSON_UNSUPPORTED', `json: unsupported type: ${type}`)

const unsupportedValue = (text: string): EncodingError =>
  new EncodingError('JSON_UNSUPPORTED', `json: unsupported value: ${text}`)

/**
 * One level of a Go value for the JSON and YAML writers. Maps come with string keys (integer keys as their digits, integers and
 * strings only, as in Go). Throws encoding/json's error for what JSON cannot hold.
 */
export function toJsonable(value: GoValue): Jsonable {
  switch (typeof value) {
    case 'string':
      return value
    case 'boolean':
      return value
    case 'number':
      return new JsonNumber(formatJsonFloat(value))
    case 'bigint':
      return new JsonNumber(value.toString())
    case 'undefined':
      return null
    default:
      return value === null ? null : objectToJsonable(value)
  }
}

function objectToJsonable(value: GoValue & object): Jsonable {
  if (Array.isArray(value)) return value
  if (value instanceof Map) return mapToJsonable(value)
  if (value instanceof GoNumber) {
    const digits = integerOf(value)
    return new JsonNumber(digits === undefined ? formatJsonFloat(Number(value.value), 32) : digits.toString())
  }
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  }
  if (value instanceof GoTime) return formatJsonTime(value)
  if (value instanceof GoObject) {
    return value.json === undefined ? fieldsToJsonable(value) : toJsonable(value.json())
  }
  if (value instanceof GoNil) {
    if (value.typeName.startsWith('func(')) throw unsupportedType(value.typeName)
    return null
  }
  if (value instanceof GoComplex || value instanceof GoFunction) throw unsupportedType(goType(value))
  throw unsupportedType(goType(value))
}

/** As `Time.MarshalJSON`: RFC 3339, which has no years before 0 and after 9999. */
function formatJsonTime({ instant }: GoTime): string {
  const { year } = instant.civil().date
  if (year >= 0 && year <= 9999) return formatInstant(instant, RFC3339_NANO)
  const reason = 'Time.MarshalJSON: year outside of range [0,9999]'
  throw new EncodingError('JSON_UNSUPPORTED', `json: error calling MarshalJSON for type time.Time: ${reason}`)
}

function mapToJsonable(map: GoMap): ReadonlyMap<string, GoValue> {
  if (!(map instanceof TypedMap) || map.keyType === 'string') return map as Map<string, GoValue>
  const entries = new Map<string, GoValue>()
  for (const [key, value] of map) {
    const digits = integerOf(key)
    if (digits === undefined && typeof key !== 'string') throw unsupportedType(goType(map))
    if (map.keyType === 'interface {}') throw unsupportedType(goType(map))
    entries.set(digits === undefined ? String(key) : digits.toString(), value)
  }
  if (map.keyType === 'interface {}') throw unsupportedType(goType(map))
  return entries
}

function fieldsToJsonable(value: GoObject): ReadonlyMap<string, GoValue> {
  const entries = new Map<string, GoValue>()
  for (const [name, field] of value.fields) if (/^\p{Lu}/u.test(name)) entries.set(name, field)
  return entries
}

/** The keys of a JSON object in the order in which Go writes them: a struct's as declared, a map's by bytes. */
export function jsonKeys(value: GoValue, object: ReadonlyMap<string, GoValue>): string[] {
  if (value instanceof GoObject) return [...object.keys()]
  return sortedKeys(object as GoMap) as string[]
}

/** A float in JSON, as Go's encoding/json: exponent below 1e-6 and from 1e21 on, without a leading zero in it. */
function formatJsonFloat(value: number, bits: 32 | 64 = 64): string {
  if (!Number.isFinite(value)) throw unsupportedValue(formatFloat(value, 'g'))
  if (Number.isInteger(value) && value < 1e15 && value > -1e15) return Object.is(value, -0) ? '-0' : String(value)
  const size = Math.abs(value)
  if (size !== 0 && (size < (bits === 32 ? Math.fround(1e-6) : 1e-6) || size >= 1e21)) {
    return formatFloat(value, 'e', -1, bits).replace(/e-0(\d)$/, 'e-$1')
  }
  return formatFloat(value, 'f', -1, bits)
}
