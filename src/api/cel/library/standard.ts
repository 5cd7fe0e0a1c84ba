import { errorText } from '../../../base/index.ts'
import { formatFloat, GoRegexp } from '../../../go/index.ts'
import { type Library, method, type Overload, plain } from '../declarations.ts'
import { type CelError, celError, noSuchOverload } from '../errors.ts'
import { fitsInt } from '../lexer.ts'
import { BOOL, BYTES, type CelType, DOUBLE, DYN, INT, listOf, mapOf, param, STRING, UINT } from '../types.ts'
import {
  CelList,
  type CelMap,
  type CelValue,
  codePoints,
  equalValues,
  type ListMerge,
  Uint,
  isObjectValue,
} from '../values.ts'

const A = param('A')
const B = param('B')

/** An int, or the error that it does not fit 64 bits. */
export function checkedInt(value: bigint): bigint {
  if (!fitsInt(value)) throw celError('integer overflow')
  return value
}

function checkedUint(value: bigint): Uint {
  if (value < 0n || value >= 1n << 64n) throw celError('unsigned integer overflow')
  return new Uint(value)
}

const int = (value: CelValue): bigint => value as bigint
const uint = (value: CelValue): bigint => (value as Uint).value
const double = (value: CelValue): number => value as number
const text = (value: CelValue): string => value as string
const bytes = (value: CelValue): Uint8Array => value as Uint8Array
/** A list operand. */
export const list = (value: CelValue): CelList => value as CelList

/** The whole-number operators of ints, uints and (where they have them) doubles. */
function arithmetic(
  name: string,
  whole: (a: bigint, b: bigint) => bigint,
  real: ((a: number, b: number) => number) | undefined,
): Overload[] {
  return [
    plain(`${name}_int64`, [INT, INT], INT, (a, b) => checkedInt(whole(int(a), int(b)))),
    plain(`${name}_uint64`, [UINT, UINT], UINT, (a, b) => checkedUint(whole(uint(a), uint(b)))),
    ...(real === undefined
      ? []
      : [plain(`${name}_double`, [DOUBLE, DOUBLE], DOUBLE, (a, b) => real(double(a), double(b)))]),
  ]
}

function nonZero(value: bigint, message: string): bigint {
  if (value === 0n) throw celError(message)
  return value
}

/** Lists that are sets take in what they do not have, maps replace what has the same keys. */
function concat(a: CelList, b: CelList): CelList {
  const { merge } = a
  if (merge === undefined) return new CelList([...a.items, ...b.items])
  if (merge.kind === 'set') {
    return new CelList(
      [...a.items, ...b.items.filter((item) => !a.items.some((other) => equalValues(item, other)))],
      merge,
    )
  }
  const items = [...a.items]
  for (const item of b.items) {
    const at = items.findIndex((other) => sameKeys(other, item, merge))
    if (at < 0) items.push(item)
    else items[at] = item
  }
  return new CelList(items, merge)
}

function sameKeys(a: CelValue, b: CelValue, merge: ListMerge): boolean {
  return merge.keys.every((key) => {
    const left = isObjectValue(a) ? a.field(key) : undefined
    const right = isObjectValue(b) ? b.field(key) : undefined
    return left === undefined || right === undefined ? left === right : equalValues(left, right)
  })
}

/** -1, 0 or 1 for two values of an ordered type; numbers of all kinds compare. Throws when they have no order. */
export function compareValues(a: CelValue, b: CelValue): number {
  const left = a instanceof Uint ? a.value : a
  const right = b instanceof Uint ? b.value : b
  const isNumber = (value: CelValue): value is bigint | number => typeof value === 'bigint' || typeof value === 'number'
  if (isNumber(left) && isNumber(right)) {
    if (Number.isNaN(left) || Number.isNaN(right)) throw celError('NaN values cannot be ordered')
    return left < right ? -1 : left > right ? 1 : 0
  }
  if (typeof left === 'string' && typeof right === 'string')
    return Buffer.compare(Buffer.from(left), Buffer.from(right))
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right)
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right)
  throw noSuchOverload()
}

function ordering(name: string, holds: (order: number) => boolean): Overload[] {
  const run: NonNullable<Overload['run']> = (a, b) => holds(compareValues(a, b))
  const pair = (left: CelType, right: CelType, id: string): Overload => plain(`${name}_${id}`, [left, right], BOOL, run)
  return [
    pair(BOOL, BOOL, 'bool'),
    pair(INT, INT, 'int64'),
    pair(INT, DOUBLE, 'int64_double'),
    pair(INT, UINT, 'int64_uint64'),
    pair(UINT, UINT, 'uint64'),
    pair(UINT, DOUBLE, 'uint64_double'),
    pair(UINT, INT, 'uint64_int64'),
    pair(DOUBLE, DOUBLE, 'double'),
    pair(DOUBLE, INT, 'double_int64'),
    pair(DOUBLE, UINT, 'double_uint64'),
    pair(STRING, STRING, 'string'),
    pair(BYTES, BYTES, 'bytes'),
  ]
}

/** Doubles as Go prints them with `%g` and the shortest digits. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return formatFloat(value, 'g', -1)
}

function conversion(id: string, from: CelType, to: CelType, run: (value: CelValue) => CelValue): Overload {
  return plain(id, [from], to, run)
}

function truncated(value: number, message: string): bigint {
  if (!Number.isFinite(value)) throw celError(message)
  return BigInt(Math.trunc(value))
}

/** The error of a text that cannot be read as another type. */
export function unconvertible(to: string): CelError {
  return celError(`type conversion error from 'string' to '${to}'`)
}

function parsedInt(value: string, to: 'int' | 'uint'): bigint {
  const number = /^[+-]?\d+$/.test(value) ? BigInt(value) : undefined
  const fits = number !== undefined && (to === 'int' ? fitsInt(number) : number >= 0n && number < 1n << 64n)
  if (!fits) throw unconvertible(to)
  return number
}

function parsedDouble(value: string): number {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(value)
  if (special !== null) {
    if (special[2]?.toLowerCase() === 'nan') return Number.NaN
    return special[1] === '-' ? -Infinity : Infinity
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) throw unconvertible('double')
  return Number(value)
}

const same = (value: CelValue): CelValue => value

const CONVERSIONS: Library = {
  bool: [
    conversion('bool_to_bool', BOOL, BOOL, same),
    conversion('string_to_bool', STRING, BOOL, (value) => {
      if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text(value))) return true
      if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text(value))) return false
      throw unconvertible('bool')
    }),
  ],
  int: [
    conversion('int64_to_int64', INT, INT, same),
    conversion('double_to_int64', DOUBLE, INT, (value) => checkedInt(truncated(double(value), 'integer overflow'))),
    conversion('string_to_int64', STRING, INT, (value) => checkedInt(parsedInt(text(value), 'int'))),
    conversion('uint64_to_int64', UINT, INT, (value) => checkedInt(uint(value))),
  ],
  uint: [
    conversion('uint64_to_uint64', UINT, UINT, same),
    conversion('double_to_uint64', DOUBLE, UINT, (value) =>
      checkedUint(truncated(double(value), 'unsigned integer overflow')),
    ),
    conversion('int64_to_uint64', INT, UINT, (value) => checkedUint(int(value))),
    conversion('string_to_uint64', STRING, UINT, (value) => checkedUint(parsedInt(text(value), 'uint'))),
  ],
  double: [
    conversion('double_to_double', DOUBLE, DOUBLE, same),
    conversion('int64_to_double', INT, DOUBLE, (value) => Number(int(value))),
    conversion('string_to_double', STRING, DOUBLE, (value) => parsedDouble(text(value))),
    conversion('uint64_to_double', UINT, DOUBLE, (value) => Number(uint(value))),
  ],
  bytes: [
    conversion('bytes_to_bytes', BYTES, BYTES, same),
    conversion('string_to_bytes', STRING, BYTES, (value) => Buffer.from(text(value))),
  ],
  string: [
    conversion('string_to_string', STRING, STRING, same),
    conversion('bool_to_string', BOOL, STRING, (value) => String(value)),
    conversion('bytes_to_string', BYTES, STRING, (value) => {
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes(value))
      } catch {
        throw celError('invalid UTF-8 in bytes, cannot convert to string')
      }
    }),
    conversion('double_to_string', DOUBLE, STRING, (value) => doubleText(double(value))),
    conversion('int64_to_string', INT, STRING, (value) => String(value)),
    conversion('uint64_to_string', UINT, STRING, (value) => String(uint(value))),
  ],
  dyn: [plain('to_dyn', [A], DYN, same)],
}

/** A compiled pattern. Throws CelError with `prefix` before the reason. */
export function regexp(pattern: string, prefix = ''): GoRegexp {
  try {
    return GoRegexp.compile(pattern)
  } catch (error) {
    throw celError(prefix + errorText(error))
  }
}

const equality: NonNullable<Overload['run']> = (a, b) => equalValues(a, b)
const size = (id: string, type: CelType, count: (value: CelValue) => number): Overload[] => {
  const run: NonNullable<Overload['run']> = (value) => BigInt(count(value))
  return [plain(`size_${id}`, [type], INT, run), method(`${id}_size`, [type], INT, run)]
}

/** Operators, conversions and the functions on texts that every CEL has. */
export const STANDARD: Library = {
  ...CONVERSIONS,
  '_&&_': [{ id: 'logical_and', args: [BOOL, BOOL], result: BOOL }],
  '_||_': [{ id: 'logical_or', args: [BOOL, BOOL], result: BOOL }],
  '_?_:_': [{ id: 'conditional', args: [BOOL, A, A], result: A }],
  '!_': [plain('logical_not', [BOOL], BOOL, (value) => value !== true)],
  '@not_strictly_false': [{ id: 'not_strictly_false', args: [BOOL], result: BOOL }],
  '_==_': [plain('equals', [A, A], BOOL, equality)],
  '_!=_': [plain('not_equals', [A, A], BOOL, (a, b) => !equalValues(a, b))],
  '_<_': ordering('less', (order) => order < 0),
  '_<=_': ordering('less_equals', (order) => order <= 0),
  '_>_': ordering('greater', (order) => order > 0),
  '_>=_': ordering('greater_equals', (order) => order >= 0),
  '_+_': [
    plain('add_bytes', [BYTES, BYTES], BYTES, (a, b) => Buffer.concat([bytes(a), bytes(b)])),
    ...arithmetic(
      'add',
      (a, b) => a + b,
      (a, b) => a + b,
    ),
    plain('add_list', [listOf(A), listOf(A)], listOf(A), (a, b) => concat(list(a), list(b))),
    plain('add_string', [STRING, STRING], STRING, (a, b) => text(a) + text(b)),
  ],
  '_-_': arithmetic(
    'subtract',
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  '_*_': arithmetic(
    'multiply',
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  '_/_': arithmetic(
    'divide',
    (a, b) => a / nonZero(b, 'division by zero'),
    (a, b) => a / b,
  ),
  '_%_': arithmetic('modulo', (a, b) => a % nonZero(b, 'modulus by zero'), undefined),
  '-_': [
    plain('negate_double', [DOUBLE], DOUBLE, (value) => -double(value)),
    plain('negate_int64', [INT], INT, (value) => checkedInt(-int(value))),
  ],
  '_[_]': [
    { id: 'index_list', args: [listOf(A), INT], result: A },
    { id: 'index_map', args: [mapOf(A, B), A], result: B },
  ],
  '@in': [
    plain('in_list', [A, listOf(A)], BOOL, (value, items) =>
      list(items).items.some((each) => equalValues(value, each)),
    ),
    plain('in_map', [A, mapOf(A, B)], BOOL, (key, map) => (map as CelMap).get(key) !== undefined),
  ],
  size: [
    ...size('bytes', BYTES, (value) => bytes(value).length),
    ...size('list', listOf(A), (value) => list(value).items.length),
    ...size('map', mapOf(A, B), (value) => (value as CelMap).size),
    ...size('string', STRING, (value) => codePoints(text(value))),
  ],
  contains: [method('contains_string', [STRING, STRING], BOOL, (a, b) => text(a).includes(text(b)))],
  startsWith: [method('starts_with_string', [STRING, STRING], BOOL, (a, b) => text(a).startsWith(text(b)))],
  endsWith: [method('ends_with_string', [STRING, STRING], BOOL, (a, b) => text(a).endsWith(text(b)))],
  matches: [
    method('matches_string', [STRING, STRING], BOOL, (a, b) => regexp(text(b)).matches(text(a))),
    plain('matches', [STRING, STRING], BOOL, (a, b) => regexp(text(b)).matches(text(a))),
  ],
}
