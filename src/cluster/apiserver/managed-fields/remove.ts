import { DYNAMIC, type Json, type JsonObject, type SchemaNode } from '../../../api/index.ts'
import { elementOfItem, isMap, narrow, shapeOf, typeOfField } from './atom.ts'
import type { FieldSet } from './field-set.ts'
import { fieldElement } from './path-element.ts'

/** A copy of `value` without the fields and items of `set`; atomic values are never taken apart. */
export function removeFields(node: SchemaNode, value: Json, set: FieldSet): Json | undefined {
  const shape = narrow(shapeOf(node), value)
  if (shape.map && isMap(value)) {
    if (shape.map.atomic) return value
    const out: JsonObject = {}
    let matched = false
    for (const [name, member] of Object.entries(value)) {
      const element = fieldElement(name)
      if (member === undefined || set.members.has(element)) continue
      const below = set.below(element)
      if (below.empty) {
        out[name] = member
        continue
      }
      matched = true
      out[name] = removeFields(typeOfField(shape.map, name) ?? DYNAMIC, member, below) ?? emptyLike(member)
    }
    return Object.keys(out).length > 0 || matched ? out : undefined
  }
  if (shape.list && Array.isArray(value)) {
    const { list } = shape
    if (list.atomic || value.length === 0) return value
    const out: Json[] = []
    let matched = false
    for (const item of value) {
      const found = elementOfItem(list, item)
      if ('error' in found) {
        out.push(item)
        continue
      }
      if (set.members.has(found.element)) continue
      const below = set.below(found.element)
      if (below.empty) {
        out.push(item)
        continue
      }
      matched = true
      out.push(removeFields(list.item, item, below) ?? emptyLike(item))
    }
    return out.length > 0 || matched ? out : undefined
  }
  return value
}

function emptyLike(value: Json): Json {
  if (Array.isArray(value)) return []
  return isMap(value) ? {} : null
}
