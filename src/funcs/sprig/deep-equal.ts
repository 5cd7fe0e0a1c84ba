import { GoComplex, GoFunction, GoNil, GoNumber, GoObject, type GoValue, goType } from '../../go/index.ts'
import { isNil } from '../values.ts'

/** `reflect.DeepEqual`: same type and same content; NaN differs from itself, a nil list or map from an empty one. */
export function deepEqual(a: GoValue, b: GoValue): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b || (isNil(a) && isNil(b))
  if (a === null || b === null) return a === b
  if (a === b) return !(a instanceof GoFunction)
  if (goType(a) !== goType(b)) return false
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => deepEqual(item, b[i]))
  }
  if (a instanceof Map && b instanceof Map) return equalMaps(a, b)
  if (a instanceof GoNumber && b instanceof GoNumber) return a.value === b.value
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  if (a instanceof GoObject && b instanceof GoObject) return equalObjects(a, b)
  if (a instanceof GoComplex && b instanceof GoComplex) return a.re === b.re && a.im === b.im
  return a instanceof GoNil && b instanceof GoNil
}

function equalMaps(a: Map<GoValue, GoValue>, b: Map<GoValue, GoValue>): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a) if (!b.has(key) || !deepEqual(value, b.get(key))) return false
  return true
}

function equalObjects(a: GoObject, b: GoObject): boolean {
  if (a.fields.size !== b.fields.size) return false
  for (const [name, value] of a.fields) if (!deepEqual(value, b.fields.get(name))) return false
  return a.text?.() === b.text?.()
}
