import type { Json, JsonObject } from '../../../api/index.ts'

/**
 * A step of a field path in the text form of fieldsV1: `f:name` a field, `k:{"name":"c"}` a list item by its keys,
 * `v:"x"` a set item, `i:0` an index. Two elements are equal exactly when their texts are.
 */
export type PathElement = string

/** The element of a field. */
export function fieldElement(name: string): PathElement {
  return `f:${name}`
}

/** The element of a list item with these key values. */
export function keyElement(keys: JsonObject): PathElement {
  return `k:${canonicalJson(keys)}`
}

/** The element of an item of a set. */
export function valueElement(value: Json): PathElement {
  return `v:${canonicalJson(value)}`
}

/** JSON with sorted keys. */
export function canonicalJson(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null)
  const members = Object.keys(value).sort()
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(',')}}`
}

/** An element as error texts print it: `.spec`, `[name="c"]`, `[="x"]`, `[0]`. */
export function printElement(element: PathElement): string {
  const rest = element.slice(2)
  switch (element.charAt(0)) {
    case 'f':
      return `.${rest}`
    case 'k': {
      const keys = JSON.parse(rest) as JsonObject
      return `[${Object.entries(keys)
        .map(([name, value]) => `${name}=${canonicalJson(value)}`)
        .join(',')}]`
    }
    case 'v':
      return `[=${rest}]`
    default:
      return `[${rest}]`
  }
}

/** A whole path as error texts print it. */
export function printPath(path: readonly PathElement[]): string {
  return path.map(printElement).join('')
}
