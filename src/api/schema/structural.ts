import type { Json, JsonObject } from '../object.ts'
import { META_PACKAGE, findType } from './builtin.ts'
import { DYNAMIC, type FieldNode, type SchemaNode, type StructNode } from './model.ts'

/**
 * The type that an OpenAPI v3 schema of a CustomResourceDefinition describes: list and map kinds from the
 * `x-kubernetes-*` extensions, unknown fields kept where it says so. As structural schemas of Kubernetes.
 */
export function structuralNode(schema: JsonObject | undefined): SchemaNode {
  if (!schema || schema['x-kubernetes-int-or-string'] === true) {
    return schema ? { kind: 'scalar', scalar: 'intOrString' } : DYNAMIC
  }
  const preserve = schema['x-kubernetes-preserve-unknown-fields'] === true
  const properties = asObject(schema.properties)
  const additional = schema.additionalProperties
  switch (schema.type) {
    case 'array':
      return listNode(schema)
    case 'object':
      if (properties || schema['x-kubernetes-embedded-resource'] === true)
        return structNode(schema, properties ?? {}, preserve)
      if (additional !== undefined && additional !== false) {
        const value = additional === true ? DYNAMIC : structuralNode(asObject(additional))
        return { kind: 'map', value, atomic: schema['x-kubernetes-map-type'] === 'atomic' }
      }
      return preserve ? { kind: 'dynamic' } : structNode(schema, {}, false)
    case 'string':
    case 'boolean':
      return { kind: 'scalar', scalar: schema.type }
    case 'integer':
      return { kind: 'scalar', scalar: 'int64' }
    case 'number':
      return { kind: 'scalar', scalar: 'double' }
    default:
      return properties ? structNode(schema, properties, preserve) : DYNAMIC
  }
}

function listNode(schema: JsonObject): SchemaNode {
  const item = structuralNode(asObject(schema.items))
  const listType = schema['x-kubernetes-list-type']
  if (listType === 'set') return { kind: 'list', item, listType, keys: [] }
  if (listType === 'map') {
    const keys = schema['x-kubernetes-list-map-keys']
    return { kind: 'list', item, listType, keys: Array.isArray(keys) ? keys.map(String) : [] }
  }
  return { kind: 'list', item, listType: 'atomic', keys: [] }
}

function structNode(schema: JsonObject, properties: JsonObject, preserve: boolean): StructNode {
  const required = Array.isArray(schema.required) ? schema.required : []
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  let fields: Map<string, FieldNode> | undefined
  return {
    kind: 'struct',
    name: '',
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    ...(preserve && { preserveUnknown: true }),
    ...(embedded && { embedded: true }),
    get fields() {
      fields ??= structFields(properties, required, embedded)
      return fields
    },
  }
}

function structFields(properties: JsonObject, required: readonly Json[], embedded: boolean): Map<string, FieldNode> {
  const fields = new Map<string, FieldNode>()
  if (embedded) for (const field of typeMetaFields()) fields.set(field.name, field)
  for (const [name, value] of Object.entries(properties)) {
    if (embedded && fields.has(name)) continue
    const schema = asObject(value)
    fields.set(name, plainField(name, structuralNode(schema), required.includes(name), schema?.default))
  }
  return fields
}

function plainField(name: string, node: SchemaNode, required: boolean, value: Json | undefined): FieldNode {
  return {
    name,
    node,
    required,
    pointer: true,
    always: false,
    omitZero: false,
    ...(value !== undefined && { default: value }),
  }
}

function typeMetaFields(): FieldNode[] {
  const meta = findType(`${META_PACKAGE}.ObjectMeta`) ?? DYNAMIC
  const text: SchemaNode = { kind: 'scalar', scalar: 'string' }
  return [
    plainField('apiVersion', text, false, undefined),
    plainField('kind', text, false, undefined),
    plainField('metadata', meta, false, undefined),
  ]
}

/** The type of a custom resource as a whole: its schema with apiVersion, kind and metadata in front. */
export function customResourceNode(schema: JsonObject | undefined): StructNode {
  const fields = new Map<string, FieldNode>(typeMetaFields().map((field) => [field.name, field]))
  const root = schema ? structuralNode({ type: 'object', ...schema }) : DYNAMIC
  if (root.kind === 'struct') for (const [name, field] of root.fields) if (!fields.has(name)) fields.set(name, field)
  const open = root.kind !== 'struct' || root.preserveUnknown === true
  return { kind: 'struct', name: '', atomic: false, fields, ...(open && { preserveUnknown: true }) }
}

/**
 * Drops the fields that a custom resource's schema does not know, in place, and returns their paths in document order.
 * metadata is not looked at: it is decoded as built-in metadata.
 */
export function pruneObject(node: SchemaNode, value: unknown, path = ''): string[] {
  const dropped: string[] = []
  prune(node, value, path, dropped)
  return dropped
}

function prune(node: SchemaNode, value: unknown, path: string, dropped: string[]): void {
  if (value === null || typeof value !== 'object') return
  if (Array.isArray(value)) {
    if (node.kind !== 'list') return
    value.forEach((item, index) => {
      prune(node.item, item, `${path}[${index}]`, dropped)
    })
    return
  }
  const object = value as JsonObject
  for (const key of Object.keys(object)) {
    const at = path === '' ? key : `${path}.${key}`
    if (node.kind === 'map') prune(node.value, object[key], at, dropped)
    if (node.kind !== 'struct') continue
    const field = node.fields.get(key)
    if (field) {
      if (key !== 'metadata' || (path !== '' && !node.embedded)) prune(field.node, object[key], at, dropped)
    } else if (!node.preserveUnknown) {
      delete object[key]
      dropped.push(at)
    }
  }
}

/**
 * Drops nulls that a structural schema neither allows nor has a default for, in place. What is decoded goes through it,
 * as in Kubernetes; what server-side apply merged does not, so that its nulls are found by validation.
 */
export function dropNulls(schema: JsonObject | undefined, value: unknown): void {
  if (!schema || value === null || typeof value !== 'object') return
  if (Array.isArray(value)) {
    for (const item of value) dropNulls(asObject(schema.items), item)
    return
  }
  const object = value as JsonObject
  for (const [name, current] of Object.entries(object)) {
    const property = schemaOfMember(schema, name)
    if (property && isForbiddenNull(property, current) && property.default === undefined) delete object[name]
    else dropNulls(property, current)
  }
}

/** Fills in the defaults of a structural schema, in place; nulls where a default stands and null is not allowed are replaced. */
export function applyStructuralDefaults(schema: JsonObject | undefined, value: unknown): void {
  if (!schema || value === null || typeof value !== 'object') return
  if (Array.isArray(value)) {
    const items = asObject(schema.items)
    for (const [index, item] of value.entries()) {
      if (items && isForbiddenNull(items, item)) value[index] = defaultOf(items)
      applyStructuralDefaults(items, value[index])
    }
    return
  }
  const object = value as JsonObject
  for (const [name, each] of Object.entries(asObject(schema.properties) ?? {})) {
    const property = asObject(each)
    if (property?.default === undefined) continue
    if (object[name] === undefined || isForbiddenNull(property, object[name])) object[name] = defaultOf(property)
  }
  for (const name of Object.keys(object)) {
    const member = schemaOfMember(schema, name)
    if (member && isForbiddenNull(member, object[name])) object[name] = defaultOf(member)
    applyStructuralDefaults(member, object[name])
  }
}

function isForbiddenNull(schema: JsonObject, value: unknown): boolean {
  return value === null && schema.nullable !== true
}

function defaultOf(schema: JsonObject): Json {
  return structuredClone(schema.default ?? null)
}

function schemaOfMember(schema: JsonObject, name: string): JsonObject | undefined {
  return asObject(asObject(schema.properties)?.[name]) ?? asObject(schema.additionalProperties)
}

function asObject(value: Json | undefined): JsonObject | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined
}
