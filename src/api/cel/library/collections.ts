import { type Library, method, type Overload, plain } from '../declarations.ts'
import { celError, noSuchOverload } from '../errors.ts'
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  optionalOf,
  param,
  STRING,
  TIMESTAMP,
  TYPE,
  UINT,
} from '../types.ts'
import {
  CelList,
  type CelMap,
  type CelValue,
  Duration,
  equalValues,
  isMap,
  Optional,
  PlainMap,
  Timestamp,
  typeName,
  TypeValue,
  Uint,
} from '../values.ts'
import { checkedInt, compareValues, list } from './standard.ts'

const A = param('A')
const K = param('K')
const V = param('V')
const T = param('T')
const listA = listOf(A)

/** Order of two values of any ordered type. */
function compare(a: CelValue, b: CelValue): number {
  if (a instanceof Timestamp && b instanceof Timestamp) return a.instant.compare(b.instant)
  if (a instanceof Duration && b instanceof Duration) return Number(a.nanoseconds - b.nanoseconds)
  return compareValues(a, b)
}

const COMPARABLE: readonly (readonly [string, CelType])[] = [
  ['int', INT],
  ['uint', UINT],
  ['double', DOUBLE],
  ['bool', BOOL],
  ['duration', DURATION],
  ['timestamp', TIMESTAMP],
  ['string', STRING],
  ['bytes', BYTES],
]

function isSorted(value: CelValue): boolean {
  const { items } = list(value)
  return items.every((item, index) => index === 0 || compare(items[index - 1] ?? null, item) <= 0)
}

function extreme(name: 'max' | 'min'): NonNullable<Overload['run']> {
  const sign = name === 'max' ? 1 : -1
  return (value) => {
    const { items } = list(value)
    const [first, ...rest] = items
    if (first === undefined) throw celError(`${name} called on empty list`)
    return rest.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best), first)
  }
}

const SUMMED: readonly (readonly [string, CelType, CelValue])[] = [
  ['int', INT, 0n],
  ['uint', UINT, new Uint(0n)],
  ['double', DOUBLE, 0],
  ['duration', DURATION, new Duration(0n)],
]

function add(a: CelValue, b: CelValue): CelValue {
  if (typeof a === 'bigint' && typeof b === 'bigint') return checkedInt(a + b)
  if (typeof a === 'number' && typeof b === 'number') return a + b
  if (a instanceof Uint && b instanceof Uint) return new Uint(a.value + b.value)
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.nanoseconds + b.nanoseconds)
  throw noSuchOverload()
}

const position = (items: readonly CelValue[], wanted: CelValue): bigint =>
  BigInt(items.findIndex((item) => equalValues(item, wanted)))

function lastPosition(items: readonly CelValue[], wanted: CelValue): bigint {
  for (let at = items.length - 1; at >= 0; at--) if (equalValues(items[at] ?? null, wanted)) return BigInt(at)
  return -1n
}

/** Kubernetes' functions on lists. */
const KUBERNETES: Library = {
  isSorted: COMPARABLE.map(([id, type]) => method(`list_${id}_is_sorted_bool`, [listOf(type)], BOOL, isSorted)),
  sum: SUMMED.map(([id, type, zero]) =>
    method(`list_${id}_sum_${id}`, [listOf(type)], type, (value) => list(value).items.reduce(add, zero)),
  ),
  max: COMPARABLE.map(([id, type]) => method(`list_${id}_max_${id}`, [listOf(type)], type, extreme('max'))),
  min: COMPARABLE.map(([id, type]) => method(`list_${id}_min_${id}`, [listOf(type)], type, extreme('min'))),
  indexOf: [method('list_a_index_of_int', [listA, A], INT, (value, wanted) => position(list(value).items, wanted))],
  lastIndexOf: [
    method('list_a_last_index_of_int', [listA, A], INT, (value, wanted) => lastPosition(list(value).items, wanted)),
  ],
}

function slice(value: CelValue, from: CelValue, to: CelValue): CelList {
  const { items } = list(value)
  const [start, end] = [Number(from as bigint), Number(to as bigint)]
  const cannot = `cannot slice(${start}, ${end}), `
  if (start < 0 || end < 0) throw celError(`${cannot}negative indexes not supported`)
  if (start > end) throw celError(`${cannot}start index must be less than or equal to end index`)
  if (items.length < end) throw celError(`${cannot}list is length ${items.length}`)
  return new CelList(items.slice(start, end))
}

function flatten(value: CelValue, depth: bigint): CelList {
  if (depth < 0n) throw celError('level must be non-negative')
  const flat = (items: readonly CelValue[], left: bigint): CelValue[] =>
    items.flatMap((item) => (item instanceof CelList && left > 0n ? flat(item.items, left - 1n) : [item]))
  return new CelList(flat(list(value).items, depth))
}

function sortedBy(value: CelValue, keys: CelValue): CelList {
  const { items } = list(value)
  const by = list(keys).items
  if (items.length !== by.length) {
    const shown = `expected a list of size ${by.length}, but got ${items.length}`
    throw celError(`@sortByAssociatedKeys() ${shown}`)
  }
  const [first = null] = by
  if (by.some((key) => typeName(key) !== typeName(first))) throw celError('list elements must have the same type')
  const order = items.map((item, index) => ({ item, key: by[index] ?? null }))
  order.sort((a, b) => compare(a.key, b.key))
  return new CelList(order.map(({ item }) => item))
}

function distinct(value: CelValue): CelList {
  const kept: CelValue[] = []
  for (const item of list(value).items) if (!kept.some((other) => equalValues(item, other))) kept.push(item)
  return new CelList(kept)
}

/** cel-go's list extension (version 3). */
const LISTS: Library = {
  slice: [method('list_slice', [listA, INT, INT], listA, slice)],
  flatten: [
    method('list_flatten', [listOf(listA)], listA, (value) => flatten(value, 1n)),
    method('list_flatten_int', [listOf(DYN), INT], listOf(DYN), (value, depth) => flatten(value, depth as bigint)),
  ],
  sort: COMPARABLE.map(([id, type]) =>
    method(`list_${id}_sort`, [listOf(type)], listOf(type), (value) => sortedBy(value, value)),
  ),
  '@sortByAssociatedKeys': COMPARABLE.map(([id, type]) =>
    method(`list_${id}_sortByAssociatedKeys`, [listA, listOf(type)], listA, sortedBy),
  ),
  'lists.range': [
    plain('lists_range', [INT], listOf(INT), (value) => {
      const length = Math.max(0, Number(value as bigint))
      return new CelList(Array.from({ length }, (_each, index) => BigInt(index)))
    }),
  ],
  reverse: [method('list_reverse', [listA], listA, (value) => new CelList(list(value).items.toReversed()))],
  distinct: [method('list_distinct', [listA], listA, distinct)],
}

const holds = (items: CelList, wanted: CelValue): boolean => items.items.some((each) => equalValues(each, wanted))
const containsAll = (a: CelValue, b: CelValue): boolean => list(b).items.every((each) => holds(list(a), each))

/** cel-go's set extension. */
const SETS: Library = {
  'sets.contains': [plain('list_sets_contains_list', [listOf(T), listOf(T)], BOOL, containsAll)],
  'sets.equivalent': [
    plain('list_sets_equivalent_list', [listOf(T), listOf(T)], BOOL, (a, b) => containsAll(a, b) && containsAll(b, a)),
  ],
  'sets.intersects': [
    plain('list_sets_intersects_list', [listOf(T), listOf(T)], BOOL, (a, b) =>
      list(b).items.some((each) => holds(list(a), each)),
    ),
  ],
}

const inside = (value: CelValue): CelValue | undefined => (value as Optional).value

function presentValue(value: CelValue): CelValue {
  const found = inside(value)
  if (found === undefined) throw celError('optional.none() dereference')
  return found
}

function isZero(value: CelValue): boolean {
  if (value === null || value === false || value === 0 || value === 0n || value === '') return true
  if (typeof value !== 'object') return false
  if (value instanceof Uint) return value.value === 0n
  if (value instanceof Uint8Array) return value.length === 0
  if (value instanceof CelList) return value.items.length === 0
  if (value instanceof Duration) return value.nanoseconds === 0n
  if (value instanceof Optional) return value.value === undefined
  return isMap(value) && value.size === 0
}

function unwrapped(value: CelValue): CelList {
  const found = list(value).items.flatMap((item) => {
    if (!(item instanceof Optional)) throw celError(`value ${String(item)} is not optional`)
    return item.value === undefined ? [] : [item.value]
  })
  return new CelList(found)
}

const optionalV = optionalOf(V)
const firstOf: NonNullable<Overload['run']> = (value) => new Optional(list(value).items[0])
const lastOf: NonNullable<Overload['run']> = (value) => new Optional(list(value).items.at(-1))

/** cel-go's optional values. */
const OPTIONALS: Library = {
  'optional.of': [plain('optional_of', [V], optionalV, (value) => new Optional(value))],
  'optional.ofNonZeroValue': [
    plain('optional_ofNonZeroValue', [V], optionalV, (value) => new Optional(isZero(value) ? undefined : value)),
  ],
  'optional.none': [plain('optional_none', [], optionalV, () => new Optional(undefined))],
  hasValue: [method('optional_hasValue', [optionalV], BOOL, (value) => inside(value) !== undefined)],
  value: [method('optional_value', [optionalV], V, presentValue)],
  or: [method('optional_or_optional', [optionalV, optionalV], optionalV, (a, b) => (inside(a) === undefined ? b : a))],
  orValue: [
    method('optional_orValue_value', [optionalV, V], V, (a, b) => inside(a) ?? (inside(a) === null ? null : b)),
  ],
  first: [method('list_first', [listOf(V)], optionalV, firstOf)],
  last: [method('list_last', [listOf(V)], optionalV, lastOf)],
  'optional.unwrap': [plain('optional_unwrap', [listOf(optionalV)], listOf(V), unwrapped)],
  unwrapOpt: [method('optional_unwrapOpt', [listOf(optionalV)], listOf(V), unwrapped)],
  '_?._': [{ id: 'select_optional_field', args: [DYN, STRING], result: optionalV }],
  '_[?_]': [
    { id: 'list_optindex_optional_int', args: [listOf(V), INT], result: optionalV },
    { id: 'optional_list_optindex_optional_int', args: [optionalOf(listOf(V)), INT], result: optionalV },
    { id: 'map_optindex_optional_value', args: [mapOf(K, V), K], result: optionalV },
    { id: 'optional_map_optindex_optional_value', args: [optionalOf(mapOf(K, V)), K], result: optionalV },
  ],
  '_[_]': [
    { id: 'optional_list_index_int', args: [optionalOf(listOf(V)), INT], result: optionalV },
    { id: 'optional_map_index_value', args: [optionalOf(mapOf(K, V)), K], result: optionalV },
  ],
}

function insert(map: CelMap, pairs: readonly (readonly [CelValue, CelValue])[]): CelMap {
  const next = new PlainMap()
  for (const key of map.keys()) next.insert(key, map.get(key) ?? null)
  for (const [key, value] of pairs) {
    if (!next.insert(key, value)) throw celError(`insert failed: key ${String(key)} already exists`)
  }
  return next
}

const mapKV = mapOf(K, V)

/** What the macros for two variables use, and `type()`. */
const OTHERS: Library = {
  'cel.@mapInsert': [
    plain('@mapInsert_map_key_value', [mapKV, K, V], mapKV, (map, key, value) => insert(map as CelMap, [[key, value]])),
    plain('@mapInsert_map_map', [mapKV, mapKV], mapKV, (map, more) => {
      const from = more as CelMap
      return insert(
        map as CelMap,
        from.keys().map((key) => [key, from.get(key) ?? null] as const),
      )
    }),
  ],
  type: [plain('type', [A], TYPE, (value) => new TypeValue(typeName(value)))],
}

/** Everything about lists, sets, optional values and maps. */
export const COLLECTIONS: readonly Library[] = [KUBERNETES, LISTS, SETS, OPTIONALS, OTHERS]
