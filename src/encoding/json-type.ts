import { EncodingError } from './errors.ts'

/** The Go type that a text is read into: any value, `map[string]interface {}`, or `[]interface {}`. */
export type Target = 'any' | 'map' | 'list'

const GO_TYPES = { map: 'map[string]interface {}', list: '[]interface {}' } as const

/** The JSON word for a decoded value, as encoding/json names it in errors. */
function jsonTypeName(value: unknown): string {
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number' || typeof value === 'bigint') return 'number'
  if (typeof value === 'string') return 'string'
  return Array.isArray(value) ? 'array' : 'object'
}

/** Whether `value` can be stored in `target`; JSON null can always. */
export function fitsTarget(value: unknown, target: Target): boolean {
  if (value === null || target === 'any') return true
  const isList = Array.isArray(value)
  return target === 'list' ? isList : typeof value === 'object' && !isList
}

/** encoding/json's error for a value of another type than the target. */
export function jsonTypeError(value: unknown, target: 'map' | 'list'): EncodingError {
  const message = `json: cannot unmarshal ${jsonTypeName(value)} into Go value of type ${GO_TYPES[target]}`
  return new EncodingError('JSON_TYPE', message)
}
