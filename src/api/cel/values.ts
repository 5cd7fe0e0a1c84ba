import type { Instant } from '../../go/index.ts'
import type { CelType } from './types.ts'

/** An unsigned whole number. */
export class Uint {
  readonly value: bigint
  constructor(value: bigint) {
    this.value = value
  }
}

/** A span of time in nanoseconds. */
export class Duration {
  readonly nanoseconds: bigint
  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds
  }
}

/** A point in time. */
export class Timestamp {
  readonly instant: Instant
  constructor(instant: Instant) {
    this.instant = instant
  }
}

/** A value that may be missing. */
export class Optional {
  readonly value: CelValue | undefined
  constructor(value: CelValue | undefined) {
    this.value = value
  }
}

/** A type as a value. */
export class TypeValue {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** How lists that Kubernetes knows as sets or maps are joined and compared. */
export interface ListMerge {
  readonly kind: 'set' | 'map'
  readonly keys: readonly string[]
}

/** A list. */
export class CelList {
  readonly items: readonly CelValue[]
  readonly merge: ListMerge | undefined
  constructor(items: readonly CelValue[], merge?: ListMerge) {
    this.items = items
    this.merge = merge
  }
}

/** A map; keys are strings, numbers or booleans. */
export interface CelMap {
  readonly isMap: true
  readonly size: number
  /** Undefined when there is no such key. */
  get(key: CelValue): CelValue | undefined
  keys(): CelValue[]
}

/** A structure: what it holds is asked for by field. */
export interface CelObject {
  readonly isObject: true
  readonly type: CelType
  /** Undefined when the field is not set. */
  field(name: string): CelValue | undefined
  /** Names of the fields that are set. */
  names(): string[]
}

/** A value of a type that a library brings. */
export interface CelOpaque {
  readonly isOpaque: true
  readonly type: CelType
  equals(other: CelOpaque): boolean
  /** For messages: how it is written. */
  text(): string
  /** For costs: its length. */
  readonly size: number
}

/** A value that expressions work on: int is bigint, double is number. */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | Uint
  | Duration
  | Timestamp
  | Optional
  | TypeValue
  | CelList
  | CelMap
  | CelObject
  | CelOpaque

/** Whether a value is a map. */
export function isMap(value: CelValue): value is CelMap {
  return value !== null && typeof value === 'object' && 'isMap' in value
}

/** Whether a value is a structure. */
export function isObjectValue(value: CelValue): value is CelObject {
  return value !== null && typeof value === 'object' && 'isObject' in value
}

/** Whether a value is of a library's own type. */
export function isOpaque(value: CelValue): value is CelOpaque {
  return value !== null && typeof value === 'object' && 'isOpaque' in value
}

/** Name of a value's type as `type()` and messages give it. */
export function typeName(value: CelValue): string {
  if (value === null) return 'null_type'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return 'double'
    case 'string':
      return 'string'
    default:
  }
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Uint) return 'uint'
  if (value instanceof Duration) return 'google.protobuf.Duration'
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp'
  if (value instanceof Optional) return 'optional_type'
  if (value instanceof TypeValue) return 'type'
  if (value instanceof CelList) return 'list'
  if (isMap(value)) return 'map'
  if (isObjectValue(value) || isOpaque(value)) return 'name' in value.type ? value.type.name : 'object'
  return 'dyn'
}

/** A map that an expression makes. */
export class PlainMap implements CelMap {
  readonly isMap = true
  readonly #entries = new Map<string, readonly [CelValue, CelValue]>()

  get size(): number {
    return this.#entries.size
  }
  get(key: CelValue): CelValue | undefined {
    const id = keyId(key)
    return id === undefined ? undefined : this.#entries.get(id)?.[1]
  }
  keys(): CelValue[] {
    return [...this.#entries.values()].map(([key]) => key)
  }
  /** Adds an entry; false when the key is there already or can be no key. */
  insert(key: CelValue, value: CelValue): boolean {
    const id = keyId(key)
    if (id === undefined || this.#entries.has(id)) return false
    this.#entries.set(id, [key, value])
    return true
  }
}

/** Keys that are equal have the same id, numbers of all kinds alike; undefined for what can be no key. */
export function keyId(key: CelValue): string | undefined {
  switch (typeof key) {
    case 'string':
      return `s${key}`
    case 'boolean':
      return `b${key}`
    case 'bigint':
      return `n${key}`
    case 'number':
      return Number.isInteger(key) ? `n${BigInt(key)}` : undefined
    default:
      return key instanceof Uint ? `n${key.value}` : undefined
  }
}

/** Whether two values are equal; values of different kinds are not, numbers of all kinds are compared by value. */
export function equalValues(a: CelValue, b: CelValue): boolean {
  const left = numberOf(a)
  const right = numberOf(b)
  if (left !== undefined || right !== undefined) return sameNumber(left, right)
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0
  if (a instanceof Duration) return b instanceof Duration && a.nanoseconds === b.nanoseconds
  if (a instanceof Timestamp) return b instanceof Timestamp && a.instant.compare(b.instant) === 0
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name
  if (a instanceof Optional) return b instanceof Optional && equalOptionals(a, b)
  if (a instanceof CelList) return b instanceof CelList && equalLists(a, b)
  if (isMap(a)) return isMap(b) && equalMaps(a, b)
  if (isObjectValue(a)) return isObjectValue(b) && equalObjects(a, b)
  return isOpaque(a) && isOpaque(b) && a.equals(b)
}

function sameNumber(a: bigint | number | undefined, b: bigint | number | undefined): boolean {
  if (a === undefined || b === undefined) return false
  return typeof a === typeof b ? a === b : !(a < b) && !(a > b) && !Number.isNaN(Number(a) + Number(b))
}

/** The number in a value. */
function numberOf(value: CelValue): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value
  return value instanceof Uint ? value.value : undefined
}

function equalOptionals(a: Optional, b: Optional): boolean {
  if (a.value === undefined || b.value === undefined) return a.value === b.value
  return equalValues(a.value, b.value)
}

/** Lists that are sets or maps are equal whatever their order. */
function equalLists(a: CelList, b: CelList): boolean {
  if (a.items.length !== b.items.length) return false
  if (a.merge === undefined) return a.items.every((item, index) => equalValues(item, b.items[index] ?? null))
  return a.items.every((item) => b.items.some((other) => equalValues(item, other)))
}

function equalMaps(a: CelMap, b: CelMap): boolean {
  if (a.size !== b.size) return false
  return a.keys().every((key) => {
    const [left, right] = [a.get(key), b.get(key)]
    return left !== undefined && right !== undefined && equalValues(left, right)
  })
}

function equalObjects(a: CelObject, b: CelObject): boolean {
  const names = a.names()
  if (names.length !== b.names().length) return false
  return names.every((name) => {
    const [left, right] = [a.field(name), b.field(name)]
    return left !== undefined && right !== undefined && equalValues(left, right)
  })
}

/** Size for costs: of texts, bytes, lists and maps their length, of everything else 1. */
export function sizeOf(value: CelValue | undefined): number {
  if (value === undefined || value === null) return 1
  if (typeof value === 'string') return codePoints(value)
  if (value instanceof Uint8Array) return value.length
  if (value instanceof CelList) return value.items.length
  if (typeof value === 'object' && isMap(value)) return value.size
  if (value instanceof Optional) return sizeOf(value.value)
  if (typeof value === 'object' && isOpaque(value)) return value.size
  return 1
}

/** Number of code points. */
export function codePoints(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0xdc00 || code > 0xdfff || at === 0) count++
  }
  return count
}
