import { ApiValueError } from '../errors.ts'
import type { Json, JsonObject } from '../object.ts'
import { isJsonObject, jsonEqual } from './merge-patch.ts'

/** Go's `%v` of a JSON value, as error texts of patches print maps: `map[image:noname]`. */
export function printGo(value: Json | undefined): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(printGo).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  const keys = Object.keys(value).sort()
  return `map[${keys.map((key) => `${key}:${printGo(value[key])}`).join(' ')}]`
}

/** The error of a list item without its merge key. */
export function missingMergeKey(item: JsonObject, mergeKey: string): ApiValueError {
  return new ApiValueError('BAD_PATCH', `map: ${printGo(item)} does not contain declared merge key: ${mergeKey}`)
}

/** Where `item` stands in `list`: by merge key for objects, by value otherwise; -1 when it does not. */
export function indexOfItem(list: readonly Json[], item: Json, mergeKey: string): number {
  if (isJsonObject(item) && mergeKey !== '') {
    const key = item[mergeKey]
    return list.findIndex(
      (each) => isJsonObject(each) && each[mergeKey] !== undefined && jsonEqual(each[mergeKey], key),
    )
  }
  return list.findIndex((each) => jsonEqual(each, item))
}

/** Splits `items` into those that `list` names and the rest. */
export function partition(items: readonly Json[], list: readonly Json[], mergeKey: string): [Json[], Json[]] {
  const named: Json[] = []
  const rest: Json[] = []
  for (const item of items) (indexOfItem(list, item, mergeKey) >= 0 ? named : rest).push(item)
  return [named, rest]
}

/** Sorts items by their place in `order`; items that it does not name keep their order, at the end. */
export function sortByOrder(items: readonly Json[], order: readonly Json[], mergeKey: string): Json[] {
  const place = (item: Json): number => {
    const at = indexOfItem(order, item, mergeKey)
    return at < 0 ? order.length : at
  }
  return items
    .map((item, position) => ({ item, position, at: place(item) }))
    .sort((a, b) => a.at - b.at || a.position - b.position)
    .map(({ item }) => item)
}

/**
 * The order of a merged list: items of the patch in the patch's order, the others in the server's order, and an item of
 * the server comes before one of the patch only when both stood on the server in that order.
 */
export function mergeOrder(
  patchItems: readonly Json[],
  serverItems: readonly Json[],
  options: { readonly patchOrder: readonly Json[]; readonly serverOrder: readonly Json[]; readonly mergeKey: string },
): Json[] {
  const { patchOrder, serverOrder, mergeKey } = options
  const right = sortByOrder(patchItems, patchOrder, mergeKey)
  const left = sortByOrder(serverItems, serverOrder, mergeKey)
  const out: Json[] = []
  let i = 0
  let j = 0
  while (i < left.length && j < right.length) {
    const a = left[i] ?? null
    const b = right[j] ?? null
    const atLeft = indexOfItem(serverOrder, a, mergeKey)
    const atRight = indexOfItem(serverOrder, b, mergeKey)
    if (atLeft >= 0 && atRight >= 0 && atLeft < atRight) {
      out.push(a)
      i++
    } else {
      out.push(b)
      j++
    }
  }
  return [...out, ...left.slice(i), ...right.slice(j)]
}

/** Removes repeated scalars; the first one stays. */
export function uniqueItems(items: readonly Json[]): Json[] {
  const out: Json[] = []
  for (const item of items) if (!out.some((each) => jsonEqual(each, item))) out.push(item)
  return out
}
