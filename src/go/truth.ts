import { GoComplex, GoFunction, GoNil, GoNumber, GoObject, type GoValue } from './value.ts'

/** Whether a value is true, as text/template's `if` decides: not the zero of its type, not empty, not nil. */
export function isTrue(value: GoValue): boolean {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'string':
      return value.length > 0
    case 'number':
      return value !== 0
    case 'bigint':
      return value !== 0n
    case 'undefined':
      return false
    default:
      return value !== null && isTrueObject(value)
  }
}

function isTrueObject(value: GoValue & object): boolean {
  if (value instanceof Map) return value.size > 0
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length > 0
  if (value instanceof GoNumber) return Number(value.value) !== 0
  if (value instanceof GoObject || value instanceof GoFunction) return true
  if (value instanceof GoComplex) return value.re !== 0 || value.im !== 0
  if (value instanceof GoNil) return false
  return true
}
