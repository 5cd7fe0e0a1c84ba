import type { ScalarKind, SchemaNode, StructNode } from '../schema/model.ts'
import { escapeName } from './escape.ts'
import { BOOL, BYTES, type CelType, DOUBLE, DYN, INT, listOf, mapOf, STRING, TIMESTAMP } from './types.ts'

/** Absent: expressions do not see values that have no single type in OpenAPI, as quantities. */
const SCALARS: Readonly<Partial<Record<ScalarKind, CelType>>> = {
  string: STRING,
  boolean: BOOL,
  int32: INT,
  int64: INT,
  double: DOUBLE,
  bytes: BYTES,
  time: TIMESTAMP,
  microTime: TIMESTAMP,
  duration: STRING,
  intOrString: DYN,
}

/**
 * The type of a built-in kind's values in expressions, as its OpenAPI schema declares them. Undefined for what
 * expressions cannot see. `name` names structures; a structure within itself has no fields.
 */
export function nodeCelType(
  node: SchemaNode,
  name: string,
  around: ReadonlySet<SchemaNode> = new Set(),
): CelType | undefined {
  switch (node.kind) {
    case 'scalar':
      return SCALARS[node.scalar]
    case 'list': {
      const item = nodeCelType(node.item, `${name}.@idx`, around)
      return item && listOf(item)
    }
    case 'map': {
      const value = nodeCelType(node.value, `${name}.@elem`, around)
      return value && mapOf(STRING, value)
    }
    case 'dynamic':
      return node.name === undefined ? { kind: 'object', name, fields: new Map() } : undefined
    case 'struct':
      return around.has(node) ? { kind: 'object', name, fields: new Map() } : structType(node, name, around)
    default:
      node satisfies never
      return undefined
  }
}

function structType(node: StructNode, name: string, around: ReadonlySet<SchemaNode>): CelType {
  const within = new Set([...around, node])
  const fields = new Map<string, CelType>()
  for (const [field, { node: each }] of node.fields) {
    const escaped = escapeName(field)
    const type = nodeCelType(each, `${name}.${escaped ?? field}`, within)
    if (escaped !== undefined && type !== undefined) fields.set(escaped, type)
  }
  return { kind: 'object', name, fields }
}
