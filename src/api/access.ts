import type { Json, JsonObject } from './object.ts'

/** Reading of parts of an object whose shape is only known by its schema. All of them bear `undefined` and wrong types. */

/** The object under `key`; undefined when there is none. */
export function objectAt(value: unknown, key: string): JsonObject | undefined {
  const found = at(value, key)
  return found !== null && typeof found === 'object' && !Array.isArray(found) ? (found as JsonObject) : undefined
}

/** The objects of the list under `key`; empty when there is none. */
export function listAt(value: unknown, key: string): JsonObject[] {
  const found = at(value, key)
  return Array.isArray(found) ? (found as JsonObject[]) : []
}

/** The texts of the list under `key`; empty when there is none. */
export function stringsAt(value: unknown, key: string): string[] {
  const found = at(value, key)
  return Array.isArray(found) ? found.map(String) : []
}

/** The text under `key`; empty when there is none, as Go's zero value. */
export function stringAt(value: unknown, key: string): string {
  const found = at(value, key)
  return typeof found === 'string' ? found : ''
}

/** The number under `key`; undefined when there is none. */
export function numberAt(value: unknown, key: string): number | undefined {
  const found = at(value, key)
  return typeof found === 'number' ? found : undefined
}

/** Whether `true` stands under `key`. */
export function boolAt(value: unknown, key: string): boolean {
  return at(value, key) === true
}

/** The map of texts under `key`; empty when there is none. */
export function mapAt(value: unknown, key: string): Record<string, string> {
  return (objectAt(value, key) ?? {}) as Record<string, string>
}

/** The members of the map of objects under `key`. */
export function entriesAt(value: unknown, key: string): [string, Json][] {
  return Object.entries(objectAt(value, key) ?? {}) as [string, Json][]
}

/** The value under `key`, whatever it is; null counts as absent. */
export function valueAt(value: unknown, key: string): Json | undefined {
  return at(value, key) as Json | undefined
}

function at(value: unknown, key: string): unknown {
  if (value === null || typeof value !== 'object') return undefined
  return (value as Record<string, unknown>)[key] ?? undefined
}

/** Sets `key` unless a value other than null and the empty text stands there. */
export function setDefault(object: JsonObject, key: string, value: Json): void {
  const found = object[key]
  if (found === undefined || found === null || found === '') object[key] = value
}

/** Sets `key` unless a value other than null stands there; for what Go keeps behind a pointer, an empty text is a value. */
export function setAbsent(object: JsonObject, key: string, value: Json): void {
  if ((object[key] ?? undefined) === undefined) object[key] = value
}

/** The object under `key`, made when there is none. */
export function ensureObject(object: JsonObject, key: string): JsonObject {
  const found = objectAt(object, key)
  if (found) return found
  const made: JsonObject = {}
  object[key] = made
  return made
}
