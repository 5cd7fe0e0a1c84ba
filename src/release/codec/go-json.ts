import { emitJson } from '../../encoding/index.ts'
import type { GoMap, GoValue } from '../../go/index.ts'

/** A value for the JSON writer: Go values, and plain objects for structs, whose fields keep their order. */
export type JsonOut = GoValue | readonly JsonOut[] | { readonly [field: string]: JsonOut }

/** JSON as Go prints it: keys of maps sorted, fields of structs (plain objects) in order, no spaces. */
export function goJson(value: JsonOut): string {
  if (Array.isArray(value)) return `[${(value as readonly JsonOut[]).map(goJson).join(',')}]`
  if (!isStruct(value)) return emitJson(value as GoValue)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return `{${fields.map(([name, field]) => `${emitJson(name)}:${goJson(field)}`).join(',')}}`
}

function isStruct(value: JsonOut): value is { readonly [field: string]: JsonOut } {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** Turns parsed JSON into Go values: objects become maps, numbers float64. */
export function fromJson(value: unknown): GoValue {
  if (Array.isArray(value)) return value.map(fromJson)
  if (typeof value === 'object' && value !== null) return mapFromJson(value)
  return value as GoValue
}

/** As fromJson, for an object. */
export function mapFromJson(value: object): GoMap {
  const map: GoMap = new Map()
  for (const [key, item] of Object.entries(value)) map.set(key, fromJson(item))
  return map
}
