import { protobufError } from '../errors.ts'
import type { Json, JsonObject } from '../object.ts'
import { type FieldRule, MAGIC, messageOf, rulesOf } from './rules.ts'
import { bytesOf, doubleOf, integerOf, textOf, wellKnown } from './scalars.ts'
import { readFields, type WireField } from './wire.ts'

/** Messages within messages; built-in kinds need about fifteen (JSON schemas of CRDs nest deeper). */
const DEPTH_LIMIT = 64

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
  const message = kind === 'DeleteOptions' ? 'meta/v1.DeleteOptions' : messageOf(apiVersion, kind)
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
