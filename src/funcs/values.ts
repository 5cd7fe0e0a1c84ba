import {
  formatValue,
  fromBytes,
  type GoMap,
  GoNil,
  GoNumber,
  type GoValue,
  goKind,
  sortedKeys,
  typedSlice,
} from '../go/index.ts'
import { nilDereference } from './errors.ts'

/** Whether a value is a nil interface. */
export const isNil = (value: GoValue): boolean => value === null || value === undefined

/** A value as text, as sprig's `strval`: bytes as text, everything else as `%v` prints it. */
export function stringOf(value: GoValue): string {
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return fromBytes(value)
  return formatValue(value ?? null)
}

/** The items of a value of kind slice; undefined for other kinds. Bytes come as uint8. Nil panics as in Go. */
export function itemsOf(value: GoValue): readonly GoValue[] | undefined {
  if (Array.isArray(value)) return value
  if (isNil(value)) throw nilDereference()
  if (value instanceof Uint8Array) return Array.from(value, (byte) => new GoNumber('uint8', BigInt(byte)))
  if (value instanceof GoNil && goKind(value) === 'slice') return []
  return undefined
}

/** The texts of a value, as sprig's `strslice`: items that are nil are left out; a single value is a list of one. */
export function stringsOf(value: GoValue): string[] {
  if (isNil(value)) return []
  const items = itemsOf(value)
  if (items === undefined) return [stringOf(value)]
  const texts: string[] = []
  for (const item of items) if (!isNil(item)) texts.push(stringOf(item))
  return texts
}

/** A `[]string`. */
export const stringSlice = (items: Iterable<string>): GoValue => typedSlice('string', items)

/** A nil `[]interface {}`. */
export const nilList = (): GoValue => new GoNil('[]interface {}')

/** A map argument, where a nil map counts as an empty one; undefined for the nil map when `keepNil`. */
export function mapOf(value: GoValue): GoMap {
  return value instanceof Map ? value : new Map()
}

/** Keys of a map in Go's printing order, as texts. */
export function keysOf(map: GoMap): string[] {
  return sortedKeys(map) as string[]
}
