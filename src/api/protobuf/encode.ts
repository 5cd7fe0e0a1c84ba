import { protobufError } from '../errors.ts'
import type { Json, JsonObject } from '../object.ts'
import { type FieldRule, MAGIC, messageOf, rulesOf } from './rules.ts'
import { bytesField, doubleField, integerField, objectOf, textField } from './write.ts'

/** Whether objects of a kind, and lists of them, can be encoded. */
export function hasProtobuf(apiVersion: string, kind: string): boolean {
  return messageOf(apiVersion, kind) !== undefined
}

/**
 * Encodes an object, a list of objects or reduced metadata in `application/vnd.kubernetes.protobuf`: the magic number, then
 * a `runtime.Unknown` that names kind and version and holds the object. Items of lists need not repeat their kind. Throws
 * PROTOBUF for kinds without a known message. The inverse of decodeProtobuf.
 */
export function encodeProtobuf(object: JsonObject): Buffer {
  const apiVersion = textOf(object.apiVersion)
  const kind = textOf(object.kind)
  const type = Buffer.concat([textField(1, apiVersion), textField(2, kind)])
  const raw = contentOf(apiVersion, kind, object)
  return Buffer.concat([
    Buffer.from(MAGIC),
    bytesField(1, type),
    bytesField(2, raw),
    textField(3, ''),
    textField(4, ''),
  ])
}

/** An event of a watch as it stands in a stream: its length in four bytes, then `meta/v1.WatchEvent`. */
export function encodeProtobufEvent(type: string, object: JsonObject): Buffer {
  const event = Buffer.concat([textField(1, type), bytesField(2, bytesField(1, encodeProtobuf(object)))])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(event.length)
  return Buffer.concat([length, event])
}

const METADATA = 'PartialObjectMetadata'

function contentOf(apiVersion: string, kind: string, object: JsonObject): Buffer {
  if (kind === METADATA) return metadataOnly(object)
  const message = messageOf(apiVersion, kind)
  if (message !== undefined) return encodeMessage(message, object)
  const item = kind.endsWith('List') ? kind.slice(0, -'List'.length) : undefined
  const itemMessage = item === undefined ? undefined : messageOf(apiVersion, item)
  if (item === METADATA) return listOf(object, metadataOnly)
  if (itemMessage !== undefined) return listOf(object, (each) => encodeMessage(itemMessage, each))
  throw protobufError(`no message is known for kind ${JSON.stringify(kind)} of ${JSON.stringify(apiVersion)}`)
}

function metadataOnly(object: JsonObject): Buffer {
  return bytesField(1, encodeMessage('meta/v1.ObjectMeta', objectOf(object.metadata)))
}

function listOf(list: JsonObject, encode: (item: JsonObject) => Buffer): Buffer {
  const items = Array.isArray(list.items) ? list.items : []
  const metadata = encodeMessage('meta/v1.ListMeta', objectOf(list.metadata))
  return Buffer.concat([bytesField(1, metadata), ...items.map((item) => bytesField(2, encode(objectOf(item))))])
}

function encodeMessage(message: string, object: JsonObject): Buffer {
  const parts: Buffer[] = []
  for (const [number, rule] of rulesOf(message)) {
    if (rule.inline) {
      const inner = encodeMessage(rule.type, object)
      if (inner.length > 0) parts.push(bytesField(number, inner))
      continue
    }
    const value = object[rule.name]
    if (value !== undefined && value !== null) encodeField(parts, number, rule, value)
  }
  return Buffer.concat(parts)
}

function encodeField(parts: Buffer[], number: number, rule: FieldRule, value: Json): void {
  if (rule.shape === 'list') {
    for (const item of Array.isArray(value) ? value : []) parts.push(encodeValue(number, rule.type, item))
  } else if (rule.shape === 'map') {
    const map = objectOf(value)
    for (const key of Object.keys(map).sort()) {
      parts.push(bytesField(number, Buffer.concat([textField(1, key), encodeValue(2, rule.type, map[key] ?? null)])))
    }
  } else parts.push(encodeValue(number, rule.type, value))
}

function encodeValue(number: number, type: string, value: Json): Buffer {
  switch (type) {
    case 'string':
      return textField(number, textOf(value))
    case 'int':
      return integerField(number, Number(value))
    case 'bool':
      return integerField(number, value === true ? 1 : 0)
    case 'double':
      return doubleField(number, Number(value))
    case 'bytes':
      return bytesField(number, Buffer.from(textOf(value), 'base64'))
    default: {
      const write = WELL_KNOWN[type]
      return bytesField(number, write === undefined ? encodeMessage(type, objectOf(value)) : write(value))
    }
  }
}

/** Writes the types whose JSON form is not that of their message. */
const WELL_KNOWN: Readonly<Record<string, (value: Json) => Buffer>> = {
  quantity: (value) => textField(1, String(value)),
  time: timestamp,
  microtime: timestamp,
  intorstring: (value) =>
    typeof value === 'number'
      ? Buffer.concat([integerField(1, 0), integerField(2, value), textField(3, '')])
      : Buffer.concat([integerField(1, 1), integerField(2, 0), textField(3, textOf(value))]),
  raw: (value) => textField(1, JSON.stringify(value)),
  fields: (value) => textField(1, JSON.stringify(value)),
  strings: (value) => Buffer.concat((Array.isArray(value) ? value : []).map((item) => textField(1, textOf(item)))),
}

/** RFC 3339 as seconds since the epoch and nanoseconds; the zero time has no fields. */
function timestamp(value: Json): Buffer {
  const milliseconds = Date.parse(textOf(value))
  if (Number.isNaN(milliseconds)) return Buffer.alloc(0)
  const fraction = /\.(\d+)/.exec(textOf(value))?.[1] ?? ''
  const nanoseconds = Number(fraction.slice(0, 9).padEnd(9, '0'))
  return Buffer.concat([integerField(1, Math.floor(milliseconds / 1000)), integerField(2, nanoseconds)])
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
