import { DYNAMIC, type Json, type SchemaNode } from '../../../api/index.ts'
import { elementOfItem, isMap, narrow, shapeOf, typeOfField } from './atom.ts'
import { FieldSet } from './field-set.ts'
import { fieldElement, type PathElement } from './path-element.ts'

/** The paths that a value sets: its leaves, its list items, members of maps, and empty or null fields. */
export function toFieldSet(node: SchemaNode, value: Json): FieldSet {
  const set = new FieldSet()
  collect(node, value, [], set)
  return set
}

function collect(node: SchemaNode, value: Json, path: readonly PathElement[], set: FieldSet): void {
  const shape = narrow(shapeOf(node), value)
  if (shape.map) {
    if (shape.map.atomic) set.insert(path)
    else if (isMap(value)) {
      for (const [name, member] of Object.entries(value)) {
        if (member === undefined) continue
        const at = [...path, fieldElement(name)]
        collect(typeOfField(shape.map, name) ?? DYNAMIC, member, at, set)
        const empty = member === null || (isMap(member) && Object.keys(member).length === 0)
        if (empty || !shape.map.fields?.has(name)) set.insert(at)
      }
    }
    return
  }
  if (shape.list && shape.scalar === undefined) {
    if (shape.list.atomic) set.insert(path)
    else if (Array.isArray(value)) {
      const elements = value.map((item) => shape.list && elementOfItem(shape.list, item))
      value.forEach((item, index) => {
        const found = elements[index]
        if (!found || 'error' in found) return
        const at = [...path, found.element]
        const repeated = elements.some(
          (each, other) => other !== index && each && 'element' in each && each.element === found.element,
        )
        if (!repeated && shape.list) collect(shape.list.item, item, at, set)
        set.insert(at)
      })
    }
    return
  }
  set.insert(path)
}
