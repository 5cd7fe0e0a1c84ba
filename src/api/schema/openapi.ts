import type { GroupVersionKind, Json, JsonObject } from '../object.ts'
import type { DynamicNode, FieldNode, ScalarKind, SchemaNode, StructNode } from './model.ts'

const REF = '#/components/schemas/'
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** Types that stand as components of their own although they are leaves here. */
const NAMED_LEAVES: Readonly<Partial<Record<ScalarKind, { readonly name: string; readonly schema: JsonObject }>>> = {
  time: { name: `${META}.Time`, schema: { description: 'A time.', type: 'string', format: 'date-time' } },
  microTime: {
    name: `${META}.MicroTime`,
    schema: { description: 'A time with microseconds.', type: 'string', format: 'date-time' },
  },
  duration: { name: `${META}.Duration`, schema: { description: 'A duration.', type: 'string' } },
  quantity: {
    name: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
    schema: { description: 'A quantity.', oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  intOrString: {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    schema: {
      description: 'A number or a text.',
      format: 'int-or-string',
      oneOf: [{ type: 'integer' }, { type: 'string' }],
    },
  },
}

const DYNAMIC_LEAF = {
  object: { name: `${META}.FieldsV1`, schema: { description: 'A set of fields.', type: 'object' } },
  any: { name: 'io.k8s.apimachinery.pkg.runtime.RawExtension', schema: { description: 'Any object.', type: 'object' } },
}

const PLAIN: Readonly<Partial<Record<ScalarKind, JsonObject>>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
}

const ZERO: Readonly<Partial<Record<ScalarKind, Json>>> = { string: '', boolean: false, int32: 0, int64: 0, double: 0 }

/** A name as words: `maxSurge` becomes `max surge`, `tlsCert` `tls cert`. */
function words(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/\b[A-Z](?=[a-z])/g, (letter) => letter.toLowerCase())
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** What the schema source says of a type (by its full name), or of one of its fields; undefined when it says nothing. */
export type Describe = (typeName: string, field?: string) => string | undefined

const NOTHING: Describe = () => undefined

/**
 * The schema of a struct as OpenAPI v3 documents of Kubernetes show it. Without a description from the schema source,
 * names in words stand for one.
 */
export function openapiSchema(
  node: StructNode,
  gvks: readonly GroupVersionKind[] = [],
  describe: Describe = NOTHING,
): JsonObject {
  const properties: JsonObject = {}
  const required: string[] = []
  const type = words(node.name.slice(node.name.lastIndexOf('.') + 1))
  for (const field of node.fields.values()) {
    const description = describe(node.name, field.name) ?? sentence(`${words(field.name)} of the ${type}`)
    properties[field.name] = { description, ...fieldSchema(field) }
    if (field.required) required.push(field.name)
  }
  return {
    description: describe(node.name) ?? sentence(type),
    type: 'object',
    ...(node.fields.size > 0 && { properties }),
    ...(required.length > 0 && { required }),
    ...(node.atomic && { 'x-kubernetes-map-type': 'atomic' }),
    ...(gvks.length > 0 && {
      'x-kubernetes-group-version-kind': gvks.map(({ group, kind, version }) => ({ group, kind, version })),
    }),
  }
}

function fieldSchema(field: FieldNode): JsonObject {
  const schema = nodeSchema(field.node)
  const value = field.default ?? zeroDefault(field)
  if (value !== undefined) schema.default = value
  const { node, patch } = field
  if (node.kind === 'list') {
    if (patch?.listType) schema['x-kubernetes-list-type'] = patch.listType
    if (patch?.listType === 'map') schema['x-kubernetes-list-map-keys'] = [...node.keys]
  }
  if (node.kind === 'map' && node.atomic) schema['x-kubernetes-map-type'] = 'atomic'
  const strategy = [
    ...(patch?.merge ? ['merge'] : []),
    ...(patch?.retainKeys ? ['retainKeys'] : []),
    ...(patch?.replace ? ['replace'] : []),
  ].join(',')
  if (strategy) schema['x-kubernetes-patch-strategy'] = strategy
  if (patch?.mergeKey !== undefined) schema['x-kubernetes-patch-merge-key'] = patch.mergeKey
  return schema
}

function zeroDefault(field: FieldNode): Json | undefined {
  const { node } = field
  if (field.pointer) return undefined
  if (node.kind === 'struct') return {}
  return node.kind === 'scalar' && field.always ? ZERO[node.scalar] : undefined
}

function nodeSchema(node: SchemaNode): JsonObject {
  switch (node.kind) {
    case 'scalar': {
      const named = NAMED_LEAVES[node.scalar]
      if (named) return { allOf: [{ $ref: REF + named.name }] }
      return { ...PLAIN[node.scalar], ...(node.enum && { enum: [...node.enum] }) }
    }
    case 'struct':
      return { allOf: [{ $ref: REF + node.name }] }
    case 'list':
      return { type: 'array', items: elementSchema(node.item) }
    case 'map':
      return { type: 'object', additionalProperties: elementSchema(node.value) }
    case 'dynamic':
      return { allOf: [{ $ref: REF + dynamicLeaf(node).name }] }
  }
}

function elementSchema(node: SchemaNode): JsonObject {
  if (node.kind === 'struct') return { allOf: [{ $ref: REF + node.name }], default: {} }
  if (node.kind === 'scalar' && NAMED_LEAVES[node.scalar])
    return { $ref: REF + (NAMED_LEAVES[node.scalar]?.name ?? '') }
  if (node.kind === 'dynamic') return { $ref: REF + dynamicLeaf(node).name }
  return nodeSchema(node)
}

/** The component of values of any shape. */
function dynamicLeaf(
  node: DynamicNode,
  describe: Describe = NOTHING,
): { readonly name: string; readonly schema: JsonObject } {
  const { name, object } = node
  if (name === undefined) return object === true ? DYNAMIC_LEAF.object : DYNAMIC_LEAF.any
  return { name, schema: { description: describe(name) ?? 'Any value.' } }
}

/** The components that `roots` and everything below them refer to, by name. */
export function openapiComponents(
  roots: readonly { readonly node: StructNode; readonly gvks: readonly GroupVersionKind[] }[],
  describe: Describe = NOTHING,
): JsonObject {
  const gvks = new Map(roots.map((root) => [root.node.name, root.gvks]))
  const found = new Map<string, JsonObject>()
  const visit = (node: SchemaNode): void => {
    if (node.kind === 'list') visit(node.item)
    else if (node.kind === 'map') visit(node.value)
    else if (node.kind === 'dynamic') {
      const leaf = dynamicLeaf(node, describe)
      found.set(leaf.name, leaf.schema)
    } else if (node.kind === 'scalar') {
      const leaf = NAMED_LEAVES[node.scalar]
      if (leaf) found.set(leaf.name, leaf.schema)
    } else if (!found.has(node.name)) {
      found.set(node.name, {})
      for (const field of node.fields.values()) visit(field.node)
      found.set(node.name, openapiSchema(node, gvks.get(node.name), describe))
    }
  }
  for (const root of roots) visit(root.node)
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The same schemas in the form of OpenAPI v2: references stand alone, without defaults. */
export function toDefinitions(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(toDefinitions)
  if (schema === null || typeof schema !== 'object') return schema
  const out: JsonObject = {}
  for (const [key, value] of Object.entries(schema)) {
    if (value === undefined) continue
    if (key === 'default' && 'allOf' in schema) continue
    if (key === 'allOf' && Array.isArray(value) && value.length === 1)
      Object.assign(out, toDefinitions(value[0] ?? null))
    else if (key === '$ref' && typeof value === 'string') out.$ref = value.replace(REF, '#/definitions/')
    else if (key === 'oneOf' && schema.format === 'int-or-string') out.type = 'string'
    else out[key] = toDefinitions(value)
  }
  return out
}
