import { protobufError } from '../errors.ts'
import type { Json, JsonObject } from '../object.ts'
import messages from './data/messages.json' with { type: 'json' }
import { bytesOf, doubleOf, integerOf, textOf, wellKnown } from './scalars.ts'
import { readFields, type WireField } from './wire.ts'

/** How one field number of a message appears in JSON. */
interface FieldRule {
  readonly name: string
  /** `string`, `int`, `bool`, `bytes`, `double`, a well-known type, or a message's name. */
  readonly type: string
  readonly shape: 'one' | 'list' | 'map'
  /** Its own fields stand directly in the parent. */
  readonly inline: boolean
  /** A zero value is left out, as Go's `omitempty` does. */
  readonly omitZero: boolean
}

/** What every protobuf body of Kubernetes begins with. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00]

/** Messages within messages; built-in kinds need about fifteen (JSON schemas of CRDs nest deeper). */
const DEPTH_LIMIT = 64

const kinds: Readonly<Record<string, string>> = messages.kinds
const sources: Readonly<Record<string, string>> = messages.messages
const compiled = new Map<string, ReadonlyMap<number, FieldRule>>()

/**
 * Decodes a body in `application/vnd.kubernetes.protobuf`: the magic number, then a `runtime.Unknown` that names kind
 * and version and holds the object. The result is the object as the same client would send it in JSON. Throws PROTOBUF
 * for anything else, and for kinds without a known message.
 */
export function decodeProtobuf(body: Uint8Array): JsonObject {
  if (MAGIC.some((byte, i) => body[i] !== byte))
    throw protobufError('provided data does not appear to be a protobuf message')
  let apiVersion = ''
  let kind = ''
  let raw: Uint8Array = new Uint8Array()
  for (const field of readFields(body.subarray(MAGIC.length))) {
    if (field.number === 1) {
      for (const part of readFields(bytesOf(field))) {
        if (part.number === 1) apiVersion = textOf(part)
        else if (part.number === 2) kind = textOf(part)
      }
    } else if (field.number === 2) raw = bytesOf(field)
  }
  const message = kind === 'DeleteOptions' ? 'meta/v1.DeleteOptions' : kinds[`${apiVersion} ${kind}`]
  if (message === undefined)
    throw protobufError(`no message is known for kind ${JSON.stringify(kind)} of ${JSON.stringify(apiVersion)}`)
  return { apiVersion, kind, ...decodeMessage(message, raw, 0) }
}

function decodeMessage(message: string, bytes: Uint8Array, depth: number): JsonObject {
  if (depth > DEPTH_LIMIT) throw protobufError('messages are nested too deeply')
  const rules = rulesOf(message)
  const object: JsonObject = {}
  for (const field of readFields(bytes)) {
    const rule = rules.get(field.number)
    if (rule !== undefined) setField(object, rule, field, depth)
  }
  return object
}

function setField(object: JsonObject, rule: FieldRule, field: WireField, depth: number): void {
  if (rule.inline) {
    Object.assign(object, decodeMessage(rule.type, bytesOf(field), depth + 1))
    return
  }
  if (rule.shape === 'map') {
    const existing = object[rule.name]
    const map = isObject(existing) ? existing : {}
    let key = ''
    let value: Json | undefined = zeroOf(rule.type)
    for (const part of readFields(bytesOf(field))) {
      if (part.number === 1) key = textOf(part)
      else if (part.number === 2) value = decodeValue(rule.type, part, depth)
    }
    map[key] = value
    object[rule.name] = map
    return
  }
  const value = decodeValue(rule.type, field, depth)
  if (rule.shape === 'list') {
    const existing = object[rule.name]
    if (Array.isArray(existing)) existing.push(value ?? null)
    else object[rule.name] = [value ?? null]
  } else if (value !== undefined && !(rule.omitZero && isZero(value))) object[rule.name] = value
}

function decodeValue(type: string, field: WireField, depth: number): Json | undefined {
  switch (type) {
    case 'string':
      return textOf(field)
    case 'int':
      return integerOf(field)
    case 'bool':
      return integerOf(field) !== 0
    case 'double':
      return doubleOf(field)
    case 'bytes':
      return Buffer.from(bytesOf(field)).toString('base64')
    default: {
      const read = wellKnown[type]
      return read !== undefined ? read(bytesOf(field)) : decodeMessage(type, bytesOf(field), depth + 1)
    }
  }
}

/** What a map entry without a value holds. */
function zeroOf(type: string): Json {
  return type === 'strings' ? [] : type === 'quantity' ? '0' : ''
}

function isZero(value: Json): boolean {
  return value === '' || value === 0 || value === false
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Compiles a message's line of the data file: `NUMBER:FLAGS NAME:TYPE` per field, `?` omits zero, `^` is inline. */
function rulesOf(message: string): ReadonlyMap<number, FieldRule> {
  const known = compiled.get(message)
  if (known !== undefined) return known
  const rules = new Map<number, FieldRule>()
  for (const word of (sources[message] ?? '').split(' ')) {
    const match = /^(\d+):(\??)(\^?)([^:]*):(\[\]|\{\})?(.+)$/.exec(word)
    if (match === null) continue
    const [, number = '', omit, inline, name = '', shape, type = ''] = match
    rules.set(Number(number), {
      name,
      type,
      shape: shape === '[]' ? 'list' : shape === '{}' ? 'map' : 'one',
      inline: inline === '^',
      omitZero: omit === '?',
    })
  }
  compiled.set(message, rules)
  return rules
}
