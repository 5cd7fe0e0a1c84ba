import { type Json, jsonEqual, type SchemaNode } from '../../../api/index.ts'
import {
  elementOfItem,
  isMap,
  type ListShape,
  type MapShape,
  narrow,
  type Shape,
  shapeOf,
  typeOfField,
} from './atom.ts'
import { FieldSet } from './field-set.ts'
import { fieldElement, type PathElement } from './path-element.ts'
import { DYNAMIC } from '../../../api/index.ts'

/** What differs between two values of one type, as sets of paths. */
export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

/**
 * Compares two values as structured-merge-diff's typed Compare: leaves and atomic values by equality, items of lists by
 * key or value; containers that exist on one side only count as well.
 */
export function compareValues(node: SchemaNode, left: Json | undefined, right: Json | undefined): Comparison {
  const result: Comparison = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() }
  compare({ node, path: [], result }, left, right)
  return result
}

interface Walk {
  readonly node: SchemaNode
  readonly path: readonly PathElement[]
  readonly result: Comparison
}

function compare(walk: Walk, left: Json | undefined, right: Json | undefined): void {
  const shape = shapeOf(walk.node)
  const leftShape = narrow(shape, left)
  const rightShape = narrow(shape, right)
  let leaf: boolean
  if (right === undefined) leaf = visit(walk, leftShape, left, right)
  else if (left === undefined || sameKind(leftShape, rightShape)) leaf = visit(walk, rightShape, left, right)
  else {
    // Another kind of value: what was there goes, what comes is new.
    const asLeft = visit(walk, leftShape, left, right)
    leaf = visit(walk, rightShape, left, right) && asLeft
  }
  if (leaf) return
  if (left === undefined) walk.result.added.insert(walk.path)
  else if (right === undefined) walk.result.removed.insert(walk.path)
}

function sameKind(a: Shape, b: Shape): boolean {
  return (a.map === undefined) === (b.map === undefined) && (a.list === undefined) === (b.list === undefined)
}

/** Compares in one reading; true when the value was taken as a leaf. */
function visit(walk: Walk, shape: Shape, left: Json | undefined, right: Json | undefined): boolean {
  if (shape.map) {
    const before = isMap(left) ? left : undefined
    const after = isMap(right) ? right : undefined
    const bothEmpty = isEmptyMap(before) && isEmptyMap(after)
    if (shape.map.atomic || bothEmpty) return compareLeaf(walk, left, right)
    compareMaps(walk, shape.map, before, after)
    return false
  }
  if (shape.list && shape.scalar === undefined) {
    const before = Array.isArray(left) ? left : undefined
    const after = Array.isArray(right) ? right : undefined
    const bothEmpty = (before?.length ?? 0) === 0 && (after?.length ?? 0) === 0
    if (shape.list.atomic || bothEmpty) return compareLeaf(walk, left, right)
    compareLists(walk, shape.list, before ?? [], after ?? [])
    return false
  }
  return compareLeaf(walk, left, right)
}

function isEmptyMap(value: { readonly [key: string]: unknown } | undefined): boolean {
  if (value === undefined) return true
  for (const key in value) if (value[key] !== undefined) return false
  return true
}

function compareLeaf(walk: Walk, left: Json | undefined, right: Json | undefined): boolean {
  if (left === undefined) walk.result.added.insert(walk.path)
  else if (right === undefined) walk.result.removed.insert(walk.path)
  else if (!jsonEqual(left, right)) walk.result.modified.insert(walk.path)
  return true
}

function compareMaps(
  walk: Walk,
  map: MapShape,
  left: { readonly [key: string]: Json | undefined } | undefined,
  right: { readonly [key: string]: Json | undefined } | undefined,
): void {
  const names = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})])
  for (const name of names) {
    const before = left?.[name]
    const after = right?.[name]
    if (before === undefined && after === undefined) continue
    const node = typeOfField(map, name) ?? DYNAMIC
    compare({ node, path: [...walk.path, fieldElement(name)], result: walk.result }, before, after)
  }
}

function compareLists(walk: Walk, list: ListShape, left: readonly Json[], right: readonly Json[]): void {
  const before = groupItems(list, left)
  const after = groupItems(list, right)
  for (const element of new Set([...before.keys(), ...after.keys()])) {
    const olds = before.get(element) ?? []
    const news = after.get(element) ?? []
    const path = [...walk.path, element]
    const inner = { node: list.item, path, result: walk.result }
    if (olds.length <= 1 && news.length <= 1) compare(inner, olds[0], news[0])
    else if (olds.length >= 2 && news.length >= 2) {
      if (!jsonEqual(olds, news)) walk.result.modified.insert(path)
    } else if (olds.length >= 2) {
      if (news.length > 0) compare(inner, undefined, news[0])
      walk.result.removed.insert(path)
    } else {
      if (olds.length > 0) compare(inner, olds[0], undefined)
      walk.result.added.insert(path)
    }
  }
}

function groupItems(list: ListShape, items: readonly Json[]): Map<PathElement, Json[]> {
  const groups = new Map<PathElement, Json[]>()
  for (const item of items) {
    const found = elementOfItem(list, item)
    if ('error' in found) continue
    const group = groups.get(found.element)
    if (group) group.push(item)
    else groups.set(found.element, [item])
  }
  return groups
}
