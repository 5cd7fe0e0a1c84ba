/** A node of a structural OpenAPI schema, as far as it is checked here. */
export interface SchemaNode {
  readonly type?: string
  readonly nullable?: boolean
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: SchemaNode | boolean
  readonly items?: SchemaNode
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly 'x-kubernetes-int-or-string'?: boolean
}

/**
 * The first way in which a value breaks a structural schema (`spec.size: required`); undefined: none of those that are
 * checked, which are types, required fields, enumerations and limits. Metadata is the server's affair.
 */
export function schemaComplaint(schema: SchemaNode, value: unknown, path = ''): string | undefined {
  const here = (why: string): string => `${path === '' ? 'object' : path}: ${why}`
  if (value === null) return schema.nullable === true ? undefined : here('must not be null')
  const type = typeComplaint(schema, value)
  if (type !== undefined) return here(type)
  if (schema.enum !== undefined && !schema.enum.includes(value)) return here(`must be one of ${schema.enum.join(', ')}`)
  const limit = limitComplaint(schema, value)
  if (limit !== undefined) return here(limit)
  if (Array.isArray(value)) return listComplaint(schema, value, path)
  return typeof value === 'object' ? mapComplaint(schema, value as Record<string, unknown>, path) : undefined
}

function listComplaint({ items }: SchemaNode, value: readonly unknown[], path: string): string | undefined {
  if (items === undefined) return undefined
  for (const [index, item] of value.entries()) {
    const complaint = schemaComplaint(items, item, `${path}[${index}]`)
    if (complaint !== undefined) return complaint
  }
  return undefined
}

function mapComplaint(schema: SchemaNode, value: Readonly<Record<string, unknown>>, path: string): string | undefined {
  const missing = (schema.required ?? []).find((key) => value[key] === undefined)
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`)
  if (missing !== undefined) return `${at(missing)}: required`
  const rest = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
  for (const [key, item] of Object.entries(value)) {
    if (path === '' && ['apiVersion', 'kind', 'metadata'].includes(key)) continue
    const node = schema.properties?.[key] ?? rest
    const complaint = node === undefined || item === undefined ? undefined : schemaComplaint(node, item, at(key))
    if (complaint !== undefined) return complaint
  }
  return undefined
}

function typeComplaint(schema: SchemaNode, value: unknown): string | undefined {
  const { type } = schema
  if (schema['x-kubernetes-int-or-string'] === true || type === undefined || type === '') return undefined
  const is: Readonly<Record<string, boolean>> = {
    object: typeof value === 'object' && !Array.isArray(value),
    array: Array.isArray(value),
    string: typeof value === 'string',
    boolean: typeof value === 'boolean',
    integer: Number.isInteger(value),
    number: typeof value === 'number',
  }
  return is[type] === false ? `must be of type ${type}` : undefined
}

function limitComplaint(schema: SchemaNode, value: unknown): string | undefined {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = schema
  const outside = (size: number, low: number | undefined, high: number | undefined): boolean =>
    (low !== undefined && size < low) || (high !== undefined && size > high)
  if (typeof value === 'number' && outside(value, minimum, maximum)) return 'is outside its limits'
  if (typeof value === 'string' && outside([...value].length, minLength, maxLength)) return 'has a wrong length'
  return Array.isArray(value) && outside(value.length, minItems, maxItems) ? 'has a wrong number of items' : undefined
}
