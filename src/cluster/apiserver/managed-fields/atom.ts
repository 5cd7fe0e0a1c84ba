import { DYNAMIC, type FieldNode, type Json, type JsonObject, type SchemaNode } from '../../../api/index.ts'
import { keyElement, type PathElement, valueElement } from './path-element.ts'

/** How a value that is an object is to be treated. */
export interface MapShape {
  readonly fields: ReadonlyMap<string, FieldNode> | undefined
  /** Type of members that are not named fields; undefined: there may be none. */
  readonly element: SchemaNode | undefined
  readonly atomic: boolean
}

/** How a value that is a list is to be treated. */
export interface ListShape {
  readonly item: SchemaNode
  readonly atomic: boolean
  readonly keys: readonly string[]
}

/** The ways a type may be read; a dynamic type has all three. */
export interface Shape {
  readonly map?: MapShape
  readonly list?: ListShape
  readonly scalar?: 'string' | 'numeric' | 'boolean' | 'untyped'
}

const SCALARS = {
  string: 'string',
  bytes: 'string',
  duration: 'string',
  boolean: 'boolean',
  int32: 'numeric',
  int64: 'numeric',
  double: 'numeric',
  time: 'untyped',
  microTime: 'untyped',
  quantity: 'untyped',
  intOrString: 'untyped',
} as const

/** A value below an undeclared one: its lists are atomic, its maps are owned by member. */
const DEDUCED: Shape = {
  scalar: 'untyped',
  list: { item: DYNAMIC, atomic: true, keys: [] },
  map: { fields: undefined, element: DYNAMIC, atomic: false },
}

const shapes = new WeakMap<SchemaNode, Shape>()

/** The shape of a type. */
export function shapeOf(node: SchemaNode): Shape {
  const known = shapes.get(node)
  if (known) return known
  const shape = computeShape(node)
  shapes.set(node, shape)
  return shape
}

function computeShape(node: SchemaNode): Shape {
  switch (node.kind) {
    case 'scalar':
      return { scalar: SCALARS[node.scalar] }
    case 'struct':
      return {
        map: { fields: node.fields, element: node.preserveUnknown ? DYNAMIC : undefined, atomic: node.atomic },
      }
    case 'map':
      return { map: { fields: undefined, element: node.value, atomic: node.atomic } }
    case 'list':
      return { list: { item: node.item, atomic: node.listType === 'atomic', keys: node.keys } }
    case 'dynamic':
      if (node.whole === true) return { map: { ...(DEDUCED.map as MapShape), atomic: true } }
      return node.object ? { map: DEDUCED.map as MapShape } : DEDUCED
  }
}

/** The one way in which a value of this type is read: dynamic types are narrowed by the value. */
export function narrow(shape: Shape, value: Json | undefined): Shape {
  if (value === undefined || value === null) return shape
  if (Array.isArray(value)) return shape.list ? { list: shape.list } : shape
  if (typeof value === 'object') return shape.map ? { map: shape.map } : shape
  return shape.scalar ? { scalar: shape.scalar } : shape
}

/** Whether a value is an object. */
export function isMap(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** The type of a field of an object; undefined when the schema does not declare it. */
export function typeOfField(map: MapShape, name: string): SchemaNode | undefined {
  return map.fields?.get(name)?.node ?? map.element
}

/** The type below an element of a path; dynamic when it is not declared. */
export function typeOfChild(node: SchemaNode, element: PathElement): SchemaNode {
  const shape = shapeOf(node)
  if (element.startsWith('f:')) return (shape.map && typeOfField(shape.map, element.slice(2))) ?? DYNAMIC
  return shape.list?.item ?? DYNAMIC
}

/** The element of an item of a list that is no atomic one, or why it has none. */
export function elementOfItem(
  list: ListShape,
  item: Json,
): { readonly element: PathElement } | { readonly error: string } {
  if (list.keys.length === 0) {
    if (item === null) return { error: "associative list without keys has an element that's an explicit null" }
    if (Array.isArray(item)) return { error: 'not supported: associative list with lists as elements' }
    if (typeof item === 'object') return { error: "associative list without keys has an element that's a map type" }
    return { element: valueElement(item) }
  }
  if (item === null) return { error: 'associative list with keys may not have a null element' }
  if (!isMap(item)) return { error: 'associative list with keys may not have non-map elements' }
  const keys: JsonObject = {}
  for (const name of list.keys) {
    const value = item[name] ?? keyDefault(list, name)
    if (value !== undefined) keys[name] = value
  }
  if (Object.keys(keys).length === 0) {
    const names = list.keys.map((key) => JSON.stringify(key)).join(' ')
    return {
      error: `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
    }
  }
  return { element: keyElement(keys) }
}

function keyDefault(list: ListShape, name: string): Json | undefined {
  const field = shapeOf(list.item).map?.fields?.get(name)
  if (!field) return undefined
  if (field.default !== undefined) return field.default
  if (field.pointer || !field.always || field.node.kind !== 'scalar') return undefined
  const scalar = SCALARS[field.node.scalar]
  if (scalar === 'string') return ''
  return scalar === 'numeric' ? 0 : scalar === 'boolean' ? false : undefined
}
