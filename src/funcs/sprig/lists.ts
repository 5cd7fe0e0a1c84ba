import { compareStrings, GoNil, type GoValue, goKind, typedSlice, TypedSlice } from '../../go/index.ts'
import { panicError, runtimeError } from '../errors.ts'
import { ANY, fn, type FunctionTable, LIST, STRINGS } from '../signature.ts'
import { isNil, itemsOf, nilList, stringOf, stringSlice, stringsOf } from '../values.ts'
import { toInt, truncate } from './cast.ts'
import { deepEqual } from './deep-equal.ts'
import { isEmpty } from './defaults.ts'

/** The items of a list argument; the error names what the function could not do. */
function list(value: GoValue, failure: string): readonly GoValue[] {
  const items = itemsOf(value)
  if (items === undefined) throw panicError(`${failure} ${goKind(value)}`)
  return items
}

const includes = (items: readonly GoValue[], value: GoValue): boolean => items.some((item) => deepEqual(value, item))

function uniq(value: GoValue): GoValue {
  const kept: GoValue[] = []
  for (const item of list(value, 'Cannot find uniq on type')) if (!includes(kept, item)) kept.push(item)
  return kept
}

function makeSlice(length: number): number {
  if (!(length >= 0 && length < 2 ** 40)) throw runtimeError('makeslice: len out of range')
  return length
}

function chunk(size: bigint, value: GoValue): GoValue {
  const items = list(value, 'Cannot chunk type')
  const length = items.length
  const width = Number(size)
  const count = makeSlice(Number(truncate(Math.floor((length - 1) / width) + 1)))
  const chunks: GoValue[] = []
  for (let i = 0; i < count; i++) {
    const rest = Math.floor(length % width)
    const size = makeSlice(i === count - 1 && rest !== 0 ? rest : width)
    chunks.push(items.slice(i * width, i * width + size))
  }
  return typedSlice(LIST, chunks)
}

function slice(value: GoValue, ...indices: GoValue[]): GoValue {
  const items = list(value, 'list should be type of slice or array but')
  if (items.length === 0) return null
  const start = indices.length > 0 ? toInt(indices[0]) : 0n
  const end = indices.length < 2 ? BigInt(items.length) : toInt(indices[1])
  if (start < 0n || end < start || end > BigInt(items.length)) {
    throw panicError('reflect.Value.Slice: slice index out of bounds')
  }
  if (value instanceof Uint8Array) return value.subarray(Number(start), Number(end))
  const part = items.slice(Number(start), Number(end))
  return value instanceof TypedSlice ? typedSlice(value.elementType, part) : part
}

function concat(...lists: GoValue[]): GoValue {
  const all: GoValue[] = []
  for (const value of lists) {
    const items = itemsOf(value)
    if (items === undefined) throw panicError(`Cannot concat type ${goKind(value)} as list`)
    for (const item of items) all.push(item)
  }
  return all.length === 0 ? nilList() : all
}

function has(needle: GoValue, haystack: GoValue): boolean {
  return !isNil(haystack) && includes(list(haystack, 'Cannot find has on type'), needle)
}

function sortAlpha(value: GoValue): GoValue {
  if (isNil(value) || (itemsOf(value) === undefined && !(value instanceof GoNil))) {
    return stringSlice([stringOf(value)])
  }
  return stringSlice(stringsOf(value).sort(compareStrings))
}

const first = fn(ANY, ANY, (value: GoValue) => list(value, 'Cannot find first on type')[0] ?? null)
const last = fn(ANY, ANY, (value: GoValue) => list(value, 'Cannot find last on type').at(-1) ?? null)
const rest = fn(ANY, LIST, (value: GoValue) => {
  const items = list(value, 'Cannot find rest on type')
  return items.length === 0 ? nilList() : items.slice(1)
})
const initial = fn(ANY, LIST, (value: GoValue) => {
  const items = list(value, 'Cannot find initial on type')
  return items.length === 0 ? nilList() : items.slice(0, -1)
})
const push = fn(`${ANY}, ${ANY}`, LIST, (value: GoValue, item: GoValue) => [
  ...list(value, 'Cannot push on type'),
  item ?? null,
])
const prepend = fn(`${ANY}, ${ANY}`, LIST, (value: GoValue, item: GoValue) => [
  item ?? null,
  ...list(value, 'Cannot prepend on type'),
])
const reverse = fn(ANY, LIST, (value: GoValue) => [...list(value, 'Cannot find reverse on type')].reverse())
const compact = fn(ANY, LIST, (value: GoValue) =>
  list(value, 'Cannot compact on type').filter((item) => !isEmpty(item)),
)
const uniqFunction = fn(ANY, LIST, uniq)
const without = fn(`${ANY}, ...${ANY}`, LIST, (value: GoValue, ...omitted: GoValue[]) =>
  list(value, 'Cannot find without on type').filter((item) => !includes(omitted, item)),
)
const hasFunction = fn(`${ANY}, ${ANY}`, 'bool', has)
const sliceFunction = fn(`${ANY}, ...${ANY}`, ANY, slice)
const chunkFunction = fn(`int, ${ANY}`, `[]${LIST}`, chunk)
const make = fn(`...${ANY}`, LIST, (...items: GoValue[]) => items.map((item) => item ?? null))

/** Functions on lists. The `must` forms fail with the same texts. */
export const listFunctions: FunctionTable = {
  append: push,
  chunk: chunkFunction,
  compact,
  concat: fn(`...${ANY}`, ANY, concat),
  first,
  has: hasFunction,
  initial,
  last,
  list: make,
  mustAppend: push,
  mustChunk: chunkFunction,
  mustCompact: compact,
  mustFirst: first,
  mustHas: hasFunction,
  mustInitial: initial,
  mustLast: last,
  mustPrepend: prepend,
  mustPush: push,
  mustRest: rest,
  mustReverse: reverse,
  mustSlice: sliceFunction,
  mustUniq: uniqFunction,
  mustWithout: without,
  prepend,
  push,
  rest,
  reverse,
  slice: sliceFunction,
  sortAlpha: fn(ANY, STRINGS, sortAlpha),
  tuple: make,
  uniq: uniqFunction,
  without,
}
