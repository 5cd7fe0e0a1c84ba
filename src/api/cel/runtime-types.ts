import type { CelType } from './types.ts'
import {
  CelList,
  type CelValue,
  Duration,
  isMap,
  isObjectValue,
  isOpaque,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
} from './values.ts'

/** Whether a value may stand where a type is declared. The parts of lists and maps are not looked at. */
export function fitsRuntime(value: CelValue | undefined, type: CelType): boolean {
  if (value === undefined) return false
  switch (type.kind) {
    case 'primitive':
      return fitsPrimitive(value, type.name)
    case 'list':
      return value instanceof CelList && fitsItems(value, type.item)
    case 'map':
      return isMap(value)
    case 'object':
      return value !== null && isObjectValue(value)
    case 'opaque':
      if (type.name === 'optional_type') return value instanceof Optional
      return value !== null && isOpaque(value) && value.type.kind === 'opaque' && value.type.name === type.name
    case 'type':
      return value instanceof TypeValue
    case 'param':
      return true
  }
}

/** Functions over lists of one type tell their variants apart by the first item. */
function fitsItems(list: CelList, item: CelType): boolean {
  if (item.kind === 'param' || (item.kind === 'primitive' && item.name === 'dyn')) return true
  const [first] = list.items
  return first === undefined || fitsRuntime(first, item)
}

function fitsPrimitive(value: CelValue, name: string): boolean {
  switch (name) {
    case 'dyn':
      return true
    case 'null':
      return value === null
    case 'bool':
      return typeof value === 'boolean'
    case 'int':
      return typeof value === 'bigint'
    case 'uint':
      return value instanceof Uint
    case 'double':
      return typeof value === 'number'
    case 'string':
      return typeof value === 'string'
    case 'bytes':
      return value instanceof Uint8Array
    case 'timestamp':
      return value instanceof Timestamp
    case 'duration':
      return value instanceof Duration
    default:
      return false
  }
}
