import {
  formatValue,
  fromBytes,
  type GoMap,
  GoNil,
  GoNumber,
  type GoValue,
  goKind,
  NamedMap,
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
  if (value instanceof GoNil && value.typeName === '[]uint8') return ''
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

/** A `map[string]interface {}` over the same storage as a map of a named type, which is what Go passes to a function. */
class PlainView extends Map<GoValue, GoValue> {
  readonly #target: GoMap
  constructor(target: GoMap) {
    super()
    this.#target = target
  }
  override get size(): number {
    return this.#target.size
  }
  override get(key: GoValue): GoValue {
    return this.#target.get(key)
  }
  override has(key: GoValue): boolean {
    return this.#target.has(key)
  }
  override set(key: GoValue, value: GoValue): this {
    this.#target.set(key, value)
    return this
  }
  override delete(key: GoValue): boolean {
    return this.#target.delete(key)
  }
  override clear(): void {
    this.#target.clear()
  }
  override entries(): MapIterator<[GoValue, GoValue]> {
    return this.#target.entries()
  }
  override keys(): MapIterator<GoValue> {
    return this.#target.keys()
  }
  override values(): MapIterator<GoValue> {
    return this.#target.values()
  }
  override forEach(visit: (value: GoValue, key: GoValue, map: Map<GoValue, GoValue>) => void): void {
    this.#target.forEach((value, key) => {
      visit(value, key, this)
    })
  }
  override [Symbol.iterator](): MapIterator<[GoValue, GoValue]> {
    return this.#target.entries()
  }
}

const views = new WeakMap<GoMap, GoMap>()

/** The map as a plain one: the type a `map[string]interface {}` parameter gives it. Changes are seen in both. */
export function asPlainMap(map: GoValue): GoValue {
  if (!(map instanceof NamedMap)) return map
  let view = views.get(map)
  if (view === undefined) {
    view = new PlainView(map)
    views.set(map, view)
  }
  return view
}

/** Keys of a map in Go's printing order, as texts. */
export function keysOf(map: GoMap): string[] {
  return sortedKeys(map) as string[]
}
