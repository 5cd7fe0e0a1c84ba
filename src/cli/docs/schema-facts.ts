/** A JSON schema as it was read. */
export type SchemaNode = Readonly<Record<string, unknown>>

/** What a schema says about one value. */
export interface SchemaFacts {
  readonly type: string
  readonly description: string
  /** Its default as JSON. */
  readonly default: string | undefined
  readonly required: boolean
  readonly deprecated: boolean
  /** Allowed values as JSON. */
  readonly allowed: readonly string[]
  /** Names of the members it describes. */
  readonly properties: readonly string[]
}

/** As many references as are followed for one value, so that circles end. */
const maxReferences = 32

/** What a schema says about the value at a path; undefined when it says nothing. Only references within the document are followed. */
export function schemaFactsAt(schema: SchemaNode | undefined, path: readonly string[]): SchemaFacts | undefined {
  if (schema === undefined) return undefined
  let node: SchemaNode | undefined = resolved(schema, schema)
  let required = false
  for (const name of path) {
    required = Array.isArray(node?.required) && node.required.includes(name)
    const properties = objectOf(node?.properties)
    const next = properties !== undefined && Object.hasOwn(properties, name) ? objectOf(properties[name]) : undefined
    node = next === undefined ? undefined : resolved(schema, next)
    if (node === undefined) return undefined
  }
  if (node === undefined) return undefined
  const { type, description, deprecated } = node
  return {
    type: typeText(type),
    description: typeof description === 'string' ? description.replace(/\s+/g, ' ').trim() : '',
    default: node.default === undefined ? undefined : JSON.stringify(node.default),
    required,
    deprecated: deprecated === true,
    allowed: Array.isArray(node.enum) ? node.enum.map((item) => JSON.stringify(item)) : [],
    properties: Object.keys(objectOf(node.properties) ?? {}),
  }
}

/** The schema behind `$ref`, with what stands beside the reference. */
function resolved(root: SchemaNode, node: SchemaNode): SchemaNode | undefined {
  let current: SchemaNode = node
  for (let step = 0; typeof current.$ref === 'string'; step++) {
    const target = step < maxReferences ? pointed(root, current.$ref) : undefined
    if (target === undefined) return current
    const { $ref: _followed, ...beside } = current
    current = { ...target, ...beside }
  }
  return current
}

function pointed(root: SchemaNode, reference: string): SchemaNode | undefined {
  if (!reference.startsWith('#')) return undefined
  let current: unknown = root
  for (const part of reference.slice(1).split('/').slice(1)) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    const members = objectOf(current)
    current = members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined
  }
  return objectOf(current)
}

function objectOf(value: unknown): SchemaNode | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as SchemaNode) : undefined
}

const typeWords: Readonly<Record<string, string>> = { integer: 'int', number: 'float', boolean: 'bool', array: 'list' }

function typeText(type: unknown): string {
  const names = Array.isArray(type) ? type : [type]
  return names.flatMap((name) => (typeof name === 'string' ? [typeWords[name] ?? name] : [])).join(' or ')
}
