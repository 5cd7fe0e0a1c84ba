import type { Json, JsonObject } from '../object.ts'
import { celError } from './errors.ts'
import { escapeName, unescapeName } from './escape.ts'
import { durationOf, timestampOf, durationText, timestampText } from './library/time.ts'
import { withResourceFields } from './schema-type.ts'
import { DYN } from './types.ts'
import {
  CelList,
  type CelMap,
  type CelObject,
  type CelValue,
  Duration,
  isMap,
  isObjectValue,
  isOpaque,
  type ListMerge,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
} from './values.ts'

const isJsonObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** JSON whose shape is not known: whole numbers are ints, objects are maps. Parts are converted when they are used. */
export function celFromJson(value: unknown): CelValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return new CelList(value.map((item) => celFromJson(item)))
  if (isJsonObject(value)) return new JsonMap(value, () => undefined)
  return (value ?? null) as CelValue
}

/** JSON as its structural schema gives it types. Throws CelError for what does not fit. `resource`: a whole resource. */
export function celFromSchema(value: unknown, schema: JsonObject | undefined, resource = false): CelValue {
  if (schema === undefined) return celFromJson(value)
  if (value === null || value === undefined) {
    if (schema.nullable === true) return null
    throw celError('invalid data, got null for schema with nullable=false')
  }
  if (schema['x-kubernetes-int-or-string'] === true) return celFromJson(value)
  if (isJsonObject(value)) return objectValue(value, resource ? withResourceFields(schema) : schema)
  if (Array.isArray(value)) return listValue(value, schema)
  if (typeof value === 'number') return schema.type === 'number' ? value : celFromJson(value)
  return typeof value === 'string' ? textValue(value, schema.format) : (value as CelValue)
}

function schemaIn(schema: JsonObject, key: string): JsonObject | undefined {
  const found = schema[key]
  return isJsonObject(found) ? found : undefined
}

const isResource = (schema: JsonObject | undefined): boolean => schema?.['x-kubernetes-embedded-resource'] === true

function objectValue(value: JsonObject, schema: JsonObject): CelValue {
  const additional = schemaIn(schema, 'additionalProperties')
  if (additional !== undefined) return new JsonMap(value, () => additional)
  return new JsonStruct(value, schemaIn(schema, 'properties') ?? {})
}

function listValue(value: readonly unknown[], schema: JsonObject): CelList {
  const items = schemaIn(schema, 'items')
  const resource = isResource(items)
  return new CelList(
    value.map((item) => celFromSchema(item, items, resource)),
    mergeOf(schema),
  )
}

function mergeOf(schema: JsonObject): ListMerge | undefined {
  const kind = schema['x-kubernetes-list-type']
  if (kind !== 'set' && kind !== 'map') return undefined
  const keys = schema['x-kubernetes-list-map-keys']
  return { kind, keys: Array.isArray(keys) ? keys.map((key) => escapeName(String(key)) ?? String(key)) : [] }
}

function textValue(value: string, format: Json | undefined): CelValue {
  switch (format) {
    case 'duration':
      return durationOf(value)
    case 'date':
      return timestampOf(`${value}T00:00:00Z`)
    case 'date-time':
      return timestampOf(value)
    case 'byte':
      return Buffer.from(value, 'base64')
    default:
      return value
  }
}

/** A JSON object as a map. */
class JsonMap implements CelMap {
  readonly isMap = true
  readonly #value: JsonObject
  readonly #schema: (key: string) => JsonObject | undefined

  constructor(value: JsonObject, schema: (key: string) => JsonObject | undefined) {
    this.#value = value
    this.#schema = schema
  }

  get size(): number {
    return Object.keys(this.#value).length
  }

  get(key: CelValue): CelValue | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.#value, key)) return undefined
    const schema = this.#schema(key)
    return celFromSchema(this.#value[key], schema, isResource(schema))
  }

  keys(): CelValue[] {
    return Object.keys(this.#value).sort()
  }
}

/** A JSON object with the fields that its schema names; others cannot be seen. */
class JsonStruct implements CelObject {
  readonly isObject = true
  readonly type = DYN
  readonly #value: JsonObject
  readonly #properties: JsonObject

  constructor(value: JsonObject, properties: JsonObject) {
    this.#value = value
    this.#properties = properties
  }

  field(identifier: string): CelValue | undefined {
    const name = Object.hasOwn(this.#properties, identifier) ? identifier : unescapeName(identifier)
    const schema = this.#properties[name]
    const value = this.#value[name]
    if (value === undefined || !isJsonObject(schema)) return undefined
    if (value === null && schema.nullable !== true) return undefined
    return celFromSchema(value, schema, isResource(schema))
  }

  names(): string[] {
    return Object.keys(this.#value)
      .filter((name) => Object.hasOwn(this.#properties, name))
      .map((name) => escapeName(name) ?? name)
  }
}

/** A value as JSON, as cel-go converts values to `google.protobuf.Value`. */
export function celToJson(value: CelValue): Json {
  if (typeof value === 'bigint') return Number(value)
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Uint) return Number(value.value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Duration) return durationText(value)
  if (value instanceof Timestamp) return timestampText(value)
  if (value instanceof TypeValue) return value.name
  if (value instanceof Optional) return value.value === undefined ? null : celToJson(value.value)
  if (value instanceof CelList) return value.items.map((item) => celToJson(item))
  if (isMap(value)) {
    return Object.fromEntries(value.keys().map((key) => [String(key), celToJson(value.get(key) ?? null)]))
  }
  if (isObjectValue(value)) {
    return Object.fromEntries(value.names().map((name) => [unescapeName(name), celToJson(value.field(name) ?? null)]))
  }
  return isOpaque(value) ? value.text() : null
}
