import {
  type GoMap,
  GoNil,
  GoNumber,
  GoObject,
  GoTime,
  goType,
  type GoValue,
  formatFloat,
  formatInstant,
  formatValue,
  integerOf,
  isValidUtf8,
  toValidUtf8,
  toBytes,
  TypedMap,
} from '../../go/index.ts'
import { EncodingError, withoutOverflow } from '../errors.ts'
import { emitJson } from '../json/emit.ts'
import { parseJson } from '../json/parse.ts'
import { JsonNumber, jsonKeys, toJsonable } from '../json/jsonable.ts'
import { Emitter, type EmitNode, type EmitScalar, LAYOUT_V2, LAYOUT_V3 } from './emitter.ts'
import { decodeYaml } from './load.ts'
import { resolvePlain } from './resolve.ts'
import { sortYamlKeys } from './sort-keys.ts'

/**
 * Writes a value as sigs.k8s.io/yaml: to JSON, from there to YAML with go-yaml v2. Ends in a line feed.
 * Throws EncodingError for what JSON cannot hold.
 */
export function emitYaml(value: GoValue): string {
  try {
    return withoutOverflow(() => new Emitter<GoValue>(LAYOUT_V2, openJson).document(value))
  } catch (error) {
    if (error instanceof RoundTripNeeded) return emitThroughJson(value)
    throw error
  }
}

/** Writes a plain JSON value as `emitYaml` does. Members that are undefined are left out. */
export function emitYamlFromJson(value: unknown): string {
  try {
    return new Emitter<unknown>(LAYOUT_V2, openPlain).document(value)
  } catch (error) {
    if (error instanceof RoundTripNeeded) return emitYaml(parseJson(JSON.stringify(value)))
    throw error
  }
}

/** Writes a value as go-yaml v3 with an indent of 2: lists are indented, long lines stay, floats look like floats. */
export function emitYamlPretty(value: GoValue): string {
  return withoutOverflow(() => new Emitter<GoValue>(LAYOUT_V3, openNative).document(value))
}

const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00'

/** Raised inside when a text does not survive the way through JSON and back unchanged. */
class RoundTripNeeded extends Error {}

/** Characters that YAML's reader refuses or folds, although JSON writes them as they are. */
const FRAGILE = /[\x7f-\x9f\ufffe\uffff]/

/** The same, and bytes that are not UTF-8. */
const FRAGILE_KEY = /[\x7f-\x9f\ufffe\uffff]|[\ud800-\udfff]/u

/** JSON keys longer than this may not be found to be keys by YAML's scanner. */
const LONG_KEY = 500

function emitThroughJson(value: GoValue): string {
  const parsed = decodeYaml(emitJson(value), { strict: false, plain: false, integers: true }) as GoValue
  return new Emitter<GoValue>(LAYOUT_V2, openParsed).document(parsed)
}

function openJson(value: GoValue): EmitNode<GoValue> {
  const item = toJsonable(value)
  if (item === null) return NULL
  if (typeof item === 'string') {
    if (FRAGILE.test(item)) throw new RoundTripNeeded()
    return textScalar(toValidUtf8(item), 2)
  }
  if (typeof item === 'boolean') return item ? TRUE : FALSE
  if (item instanceof JsonNumber) return plain(yamlNumber(item.text))
  if (!(item instanceof Map)) return { kind: 'list', items: item as readonly GoValue[] }
  const keys = jsonKeys(value, item)
  for (const key of keys) if (key.length > LONG_KEY || FRAGILE_KEY.test(key)) throw new RoundTripNeeded()
  return mapNode(sortYamlKeys(keys, false), (key) => item.get(key))
}

/** As `openJson`, for values that came out of the round trip and need no more care. */
function openParsed(value: GoValue): EmitNode<GoValue> {
  if (typeof value === 'string') return textScalar(value, 2)
  if (!(value instanceof Map)) return openJson(value)
  return mapNode(sortYamlKeys([...value.keys()] as string[], false), (key) => value.get(key))
}

function mapNode<V>(keys: readonly string[], get: (key: string) => V): EmitNode<V> {
  return { kind: 'map', entries: keys.map((key) => [textScalar(key, 2), get(key)] as const) }
}

function openPlain(value: unknown): EmitNode<unknown> {
  if (typeof value === 'string' || typeof value === 'number') return openJson(value) as EmitNode<unknown>
  if (typeof value === 'boolean') return value ? TRUE : FALSE
  if (value === null || value === undefined) return NULL
  if (Array.isArray(value)) return { kind: 'list', items: value }
  const object = value as Record<string, unknown>
  const keys = Object.keys(object).filter((key) => object[key] !== undefined)
  for (const key of keys) if (key.length > LONG_KEY || FRAGILE.test(key)) throw new RoundTripNeeded()
  return mapNode(sortYamlKeys(keys, false), (key) => object[key])
}

const MAX_UINT64 = 0xffff_ffff_ffff_ffffn
const MIN_INT64 = -0x8000_0000_0000_0000n

/** A JSON number as go-yaml writes it back: integers of 64 bits with all digits, other numbers shortest. */
function yamlNumber(text: string): string {
  if (text.length < 16 && /^-?\d+$/.test(text)) return text === '-0' ? '0' : text
  if (/^-?\d+$/.test(text)) {
    const int = BigInt(text)
    if (int >= MIN_INT64 && int <= MAX_UINT64) return text
  }
  return formatFloat(Number(text), 'g')
}

function openNative(value: GoValue): EmitNode<GoValue> {
  switch (typeof value) {
    case 'string':
      return textScalar(value, 3)
    case 'number':
      return plain(yamlFloat(value, 64))
    case 'bigint':
      return plain(value.toString())
    case 'boolean':
      return value ? TRUE : FALSE
    case 'undefined':
      return NULL
    default:
      return value === null ? NULL : openNativeObject(value)
  }
}

function openNativeObject(value: GoValue & object): EmitNode<GoValue> {
  if (Array.isArray(value)) return { kind: 'list', items: value }
  if (value instanceof Map) return openNativeMap(value)
  if (value instanceof Uint8Array) return { kind: 'list', items: Array.from(value, BigInt) }
  if (value instanceof GoNumber) {
    const digits = integerOf(value)
    if (value.typeName === 'time.Duration') return textScalar(formatValue(value), 3)
    return plain(digits === undefined ? yamlFloat(Number(value.value), 32) : digits.toString())
  }
  if (value instanceof GoNil) return openNil(value.typeName)
  if (value instanceof GoTime) return plain(formatInstant(value.instant, RFC3339_NANO))
  if (value instanceof GoObject) return openObject(value)
  throw new EncodingError('YAML_TYPE', `cannot marshal type: ${goType(value)}`)
}

function openNil(typeName: string): EmitNode<GoValue> {
  if (typeName.startsWith('[]')) return { kind: 'list', items: [] }
  return typeName.startsWith('map') ? { kind: 'map', entries: [] } : NULL
}

function openObject(value: GoObject): EmitNode<GoValue> {
  const json = value.json?.()
  if (typeof json === 'string') return textScalar(json, 3)
  const entries: [EmitScalar, GoValue][] = []
  for (const [name, field] of value.fields) {
    if (/^\p{Lu}/u.test(name)) entries.push([textScalar(name.toLowerCase(), 3), field])
  }
  return { kind: 'map', entries }
}

function openNativeMap(map: GoMap): EmitNode<GoValue> {
  if (!(map instanceof TypedMap) || map.keyType === 'string') {
    const keys = sortYamlKeys([...map.keys()] as string[], true)
    return { kind: 'map', entries: keys.map((key) => [textScalar(key, 3), map.get(key)] as const) }
  }
  const entries = [...map].map(([key, value]) => [openNative(key) as EmitScalar, value] as const)
  return { kind: 'map', entries }
}

const plain = (text: string): EmitScalar => ({ kind: 'scalar', text, style: 'plain' })
const NULL = plain('null')
const TRUE = plain('true')
const FALSE = plain('false')

function yamlFloat(value: number, bits: 32 | 64): string {
  const text = formatFloat(value, 'g', -1, bits)
  return text === '+Inf' ? '.inf' : text === '-Inf' ? '-.inf' : text === 'NaN' ? '.nan' : text
}

const LINE_FEED = '\n'
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const OLD_BOOLEANS = new Set('y Y yes Yes YES on On ON n N no No NO off Off OFF'.split(' '))

/** A text with the style that go-yaml wishes for it: literal over several lines, quoted when it would read as something else. */
function textScalar(text: string, dialect: 2 | 3): EmitScalar {
  if (dialect === 3 && !isValidUtf8(text)) return binaryScalar(text)
  if (text.includes(LINE_FEED)) return { kind: 'scalar', text, style: 'literal' }
  const quoted =
    resolvePlain(text, dialect, true) !== undefined || isBase60(text) || (dialect === 3 && OLD_BOOLEANS.has(text))
  return { kind: 'scalar', text, style: quoted ? 'double' : 'plain' }
}

function isBase60(text: string): boolean {
  return text.includes(':') && BASE_60.test(text)
}

const BASE64_LINE = 70

function binaryScalar(text: string): EmitScalar {
  const data = Buffer.from(toBytes(text)).toString('base64')
  const lines = data.match(new RegExp(`.{1,${BASE64_LINE}}`, 'g')) ?? []
  const wrapped = data.length >= BASE64_LINE ? `${lines.join('\n')}\n` : data
  return { kind: 'scalar', text: wrapped, style: wrapped.includes('\n') ? 'literal' : 'plain', tag: '!!binary' }
}
