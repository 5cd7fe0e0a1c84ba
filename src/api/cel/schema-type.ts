import type { Json, JsonObject } from '../object.ts'
import { escapeName } from './escape.ts'
import { BOOL, BYTES, type CelType, DOUBLE, DURATION, DYN, INT, listOf, mapOf, STRING, TIMESTAMP } from './types.ts'

/** Bytes that a request may have; what has no limit of its own has this one. */
const REQUEST_SIZE = 3 * 1024 * 1024

/** The type that a schema gives its values in expressions, and how many items or characters they may have. */
export interface SizedType {
  readonly type: CelType
  /** Greatest number of items, entries or characters. */
  readonly max: number
  /** Fewest bytes that a value takes as JSON. */
  readonly min: number
  readonly item?: SizedType
  /** By escaped name. */
  readonly fields?: ReadonlyMap<string, SizedType>
}

const schemaAt = (schema: JsonObject | undefined, key: string): JsonObject | undefined => {
  const value = schema?.[key]
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined
}
const numberAt = (schema: JsonObject, key: string): number | undefined => {
  const value = schema[key]
  return typeof value === 'number' ? Math.max(0, value) : undefined
}

/** Fields that every resource has, whatever its schema says. */
export function withResourceFields(schema: JsonObject): JsonObject {
  const text = { type: 'string' }
  const metadata = { type: 'object', properties: { name: text, generateName: text } }
  return { ...schema, properties: { ...schemaAt(schema, 'properties'), kind: text, apiVersion: text, metadata } }
}

/**
 * The type of a structural schema's values. Undefined for what expressions cannot see: values of unknown shape, and what
 * holds nothing else. `name` names structures; `resource` says that the value is a whole resource.
 */
export function schemaCelType(schema: JsonObject | undefined, name: string, resource = false): SizedType | undefined {
  if (schema === undefined) return undefined
  if (schema['x-kubernetes-int-or-string'] === true) {
    const length = numberAt(schema, 'maxLength')
    return { type: DYN, max: length === undefined ? REQUEST_SIZE - 2 : length * 4, min: 1 }
  }
  switch (schema.type) {
    case 'array':
      return listType(schema, name)
    case 'object':
      return objectType(resource ? withResourceFields(schema) : schema, name)
    case 'string':
      return stringType(schema)
    case 'boolean':
      return { type: BOOL, max: 1, min: 4 }
    case 'number':
      return { type: DOUBLE, max: 1, min: 1 }
    case 'integer':
      return { type: INT, max: 1, min: 1 }
    default:
      return undefined
  }
}

function isResource(schema: JsonObject | undefined): boolean {
  return schema?.['x-kubernetes-embedded-resource'] === true
}

function listType(schema: JsonObject, name: string): SizedType | undefined {
  const items = schemaAt(schema, 'items')
  const item = schemaCelType(items, `${name}.@idx`, isResource(items))
  if (item === undefined) return undefined
  const max = numberAt(schema, 'maxItems') ?? Math.floor((REQUEST_SIZE - 2) / (item.min + 1))
  return { type: listOf(item.type), max, min: 2, item }
}

function objectType(schema: JsonObject, name: string): SizedType | undefined {
  const additional = schemaAt(schema, 'additionalProperties')
  if (additional !== undefined) {
    const item = schemaCelType(additional, `${name}.@elem`, isResource(additional))
    if (item === undefined) return undefined
    const max = numberAt(schema, 'maxProperties') ?? Math.floor((REQUEST_SIZE - 2) / (item.min + 6))
    return { type: mapOf(STRING, item.type), max, min: 2, item }
  }
  const required = new Set(Array.isArray(schema.required) ? schema.required : [])
  const fields = new Map<string, SizedType>()
  let min = 2
  for (const [field, each] of Object.entries(schemaAt(schema, 'properties') ?? {})) {
    const property = each as JsonObject
    const escaped = escapeName(field)
    const type = schemaCelType(property, `${name}.${escaped ?? field}`, isResource(property))
    if (type === undefined) continue
    if (escaped !== undefined) fields.set(escaped, type)
    if (required.has(field) && property.default === undefined) min += field.length + type.min + 4
  }
  const types = new Map([...fields].map(([field, sized]) => [field, sized.type]))
  return { type: { kind: 'object', name, fields: types }, max: fields.size, min, fields }
}

function stringType(schema: JsonObject): SizedType {
  const length = numberAt(schema, 'maxLength')
  switch (schema.format) {
    case 'byte':
      return { type: BYTES, max: length ?? REQUEST_SIZE - 2, min: 2 }
    case 'duration':
      return { type: DURATION, max: 32, min: 3 }
    case 'date':
      return { type: TIMESTAMP, max: 12, min: 12 }
    case 'date-time':
      return { type: TIMESTAMP, max: 40, min: 21 }
    default:
      return { type: STRING, max: length === undefined ? longestText(schema.enum) : length * 4, min: 2 }
  }
}

function longestText(values: Json | undefined): number {
  if (!Array.isArray(values) || values.length === 0) return REQUEST_SIZE - 2
  return Math.max(0, ...values.map((value) => (typeof value === 'string' ? Buffer.byteLength(value) : 0)))
}
