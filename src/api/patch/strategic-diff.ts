import type { Json, JsonObject } from '../object.ts'
import type { SchemaNode } from '../schema/index.ts'
import { indexOfItem, sortByOrder } from './lists.ts'
import { isJsonObject, jsonEqual } from './merge-patch.ts'
import { type PatchField, patchField } from './patch-schema.ts'
import { DIRECTIVE, mergeMaps } from './strategic-merge.ts'

/** Which differences a diff reports. */
interface DiffOptions {
  readonly additions: boolean
  readonly deletions: boolean
}

/** The strategic merge patch that turns `original` into `modified`. */
export function createTwoWayPatch(
  original: JsonObject,
  modified: JsonObject,
  node: SchemaNode | undefined,
): JsonObject {
  return diffMaps(original, modified, node, { additions: true, deletions: true })
}

/**
 * The strategic merge patch of client-side apply: what `modified` adds or changes against the live object, and what it
 * dropped against the object that was applied last. As apimachinery's CreateThreeWayMergePatch with overwrite.
 */
export function createThreeWayPatch(
  original: JsonObject,
  modified: JsonObject,
  current: JsonObject,
  node: SchemaNode | undefined,
): JsonObject {
  const delta = diffMaps(current, modified, node, { additions: true, deletions: false })
  const deletions = diffMaps(original, modified, node, { additions: false, deletions: true })
  return mergeMaps(structuredClone(deletions), structuredClone(delta), node, { apply: false })
}

function diffMaps(
  original: JsonObject,
  modified: JsonObject,
  node: SchemaNode | undefined,
  options: DiffOptions,
  retainKeys = false,
): JsonObject {
  const patch: JsonObject = {}
  for (const [key, before] of Object.entries(original)) {
    const after = modified[key]
    if (before === undefined) continue
    if (after === undefined) {
      if (options.deletions) patch[key] = null
    } else if (isJsonObject(before) && isJsonObject(after)) {
      const field = patchField(node, key)
      if (field.hints.replace === true) {
        // What is replaced is told whether it has changed or not, as Go does.
        if (options.additions) patch[key] = after
        continue
      }
      const inner = diffMaps(before, after, field.node, options, field.hints.retainKeys)
      if (Object.keys(inner).length > 0) patch[key] = inner
    } else if (Array.isArray(before) && Array.isArray(after)) {
      diffListField(patch, key, { before, after, field: patchField(node, key) }, options)
    } else if (options.additions && !jsonEqual(before, after)) patch[key] = after
  }
  if (options.additions) {
    for (const [key, after] of Object.entries(modified))
      if (original[key] === undefined && after !== undefined) patch[key] = after
  }
  if (retainKeys && Object.keys(patch).length > 0) patch[DIRECTIVE.retainKeys] = Object.keys(modified).sort()
  return patch
}

function diffListField(
  patch: JsonObject,
  key: string,
  lists: { readonly before: readonly Json[]; readonly after: readonly Json[]; readonly field: PatchField },
  options: DiffOptions,
): void {
  const { before, after, field } = lists
  if (!field.hints.merge) {
    if (options.additions && !jsonEqual(before, after)) patch[key] = [...after]
    return
  }
  if (before.length === 0) {
    if (after.length > 0 && options.additions) patch[key] = [...after]
    return
  }
  const mergeKey = field.hints.mergeKey ?? ''
  const sameOrder = isSameOrder(before, after, mergeKey)
  if (mergeKey === '') {
    const added = after.filter((item) => !before.some((each) => jsonEqual(each, item)))
    const removed = before.filter((item) => !after.some((each) => jsonEqual(each, item)))
    if (options.additions && added.length > 0) patch[key] = added
    if (options.deletions && removed.length > 0) patch[DIRECTIVE.deleteFrom + key] = removed
    const changed = (options.deletions && removed.length > 0) || (options.additions && added.length > 0)
    if (changed || !sameOrder) patch[DIRECTIVE.order + key] = [...after]
    return
  }
  const changes = diffItems(before, after, { ...field, mergeKey }, options)
  if (changes.length > 0) patch[key] = changes
  if (changes.length > 0 || !sameOrder) {
    patch[DIRECTIVE.order + key] = after.map((item) =>
      isJsonObject(item) ? { [mergeKey]: item[mergeKey] ?? null } : item,
    )
  }
}

function diffItems(
  before: readonly Json[],
  after: readonly Json[],
  field: PatchField & { readonly mergeKey: string },
  options: DiffOptions,
): Json[] {
  const { mergeKey } = field
  const changed: Json[] = []
  for (const item of after) {
    const old = before[indexOfItem(before, item, mergeKey)]
    if (!isJsonObject(item)) continue
    if (!isJsonObject(old)) {
      if (options.additions) changed.push(item)
      continue
    }
    const inner = diffMaps(old, item, field.node, options)
    if (Object.keys(inner).length > 0) changed.push({ ...inner, [mergeKey]: item[mergeKey] ?? null })
  }
  const ordered = sortByOrder(changed, after, mergeKey)
  if (!options.deletions) return ordered
  const removed = before.filter((item) => indexOfItem(after, item, mergeKey) < 0)
  return [
    ...ordered,
    ...removed.map((item) => ({
      [DIRECTIVE.patch]: 'delete',
      [mergeKey]: isJsonObject(item) ? (item[mergeKey] ?? null) : null,
    })),
  ]
}

/** Whether the items that both lists hold stand in the same order. */
function isSameOrder(before: readonly Json[], after: readonly Json[], mergeKey: string): boolean {
  if (before.length !== after.length) return false
  return after.every((item, at) => indexOfItem([before[at] ?? null], item, mergeKey) >= 0)
}
