import { outOfRange, typeMismatch } from './errors.ts'
import { canBeNil, elementTypeOf, goKind, goType, integerOf, isNumberKind, keyTypeOf, zeroValue } from './kind.ts'
import { byteAt, byteLength, sliceBytes } from './utf8.ts'
import { GoNil, GoNumber, GoObject, sliceLike, type GoMap, type GoValue } from './value.ts'

/**
 * The template function `index`: `index x 1 2` is `x[1][2]`. A missing map key gives the zero of the element type.
 * A nil of type interface{} is `null`, no value is `undefined`. Throws GoError.
 */
export function goIndex(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (item === null || item === undefined) throw typeMismatch('index of untyped nil')
  let current: GoValue = item
  for (const index of indexes) current = indexOnce(current, index)
  return current
}

function indexOnce(item: GoValue, index: GoValue): GoValue {
  if (item === null || item === undefined || isNilPointer(item)) throw typeMismatch('index of nil pointer')
  if (item instanceof Map) return indexMap(item, index)
  if (item instanceof GoNil && goKind(item) === 'map') {
    mapKey(index, keyTypeOf(item))
    return zeroValue(elementTypeOf(item))
  }
  if (typeof item === 'string') {
    const at = indexArgument(index, byteLength(item))
    const byte = byteAt(item, at)
    if (byte === undefined) throw outOfRange('reflect: string index out of range')
    return new GoNumber('uint8', BigInt(byte))
  }
  if (Array.isArray(item) || item instanceof Uint8Array || item instanceof GoNil) {
    const length = item instanceof GoNil ? 0 : item.length
    const at = indexArgument(index, length)
    if (item instanceof GoNil || at >= length) throw outOfRange('reflect: slice index out of range')
    const element = item[at]
    return item instanceof Uint8Array ? new GoNumber('uint8', BigInt(Number(element))) : (element as GoValue)
  }
  throw typeMismatch(`can't index item of type ${indirectType(item)}`)
}

/** Type name with one pointer removed. */
function indirectType(item: GoValue): string {
  return item instanceof GoObject ? item.typeName : goType(item)
}

function isNilPointer(item: GoValue): boolean {
  return item instanceof GoNil && goKind(item) === 'ptr'
}

function indexMap(map: GoMap, index: GoValue): GoValue {
  const key = typeof index === 'string' && keyTypeOf(map) === 'string' ? index : mapKey(index, keyTypeOf(map))
  const value = map.get(key)
  return value === undefined && !map.has(key) ? zeroValue(elementTypeOf(map)) : value
}

function mapKey(index: GoValue, keyType: string): GoValue {
  if (index === null || index === undefined) {
    if (!canBeNil(keyType)) throw typeMismatch(`value is nil; should be of type ${keyType}`)
    return null
  }
  const type = goType(index)
  if (keyType === 'interface {}' || type === keyType) return index
  const number = integerOf(index)
  if (number !== undefined && keyType === 'int') return number
  if (number !== undefined && isNumberKind(keyType)) return new GoNumber(keyType, number)
  throw typeMismatch(`value has type ${type}; should be ${keyType}`)
}

function indexArgument(index: GoValue, limit: number): number {
  if (index === null || index === undefined) throw typeMismatch('cannot index slice/array with nil')
  const number = integerOf(index)
  if (number === undefined) throw typeMismatch(`cannot index slice/array with type ${goType(index)}`)
  const signed = BigInt.asIntN(64, number)
  if (signed < 0n || signed > BigInt(limit)) throw outOfRange(`index out of range: ${signed}`)
  return Number(signed)
}

/** The template function `slice`: `slice x 1 2` is `x[1:2]`. Throws GoError. */
export function goSlice(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (item === null || item === undefined) throw typeMismatch('slice of untyped nil')
  if (isNilPointer(item)) throw typeMismatch('slice of nil pointer')
  if (indexes.length > 3) throw typeMismatch(`too many slice indexes: ${indexes.length}`)
  const nilSlice = item instanceof GoNil && goKind(item) === 'slice'
  const isString = typeof item === 'string'
  if (isString && indexes.length === 3) throw typeMismatch('cannot 3-index slice a string')
  if (!isString && !Array.isArray(item) && !(item instanceof Uint8Array) && !nilSlice) {
    throw typeMismatch(`can't slice item of type ${indirectType(item)}`)
  }
  const limit = isString ? byteLength(item) : nilSlice ? 0 : (item as { length: number }).length
  const bounds = [0, limit, limit]
  indexes.forEach((index, at) => {
    bounds[at] = indexArgument(index, limit)
  })
  const [from = 0, to = 0, cap = 0] = bounds
  if (from > to) throw outOfRange(`invalid slice index: ${from} > ${to}`)
  if (indexes.length === 3 && to > cap) throw outOfRange(`invalid slice index: ${to} > ${cap}`)
  if (isString) return sliceBytes(item, from, to)
  if (item instanceof Uint8Array) return item.subarray(from, to)
  return nilSlice ? item : sliceLike(item as GoValue[], (item as GoValue[]).slice(from, to))
}

/** The template function `len`, in bytes for strings. Throws GoError. */
export function goLength(item: GoValue): number {
  if (typeof item === 'string') return byteLength(item)
  if (item === undefined) throw typeMismatch('reflect: call of reflect.Value.Type on zero Value')
  if (item === null || isNilPointer(item)) throw typeMismatch('len of nil pointer')
  if (Array.isArray(item) || item instanceof Uint8Array) return item.length
  if (item instanceof Map) return item.size
  if (item instanceof GoNil && goKind(item) !== 'func') return 0
  throw typeMismatch(`len of type ${indirectType(item)}`)
}
