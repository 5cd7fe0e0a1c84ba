import type { Json, JsonObject } from '../object.ts'

/** Whether a JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** Whether two JSON values are equal; the order of object keys has no meaning, and undefined members are absent. */
export function jsonEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, index) => jsonEqual(item, b[index]))
  }
  const left = a as JsonObject
  const right = b as JsonObject
  let count = 0
  for (const key in left) {
    if (left[key] === undefined) continue
    count++
    if (right[key] === undefined || !jsonEqual(left[key], right[key])) return false
  }
  for (const key in right) if (right[key] !== undefined) count--
  return count === 0
}

/**
 * Applies a JSON merge patch (RFC 7396). Neither argument is changed; unchanged parts are shared with `target`. Objects on
 * the way have sorted keys, as after evanphx/json-patch: error texts of Kubernetes print them so.
 */
export function applyMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch
  const out: JsonObject = isJsonObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue
    if (value === null) delete out[key]
    else out[key] = applyMergePatch(out[key], value)
  }
  return sortKeys(out)
}

/** The same object with sorted keys. */
export function sortKeys(object: JsonObject): JsonObject {
  const keys = Object.keys(object)
  if (keys.every((key, at) => at === 0 || (keys[at - 1] ?? '') < key)) return object
  return Object.fromEntries(keys.sort().map((key) => [key, object[key]]))
}

/** The merge patch that turns `before` into `after`; lists are replaced as a whole. */
export function createMergePatch(before: JsonObject, after: JsonObject): JsonObject {
  const patch: JsonObject = {}
  for (const key of Object.keys(before)) if (before[key] !== undefined && after[key] === undefined) patch[key] = null
  for (const [key, value] of Object.entries(after)) {
    const old = before[key]
    if (value === undefined || jsonEqual(old, value)) continue
    patch[key] = isJsonObject(old) && isJsonObject(value) ? createMergePatch(old, value) : value
  }
  return patch
}

/**
 * The merge patch of client-side apply for kinds without a schema: what `modified` adds or changes against `current`,
 * and what it dropped against `original`. As apimachinery's jsonmergepatch.CreateThreeWayJSONMergePatch.
 */
export function createThreeWayMergePatch(original: JsonObject, modified: JsonObject, current: JsonObject): JsonObject {
  const additions = keepOrDropNulls(createMergePatch(current, modified), false)
  const deletions = keepOrDropNulls(createMergePatch(original, modified), true)
  return mergePatches(isJsonObject(deletions) ? deletions : {}, isJsonObject(additions) ? additions : {})
}

/** Keeps only the nulls of a patch (`nulls`), or all but them; undefined when nothing is left. */
function keepOrDropNulls(patch: Json, nulls: boolean): Json | undefined {
  if (patch === null) return nulls ? null : undefined
  if (!isJsonObject(patch)) return nulls ? undefined : patch
  const out: JsonObject = {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue
    const kept = keepOrDropNulls(value, nulls)
    if (kept === undefined) continue
    if (
      isJsonObject(kept) &&
      Object.keys(kept).length === 0 &&
      !(isJsonObject(value) && Object.keys(value).length === 0)
    )
      continue
    if (nulls && isJsonObject(kept) && Object.keys(kept).length === 0) continue
    out[key] = kept
  }
  return out
}

function mergePatches(first: JsonObject, second: JsonObject): JsonObject {
  const out = { ...first }
  for (const [key, value] of Object.entries(second)) {
    const old = out[key]
    out[key] = isJsonObject(old) && isJsonObject(value) ? mergePatches(old, value) : value
  }
  return out
}
