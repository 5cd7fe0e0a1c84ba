import { CelList, type CelValue, Duration, isMap, isOpaque, sizeOf, typeName } from './values.ts'

/** Work that one expression may do. As PerCallLimit of Kubernetes. */
export const EXPRESSION_COST_LIMIT = 1_000_000

const LIST_COST = 10
const MAP_COST = 30
const STRUCT_COST = 40

/** Cost of making a value, besides its parts. */
export const CREATION_COST = { list: LIST_COST, map: MAP_COST, struct: STRUCT_COST } as const

const TEXT_FACTOR = 0.1
const PATTERN_FACTOR = 0.25

const text = (size: number): number => Math.ceil(size * TEXT_FACTOR)
const pattern = (subject: number, expression: number): number =>
  text(1 + subject) * Math.ceil(expression * PATTERN_FACTOR)

type Cost = (args: readonly CelValue[], result: CelValue | undefined) => number

const one: Cost = () => 1
const first: Cost = (args) => text(sizeOf(args[0]))
const firstTwice: Cost = (args) => Math.ceil(sizeOf(args[0]) * 2 * TEXT_FACTOR)
const found: Cost = (args) => pattern(sizeOf(args[0]), sizeOf(args[1]))
const compared: Cost = (args) => {
  const [left, right] = args
  if (left !== undefined && isOpaque(left)) return 1
  return text(Math.min(sizeOf(left), sizeOf(right)))
}
const traversed: Cost = (args) => traversal(args[0] ?? null)

/** Work of looking at every part of a value once. */
function traversal(value: CelValue): number {
  if (typeof value === 'string') return Math.floor(Buffer.byteLength(value) * TEXT_FACTOR)
  if (value instanceof Uint8Array) return Math.floor(value.length * TEXT_FACTOR)
  if (value instanceof CelList) return value.items.reduce<number>((sum, item) => sum + traversal(item), 0)
  if (value === null || value instanceof Duration || !isMap(value)) return 1
  return value.keys().reduce<number>((sum, key) => sum + traversal(key) + traversal(value.get(key) ?? null), 0)
}

const newList = (factor: number, size: number): number => Math.floor(size * factor) + 1 + LIST_COST
const listMade: Cost = (_args, result) => newList(1, sizeOf(result))
/** Each item against each other. */
function comparedItems(list: CelValue | undefined): number {
  const items = list instanceof CelList ? list.items : []
  const name = typeName(items[0] ?? null)
  return newList(name === 'string' || name === 'bytes' ? 2 + TEXT_FACTOR : 2, items.length ** 2)
}
const selfCompared: Cost = (args) => comparedItems(args[0])
const setsCompared =
  (factor: number): Cost =>
  (args) =>
    1 + Math.floor(sizeOf(args[0]) * sizeOf(args[1]) * factor)
const networkCompared = (other: boolean, parses: boolean): Cost => {
  return (args) => {
    const size = sizeOf(args[0])
    return text(size * 2) + (other ? text(size) + 1 : 0) + (parses ? text(sizeOf(args[1])) : 0)
  }
}
const selector: Cost = (args) => {
  const length = sizeOf(args[1])
  return LIST_COST + text(length) + Math.ceil(length * 0.5) * (LIST_COST + STRUCT_COST)
}

/** Costs of functions that are not 1, by name. As cel-go and Kubernetes' CostEstimator count them. */
const BY_NAME: Readonly<Record<string, Cost>> = {
  startsWith: first,
  endsWith: first,
  matches: found,
  contains: (args) => text(sizeOf(args[0])) * text(sizeOf(args[1])),
  '@in': (args) => sizeOf(args[1]),
  '_==_': compared,
  '_!=_': compared,
  check: () => 350_000,
  fieldSelector: selector,
  labelSelector: selector,
  isSorted: traversed,
  sum: traversed,
  max: traversed,
  min: traversed,
  indexOf: traversed,
  lastIndexOf: traversed,
  url: first,
  lowerAscii: first,
  upperAscii: first,
  substring: first,
  trim: first,
  replace: firstTwice,
  split: firstTwice,
  join: (_args, result) => Math.ceil(sizeOf(result) * 2 * TEXT_FACTOR),
  find: found,
  findAll: found,
  cidr: first,
  isIP: first,
  isCIDR: first,
  ip: first,
  'ip.isCanonical': firstTwice,
  quantity: first,
  isQuantity: first,
  semver: first,
  isSemver: first,
  format: first,
  or: () => 0,
  orValue: () => 0,
  dyn: () => 0,
  slice: listMade,
  reverse: listMade,
  'lists.range': listMade,
  flatten: (args) => newList(typeof args[1] === 'bigint' ? Number(args[1]) : 1, sizeOf(args[0])),
  sort: selfCompared,
  distinct: selfCompared,
  '@sortByAssociatedKeys': (args) => comparedItems(args[1]),
  'sets.contains': setsCompared(1),
  'sets.intersects': setsCompared(1),
  'sets.equivalent': setsCompared(2),
  validate: (args) => pattern(sizeOf(args[1]), isOpaque(args[0] ?? null) ? 30 : 1),
}

/** Costs of single variants. */
const BY_OVERLOAD: Readonly<Record<string, Cost>> = {
  cidr_ip: one,
  cidr_contains_ip_string: networkCompared(false, true),
  cidr_contains_ip_ip: networkCompared(false, false),
  cidr_contains_cidr_string: networkCompared(true, true),
  cidr_contains_cidr: networkCompared(true, false),
  less_string: compared,
  less_equals_string: compared,
  greater_string: compared,
  greater_equals_string: compared,
  add_string: (args) => text(sizeOf(args[0]) + sizeOf(args[1])),
  add_bytes: (args) => text(sizeOf(args[0]) + sizeOf(args[1])),
  string_to_bytes: first,
  bytes_to_string: first,
  in_map: one,
}

/** What a call costs. */
export function callCost(
  name: string,
  overload: string,
  args: readonly CelValue[],
  result: CelValue | undefined,
): number {
  return (BY_OVERLOAD[overload] ?? BY_NAME[name] ?? one)(args, result)
}
