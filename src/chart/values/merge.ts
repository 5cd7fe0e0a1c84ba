import { mergeMaps } from '../../encoding/index.ts'
import type { GoMap, GoValue } from '../../go/index.ts'

export { mergeMaps }

/** A copy of a value whose maps and lists may be changed without touching the original. */
export function copyValue(value: GoValue): GoValue {
  if (Array.isArray(value)) return Object.getPrototypeOf(value) === Array.prototype ? value.map(copyValue) : value
  return value instanceof Map ? copyMap(value) : value
}

/** A deep copy of a map of values. */
export function copyMap(map: GoMap): GoMap {
  const copy: GoMap = new Map(map)
  copy.forEach((value, key) => {
    if (typeof value === 'object') copy.set(key, copyValue(value))
  })
  return copy
}

/** Whether a value is a table, Helm's word for a map. */
export function isTable(value: GoValue): value is GoMap {
  return value instanceof Map
}
