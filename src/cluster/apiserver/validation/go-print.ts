import {
  type FieldNode,
  findType,
  type Json,
  type JsonObject,
  METADATA_FIELDS,
  objectAt,
  type SchemaNode,
} from '../../../api/index.ts'
import { GO_FIELDS } from './go-fields.ts'
import { printSelector } from './selector.ts'

interface GoField {
  readonly name: string
  readonly json: string
  readonly type: string | undefined
}

const parsed = new Map<string, readonly GoField[]>()

function fieldsOf(type: string): readonly GoField[] | undefined {
  const known = parsed.get(type)
  if (known) return known
  const fields = GO_FIELDS[type]?.split(' ').map((text) => {
    const [left = '', struct] = text.split(':')
    const [name = '', json = name.charAt(0).toLowerCase() + name.slice(1)] = left.split('=')
    return { name, json, type: struct }
  })
  if (fields) parsed.set(type, fields)
  return fields
}

/** A value as Go prints its internal struct in JSON: all fields by Go's names and in Go's order, nil as null. */
export function printGoStruct(type: string, value: JsonObject): JsonObject {
  const fields = fieldsOf(type)
  const schema = findType(`io.k8s.api.core.v1.${type}`)?.fields
  if (!fields) return value
  const out: JsonObject = type === 'PersistentVolumeClaimTemplate' ? printMetadata(objectAt(value, 'metadata')) : {}
  for (const field of fields) out[field.name] = printField(field, schema?.get(field.json), value[field.json])
  return out
}

/** Metadata that a Go struct embeds: its fields stand among the struct's own, under their names in JSON. */
export function printMetadata(metadata: JsonObject | undefined): JsonObject {
  const present = METADATA_FIELDS.filter((key) => metadata?.[key] !== undefined && metadata[key] !== null)
  return Object.fromEntries(present.map((key) => [key, sortedMap(metadata?.[key] ?? null)]))
}

function printField(field: GoField, node: FieldNode | undefined, value: Json | undefined): Json {
  if (value === undefined || value === null) return zero(field, node)
  if (field.type === undefined) return isSelector(node) ? printSelector(value as JsonObject) : sortedMap(value)
  if (Array.isArray(value)) return value.map((item) => printItem(field.type ?? '', item))
  return printItem(field.type, value)
}

function isSelector(node: FieldNode | undefined): boolean {
  return node?.node.kind === 'struct' && node.node.name.endsWith('.LabelSelector')
}

function printItem(type: string, value: Json): Json {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? printGoStruct(type, value) : value
}

function zero(field: GoField, node: FieldNode | undefined): Json {
  if (!node || node.pointer) return null
  if (node.node.kind === 'struct') return field.type ? printGoStruct(field.type, {}) : {}
  return node.node.kind === 'scalar' ? zeroScalar(node.node) : null
}

function zeroScalar(node: SchemaNode): Json {
  if (node.kind !== 'scalar') return null
  switch (node.scalar) {
    case 'boolean':
      return false
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0
    case 'quantity':
      return '0'
    case 'string':
      return ''
    default:
      return null
  }
}

function sortedMap(value: Json): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
