import { ApiValueError } from '../errors.ts'
import type { Json, JsonObject } from '../object.ts'
import type { SchemaNode } from '../schema/index.ts'
import { indexOfItem, mergeOrder, missingMergeKey, partition, printGo, uniqueItems } from './lists.ts'
import { isJsonObject, jsonEqual } from './merge-patch.ts'
import { patchField } from './patch-schema.ts'

/** Names of the directives that may stand in a patch. */
export const DIRECTIVE = {
  patch: '$patch',
  retainKeys: '$retainKeys',
  deleteFrom: '$deleteFromPrimitiveList/',
  order: '$setElementOrder/',
} as const

/** What the names of directives begin with; without the slash and the name of a list they are malformed. */
const PREFIX = { deleteFrom: '$deleteFromPrimitiveList', order: '$setElementOrder' } as const

/** Whether directives are carried out (`apply`), or kept because two patches are being joined. */
export interface MergeOptions {
  readonly apply: boolean
}

/**
 * Applies a strategic merge patch to a copy of `original`. Throws ApiValueError with apimachinery's texts when the patch is
 * malformed: BAD_PATCH_FORMAT for those errors that the API server knows by name and answers with 400, BAD_PATCH for others
 * (missing merge key, unknown directive), which become 500.
 */
export function applyStrategicMergePatch(
  original: JsonObject,
  patch: JsonObject,
  node: SchemaNode | undefined,
): JsonObject {
  return mergeMaps(structuredClone(original), structuredClone(patch), node, { apply: true })
}

/** Merges `patch` into `original`; both are used up. */
export function mergeMaps(
  original: JsonObject,
  patch: JsonObject,
  node: SchemaNode | undefined,
  options: MergeOptions,
): JsonObject {
  const directive = patch[DIRECTIVE.patch]
  if (directive !== undefined) return wholeMapDirective(directive, patch)
  applyRetainKeys(original, patch, options)
  mergeOrderedLists(original, patch, node, options)
  for (const [patchKey, value] of Object.entries(patch)) {
    if (value === undefined) continue
    const isDelete = patchKey.startsWith(PREFIX.deleteFrom)
    if (isDelete && !options.apply) {
      original[patchKey] = mergeDeleteLists(original[patchKey], value)
      continue
    }
    const key = isDelete ? listOf(patchKey, PREFIX.deleteFrom, 'primitive list') : patchKey
    mergeKeyValue(original, { key, value, isDelete }, node, options)
  }
  return original
}

/** Joins `$deleteFromPrimitiveList` directives of two patches that must not contradict each other. */
function mergeDeleteLists(before: Json | undefined, value: Json): Json {
  if (before !== undefined && !jsonEqual(before, value)) {
    throw new ApiValueError(
      'BAD_PATCH',
      `${printGo(before)} and ${printGo(value)} are not deep equal: this may happen when calculating the 3-way diff patch`,
    )
  }
  return value
}

function mergeKeyValue(
  original: JsonObject,
  change: { readonly key: string; readonly value: Json; readonly isDelete: boolean },
  node: SchemaNode | undefined,
  options: MergeOptions,
): void {
  const { key, value, isDelete } = change
  if (value === null) {
    delete original[key]
    if (!options.apply) original[key] = null
    return
  }
  const before = original[key]
  if (before === undefined || before === null || shapeOf(before) !== shapeOf(value)) {
    if (isDelete) return
    const fresh = withoutDirectives(options.apply ? withoutNulls(value) : value)
    if (fresh === undefined) delete original[key]
    else original[key] = fresh
    return
  }
  const field = patchField(node, key)
  if (isJsonObject(before) && isJsonObject(value) && field.hints.replace !== true) {
    original[key] = mergeMaps(before, value, field.node, options)
  } else if (Array.isArray(before) && Array.isArray(value)) {
    const merge = field.hints.merge || isDelete
    original[key] = merge
      ? mergeLists(before, value, { node: field.node, mergeKey: field.hints.mergeKey ?? '', isDelete, options })
      : value
  } else original[key] = value
}

function shapeOf(value: Json): string {
  return Array.isArray(value) ? 'list' : typeof value
}

function wholeMapDirective(directive: Json, patch: JsonObject): JsonObject {
  if (directive === 'replace') {
    const { [DIRECTIVE.patch]: _, ...rest } = patch
    return rest
  }
  if (directive === 'delete') return {}
  throw new ApiValueError('BAD_PATCH', `unknown patch type: ${printGo(directive)} in map: ${printGo(patch)}`)
}

function applyRetainKeys(original: JsonObject, patch: JsonObject, options: MergeOptions): void {
  const keep = patch[DIRECTIVE.retainKeys]
  if (keep === undefined) return
  delete patch[DIRECTIVE.retainKeys]
  if (!options.apply) {
    const before = original[DIRECTIVE.retainKeys]
    if (before === undefined) original[DIRECTIVE.retainKeys] = keep
    else mergeDeleteLists(before, keep)
    return
  }
  const malformed = badFormat('retainKeys')
  if (!Array.isArray(keep)) throw malformed
  for (const [key, value] of Object.entries(patch)) {
    const isDirective = key.startsWith(PREFIX.deleteFrom) || key.startsWith(PREFIX.order)
    if (value !== null && !isDirective && !keep.includes(key)) throw malformed
  }
  for (const key of Object.keys(original)) if (!keep.includes(key)) delete original[key]
}

/** Carries out `$setElementOrder/…`: merges those lists and brings them into the order that the patch names. */
function mergeOrderedLists(
  original: JsonObject,
  patch: JsonObject,
  node: SchemaNode | undefined,
  options: MergeOptions,
): void {
  for (const directive of Object.keys(patch)) {
    if (!directive.startsWith(PREFIX.order)) continue
    const order = patch[directive]
    delete patch[directive]
    if (!Array.isArray(order)) throw noList(order)
    if (!options.apply) original[directive] = order
    const key = listOf(directive, PREFIX.order, 'setElementOrder list')
    const field = patchField(node, key)
    const mergeKey = field.hints.mergeKey ?? ''
    const before = original[key]
    const change = patch[key]
    for (const list of [before, change]) if (list !== undefined && !Array.isArray(list)) throw noList(list)
    checkOrder(Array.isArray(change) ? change : [], order, mergeKey)
    let merged: Json | undefined
    if (change === undefined) merged = before
    else if (before === undefined || before === null) merged = withoutDirectives(change)
    else if (Array.isArray(before) && Array.isArray(change)) {
      merged = field.hints.merge
        ? mergeLists([...before], change, { node: field.node, mergeKey, isDelete: false, options })
        : change
    } else merged = change
    if (!Array.isArray(merged)) continue
    const [named, rest] = partition(merged, order, mergeKey)
    const serverOrder = Array.isArray(before) ? before : []
    original[key] = mergeOrder(named, rest, { patchOrder: order, serverOrder, mergeKey })
    delete patch[key]
  }
}

/** The list that a directive is about: what follows its first slash. */
function listOf(directive: string, prefix: string, what: string): string {
  if (!directive.startsWith(`${prefix}/`)) throw badFormat(what)
  return directive.slice(prefix.length + 1)
}

function badFormat(what: string): ApiValueError {
  return new ApiValueError('BAD_PATCH_FORMAT', `invalid patch format of ${what}`)
}

/** What apimachinery says of a value where a list is expected, with Go's name of its type. */
function noList(value: Json | undefined): ApiValueError {
  let type: string = typeof value
  if (value === null || value === undefined) type = '%!s(<nil>)'
  else if (typeof value === 'boolean') type = 'bool'
  else if (typeof value === 'number') type = Number.isSafeInteger(value) ? 'int64' : 'float64'
  else if (typeof value === 'object') type = 'map[string]interface {}'
  return new ApiValueError('BAD_PATCH', `expected a []interface {}, but received a ${type}`)
}

/** The items of a patch must stand in the order that its directive names, unless it names none. */
function checkOrder(items: readonly Json[], order: readonly Json[], mergeKey: string): void {
  if (order.length === 0) return
  let at = 0
  for (const item of items) {
    if (isJsonObject(item) && item[DIRECTIVE.patch] !== undefined) continue
    if (isJsonObject(item) && item[mergeKey] === undefined) throw missingMergeKey(item, mergeKey)
    while (at < order.length && indexOfItem([order[at] ?? null], item, mergeKey) < 0) at++
    if (at >= order.length) {
      throw new ApiValueError(
        'BAD_PATCH',
        `The order in patch list:\n${printGo([...items])}\n doesn't match $setElementOrder list:\n${printGo([...order])}\n`,
      )
    }
    at++
  }
}

interface ListContext {
  /** Type of the items. */
  readonly node: SchemaNode | undefined
  readonly mergeKey: string
  readonly isDelete: boolean
  readonly options: MergeOptions
}

function mergeLists(original: Json[], patch: Json[], context: ListContext): Json[] {
  if (original.length === 0 && patch.length === 0) return original
  const { mergeKey } = context
  if (![...original, ...patch].some(isJsonObject)) {
    if (context.isDelete && context.options.apply) {
      return original.filter((item) => !patch.some((each) => jsonEqual(each, item)))
    }
    const merged = uniqueItems([...original, ...patch])
    const [named, rest] = partition(merged, patch, '')
    return mergeOrder(named, rest, { patchOrder: patch, serverOrder: original, mergeKey: '' })
  }
  if (mergeKey === '') throw new ApiValueError('BAD_PATCH', 'cannot merge lists without merge key')
  const special = takeSpecialItems(original, patch, mergeKey)
  const merged = mergeItems([...special.original], special.patch, context)
  const [named, rest] = partition(merged, special.patch, mergeKey)
  return mergeOrder(named, rest, { patchOrder: special.patch, serverOrder: special.original, mergeKey })
}

/** Carries out the items that are directives: `$patch: delete` and `$patch: replace`. */
function takeSpecialItems(
  original: readonly Json[],
  patch: readonly Json[],
  mergeKey: string,
): { original: Json[]; patch: Json[] } {
  let kept = [...original]
  const plain: Json[] = []
  let replace = false
  for (const item of patch) {
    const directive = isJsonObject(item) ? item[DIRECTIVE.patch] : undefined
    if (!isJsonObject(item) || directive === undefined) {
      plain.push(item)
    } else if (directive === 'delete') {
      if (item[mergeKey] === undefined) throw missingMergeKey(item, mergeKey)
      kept = kept.filter((each) => indexOfItem([each], item, mergeKey) < 0)
    } else if (directive === 'replace') replace = true
    else if (directive === 'merge')
      throw new ApiValueError('BAD_PATCH', 'merging lists cannot yet be specified in the patch')
    else throw new ApiValueError('BAD_PATCH', `unknown patch type: ${printGo(directive)} in map: ${printGo(item)}`)
  }
  return replace ? { original: plain, patch: [] } : { original: kept, patch: plain }
}

function mergeItems(original: Json[], patch: readonly Json[], context: ListContext): Json[] {
  for (const item of patch) {
    if (!isJsonObject(item)) continue
    if (item[context.mergeKey] === undefined) throw missingMergeKey(item, context.mergeKey)
    const at = indexOfItem(original, item, context.mergeKey)
    const before = original[at]
    if (isJsonObject(before))
      original[at] = mergeMaps(structuredClone(before), structuredClone(item), context.node, context.options)
    else original.push(context.options.apply ? (withoutDirectives(withoutNulls(item)) ?? item) : item)
  }
  return original
}

function withoutNulls(value: Json): Json {
  if (!isJsonObject(value)) return value
  const out: JsonObject = {}
  for (const [key, each] of Object.entries(value))
    if (each !== null && each !== undefined) out[key] = withoutNulls(each)
  return out
}

/** A new value without directives; undefined when a directive deletes it. */
function withoutDirectives(value: Json): Json | undefined {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined)
  if (!isJsonObject(value)) return value
  if (value[DIRECTIVE.patch] === 'delete') return undefined
  const out: JsonObject = {}
  for (const [key, each] of Object.entries(value)) {
    if (key === DIRECTIVE.patch || key === DIRECTIVE.retainKeys) continue
    if (key.startsWith(DIRECTIVE.deleteFrom) || key.startsWith(DIRECTIVE.order) || each === undefined) continue
    const kept = withoutDirectives(each)
    if (kept !== undefined) out[key] = kept
  }
  return out
}
