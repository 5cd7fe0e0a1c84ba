import { DYNAMIC, type Json, type JsonObject, type SchemaNode } from '../../../api/index.ts'
import { elementOfItem, isMap, type ListShape, type MapShape, narrow, shapeOf, typeOfField } from './atom.ts'
import type { PathElement } from './path-element.ts'

/**
 * Merges an applied configuration into the live object, as structured-merge-diff's typed Merge: leaves and atomic values
 * come from `right` where it has them, lists are joined by key with the applied order taking precedence. The result
 * shares unchanged parts with the inputs.
 */
export function mergeValues(node: SchemaNode, left: Json | undefined, right: Json | undefined): Json | undefined {
  const shape = narrow(shapeOf(node), right === undefined ? left : right)
  if (shape.map) {
    const before = isMap(left) ? left : undefined
    const after = isMap(right) ? right : undefined
    const bothEmpty = isEmpty(before) && isEmpty(after)
    if (shape.map.atomic || bothEmpty) return right === undefined ? left : right
    return mergeMaps(shape.map, before, after)
  }
  if (shape.list && shape.scalar === undefined) {
    const before = Array.isArray(left) ? left : []
    const after = Array.isArray(right) ? right : []
    if (shape.list.atomic || (before.length === 0 && after.length === 0)) return right === undefined ? left : right
    return mergeLists(shape.list, before, after)
  }
  return right === undefined ? left : right
}

function isEmpty(value: JsonObject | undefined): boolean {
  return value === undefined || Object.keys(value).length === 0
}

function mergeMaps(map: MapShape, left: JsonObject | undefined, right: JsonObject | undefined): JsonObject | undefined {
  const out: JsonObject = {}
  for (const name of new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})])) {
    const merged = mergeValues(typeOfField(map, name) ?? DYNAMIC, left?.[name], right?.[name])
    if (merged !== undefined) out[name] = merged
  }
  return Object.keys(out).length > 0 ? out : undefined
}

interface Indexed {
  readonly element: PathElement
  readonly item: Json
}

function indexItems(list: ListShape, items: readonly Json[]): Indexed[] {
  const out: Indexed[] = []
  for (const item of items) {
    const found = elementOfItem(list, item)
    if ('element' in found) out.push({ element: found.element, item })
  }
  return out
}

/**
 * Joins two keyed lists. Items that both have keep the order of the right list; items that only the left has stay next
 * to their neighbours. `[A B C] + [B A D]` gives `[B A C D]`… by the same walk as upstream: shared items are the anchors.
 */
function mergeLists(list: ListShape, leftItems: readonly Json[], rightItems: readonly Json[]): Json[] | undefined {
  const left = indexItems(list, leftItems)
  const right = indexItems(list, rightItems)
  const inLeft = new Map(left.map((each) => [each.element, each.item]))
  const inRight = new Map(right.map((each) => [each.element, each.item]))
  const duplicated = new Set(
    left
      .filter((each, at) => left.findIndex((other) => other.element === each.element) !== at)
      .map((each) => each.element),
  )
  const shared = right.filter((each) => inLeft.has(each.element)).map((each) => each.element)
  const done = new Set<PathElement>()
  const out: Json[] = []
  const emit = (element: PathElement, fallback?: Json): void => {
    const before = fallback ?? (duplicated.has(element) ? undefined : inLeft.get(element))
    const merged = mergeValues(list.item, before, fallback === undefined ? inRight.get(element) : undefined)
    if (merged !== undefined) out.push(merged)
  }
  let nextShared = shared.shift()
  let l = 0
  let r = 0
  while (l < left.length || r < right.length) {
    const leftElement = left[l]?.element
    const rightElement = right[r]?.element
    if (leftElement !== undefined && rightElement !== undefined) {
      if (leftElement === rightElement) {
        done.add(leftElement)
        emit(leftElement)
        l++
        r++
        nextShared = shared.shift()
        continue
      }
      if (inRight.has(leftElement) && nextShared !== undefined && nextShared !== leftElement) {
        l++
        continue
      }
    }
    if (leftElement !== undefined) {
      if (!inRight.has(leftElement)) {
        emit(leftElement, left[l]?.item ?? null)
        l++
        continue
      }
      if (done.has(leftElement)) l++
    }
    if (rightElement !== undefined) {
      done.add(rightElement)
      emit(rightElement)
      r++
      if (nextShared === rightElement) nextShared = shared.shift()
    }
  }
  return out.length > 0 ? out : undefined
}
