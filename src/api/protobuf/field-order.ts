import type { Json, JsonObject } from '../object.ts'
import { messageOf, rulesOf } from './rules.ts'

/** What stands at a place of an object: a message, or lists or maps of it. */
export interface GoPlace {
  readonly type: string
  readonly shape: 'one' | 'list' | 'map'
}

/** The place of a whole object of a built-in kind; undefined where its fields are not known. */
export function goPlaceOf(apiVersion: string, kind: string): GoPlace | undefined {
  const type = messageOf(apiVersion, kind)
  return type === undefined ? undefined : { type, shape: 'one' }
}

/** The place of a member of an object or map, or of the items of a list (whatever the key). */
export function goPlaceIn(place: GoPlace | undefined, key: string): GoPlace | undefined {
  if (place === undefined) return undefined
  if (place.shape !== 'one') return { type: place.type, shape: 'one' }
  for (const rule of rulesOf(place.type).values()) {
    const found = rule.inline ? goPlaceIn({ type: rule.type, shape: 'one' }, key) : undefined
    if (found !== undefined) return found
    if (!rule.inline && rule.name === key) return { type: rule.type, shape: rule.shape }
  }
  return undefined
}

/** A value with its fields in the order of Go's structs, maps by their keys, as Go prints it; unknown places stay as they are. */
export function inGoOrder(value: Json, place: GoPlace | undefined): Json {
  if (place === undefined || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => inGoOrder(item, goPlaceIn(place, '')))
  const keys = Object.keys(value)
  const ordered = place.shape === 'map' ? keys.sort() : byFields(keys, place.type)
  const out: JsonObject = {}
  for (const key of ordered) out[key] = inGoOrder(value[key] ?? null, goPlaceIn(place, key))
  return out
}

function byFields(keys: readonly string[], type: string): string[] {
  const names = namesOf(type)
  if (names.length === 0) return [...keys]
  const known = names.filter((name) => keys.includes(name))
  return [...known, ...keys.filter((key) => !known.includes(key))]
}

function namesOf(type: string): string[] {
  return [...rulesOf(type).values()].flatMap((rule) => (rule.inline ? namesOf(rule.type) : [rule.name]))
}
