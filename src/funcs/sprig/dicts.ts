import { GoNil, type GoMap, type GoValue, goType, NamedMap, sliceLike, TypedMap } from '../../go/index.ts'
import { argumentError, FunctionError, panicError } from '../errors.ts'
import { ANY, DICT, fn, type FunctionTable, LIST, STRINGS } from '../signature.ts'
import { asPlainMap, isNil, keysOf, mapOf, stringOf, stringSlice } from '../values.ts'
import { mergeMaps } from './merge.ts'
import { SemverObject } from './semver.ts'

function dict(...values: GoValue[]): GoValue {
  const map: GoMap = new Map()
  for (let i = 0; i < values.length; i += 2) {
    map.set(stringOf(values[i]), i + 1 < values.length ? (values[i + 1] ?? null) : '')
  }
  return map
}

function set(map: GoValue, key: string, value: GoValue): GoValue {
  if (!(map instanceof Map)) throw panicError('assignment to entry in nil map')
  map.set(key, value ?? null)
  return asPlainMap(map)
}

function unset(map: GoValue, key: string): GoValue {
  if (map instanceof Map) map.delete(key)
  return asPlainMap(map)
}

function pluck(key: string, ...maps: GoValue[]): GoValue {
  const found: GoValue[] = []
  for (const map of maps) if (map instanceof Map && map.has(key)) found.push(map.get(key))
  return found
}

function keys(...maps: GoValue[]): GoValue {
  return stringSlice(maps.flatMap((map) => keysOf(mapOf(map))))
}

function values(map: GoValue): GoValue {
  const source = mapOf(map)
  return keysOf(source).map((key) => source.get(key))
}

function pick(map: GoValue, ...names: string[]): GoValue {
  const source = mapOf(map)
  const picked: GoMap = new Map()
  for (const name of names) if (source.has(name)) picked.set(name, source.get(name))
  return picked
}

function omit(map: GoValue, ...names: string[]): GoValue {
  const omitted = new Set<GoValue>(names)
  return new Map([...mapOf(map)].filter(([key]) => !omitted.has(key)))
}

function merge(overwrite: boolean) {
  return (target: GoValue, ...sources: GoValue[]): GoValue => {
    let result = target
    for (const source of sources) {
      if (!(source instanceof Map)) continue
      if (!(result instanceof Map)) result = new Map()
      mergeMaps(result, source, overwrite)
    }
    return asPlainMap(result)
  }
}

/** Go's failed type assertion. */
function conversionError(value: GoValue, wanted: string): Error {
  const type = isNil(value) ? 'nil' : goType(value)
  return panicError(`interface conversion: interface {} is ${type}, not ${wanted}`)
}

function asDict(value: GoValue): GoMap {
  if (isNil(value) || goType(value) !== DICT) throw conversionError(value, DICT)
  return mapOf(value)
}

function dig(...args: GoValue[]): GoValue {
  if (args.length < 3) throw panicError('dig needs at least three arguments')
  let current = asDict(args[args.length - 1])
  const names = args.slice(0, -2)
  for (const name of names) if (typeof name !== 'string') throw conversionError(name, 'string')
  for (const [i, name] of names.entries()) {
    if (!current.has(name)) return args[args.length - 2]
    const step = current.get(name)
    if (i === names.length - 1) return step
    current = asDict(step)
  }
  return null
}

function copy(value: GoValue): GoValue {
  if (Array.isArray(value)) {
    return sliceLike(value, Array.from(value, copy))
  }
  if (value instanceof Map) {
    const entries = [...value].map(([key, member]) => [key, copy(member)] as const)
    if (value instanceof NamedMap) return value.withEntries(entries)
    return value instanceof TypedMap ? new TypedMap(value.keyType, value.elementType, entries) : new Map(entries)
  }
  if (value instanceof SemverObject) return value.emptyCopy()
  return value instanceof Uint8Array ? value.slice() : value
}

function deepCopy(value: GoValue): GoValue {
  if (isNil(value)) throw argumentError('reflect: call of reflect.Value.Type on zero Value')
  return value instanceof GoNil ? value : copy(value)
}

const copyFunction = fn(ANY, ANY, deepCopy)
const mergeOverwrite = fn(`${DICT}, ...${DICT}`, ANY, merge(true))

/** `merge` gives an empty text where `mustMerge` fails. */
function lenientMerge(target: GoValue, ...sources: GoValue[]): GoValue {
  try {
    return merge(false)(target, ...sources)
  } catch (error) {
    if (error instanceof FunctionError) return ''
    throw error
  }
}

/** Functions on maps. `keys` and `values` come sorted, where Go's order is random. */
export const dictFunctions: FunctionTable = {
  deepCopy: copyFunction,
  dict: fn(`...${ANY}`, DICT, dict),
  dig: fn(`...${ANY}`, ANY, dig),
  get: fn(`${DICT}, string`, ANY, (map: GoValue, key: string) => {
    const source = mapOf(map)
    return source.has(key) ? source.get(key) : ''
  }),
  hasKey: fn(`${DICT}, string`, 'bool', (map: GoValue, key: string) => mapOf(map).has(key)),
  keys: fn(`...${DICT}`, STRINGS, keys),
  merge: fn(`${DICT}, ...${DICT}`, ANY, lenientMerge),
  mergeOverwrite,
  mustDeepCopy: copyFunction,
  mustMerge: fn(`${DICT}, ...${DICT}`, ANY, merge(false)),
  mustMergeOverwrite: mergeOverwrite,
  omit: fn(`${DICT}, ...string`, DICT, omit),
  pick: fn(`${DICT}, ...string`, DICT, pick),
  pluck: fn(`string, ...${DICT}`, LIST, pluck),
  set: fn(`${DICT}, string, ${ANY}`, DICT, set),
  unset: fn(`${DICT}, string`, DICT, unset),
  values: fn(DICT, LIST, values),
}
