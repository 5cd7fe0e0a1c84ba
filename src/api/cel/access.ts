import { celError, CelError, noSuchOverload } from './errors.ts'
import type { CelType } from './types.ts'
import {
  CelList,
  type CelObject,
  type CelValue,
  equalValues,
  isMap,
  isObjectValue,
  Optional,
  typeName,
  Uint,
} from './values.ts'

/** A value, or why there is none. */
export type Result = CelValue | CelError

/** Whether a result is an error. */
export const failed = (result: Result | undefined): result is CelError => result instanceof CelError

/** A field of a map or structure; undefined when it is not there. */
export function presentField(value: CelValue, field: string): Result | undefined {
  if (isMap(value)) return value.get(field)
  if (isObjectValue(value)) return value.field(field)
  return noSuchOverload()
}

/** An item by index or key; undefined when it is not there. */
export function presentItem(value: CelValue, key: CelValue): Result | undefined {
  if (isMap(value)) return value.get(key)
  if (value instanceof CelList) {
    const index = indexOf(key)
    return index === undefined || index < 0 || index >= value.items.length ? undefined : value.items[index]
  }
  return isObjectValue(value) && typeof key === 'string' ? value.field(key) : noSuchOverload()
}

/** What `has()` says of a field. */
export function hasField(value: CelValue, field: string): Result {
  if (value instanceof Optional) return value.value === undefined ? false : hasField(value.value, field)
  if (isMap(value)) return value.get(field) !== undefined
  if (isObjectValue(value)) return value.field(field) !== undefined
  return noSuchOverload()
}

/** `value.field`; an error when it is not there. */
export function fieldOf(value: CelValue, field: string): Result {
  if (value instanceof Optional) {
    if (value.value === undefined) return value
    const found = presentField(value.value, field)
    return failed(found) ? found : new Optional(found)
  }
  if (isMap(value)) return value.get(field) ?? nullOr(value.get(field), `no such key: ${field}`)
  if (isObjectValue(value)) return value.field(field) ?? nullOr(value.field(field), `no such key: ${field}`)
  return noSuchOverload()
}

function nullOr(value: CelValue | undefined, message: string): Result {
  return value === null ? null : celError(message)
}

function indexOf(key: CelValue): number | undefined {
  if (typeof key === 'bigint') return Number(key)
  if (key instanceof Uint) return Number(key.value)
  return typeof key === 'number' && Number.isInteger(key) ? key : undefined
}

/** `value[key]`; an error when it is not there. */
export function itemOf(value: CelValue, key: CelValue): Result {
  if (value instanceof Optional) {
    if (value.value === undefined) return value
    const found = presentItem(value.value, key)
    return failed(found) ? found : new Optional(found)
  }
  if (value instanceof CelList) {
    const index = indexOf(key)
    if (index === undefined) return celError(`unsupported index type '${typeName(key)}' in list`)
    const item = value.items[index]
    return item === undefined ? celError(`index out of bounds: ${index}`) : item
  }
  if (isMap(value)) {
    const item = value.get(key)
    return item === undefined ? celError(`no such key: ${keyText(key)}`) : item
  }
  if (isObjectValue(value) && typeof key === 'string') return fieldOf(value, key)
  return noSuchOverload()
}

function keyText(key: CelValue): string {
  return key instanceof Uint ? String(key.value) : String(key)
}

/** Keys and values of what a fold goes over: indexes and items of a list, keys and values of a map. */
export function iterate(value: CelValue): readonly (readonly [CelValue, CelValue])[] | CelError {
  if (value instanceof CelList) return value.items.map((item, index) => [BigInt(index), item] as const)
  if (isMap(value)) return value.keys().map((key) => [key, value.get(key) ?? null] as const)
  return noSuchOverload()
}

/** A structure made of values. */
export function structValue(type: CelType, values: ReadonlyMap<string, CelValue>): CelObject {
  return { isObject: true, type, field: (name) => values.get(name), names: () => [...values.keys()] }
}

/** Whether a list holds a value. */
export function listHas(list: CelList, value: CelValue): boolean {
  return list.items.some((item) => equalValues(item, value))
}
