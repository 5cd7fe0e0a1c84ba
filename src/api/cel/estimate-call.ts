import type { CelNode } from './ast.ts'
import { type Bounds, type CallEstimate, either, fixed, plus, scaled, times, UNKNOWN } from './estimate-size.ts'
import { type CelType, sameType } from './types.ts'

/** An operand of a call. */
export interface Operand {
  readonly node: CelNode
  readonly type: CelType
  /** Absent when nothing is known of it. */
  readonly size?: Bounds
  /** Size of the items of a list. */
  readonly itemSize: Bounds
}

/** A call whose cost is to be estimated. */
export interface EstimatedCall {
  readonly name: string
  readonly overload: string
  /** What a member function is called on. */
  readonly target?: Operand
  readonly args: readonly Operand[]
}

const TEXT = 0.1
const PATTERN = 0.25
const LIST_COST = 10
const STRUCT_COST = 40
const ONE = fixed(1)
const ADDRESS: Bounds = { min: 4, max: 16 }

const sizeOf = (operand: Operand | undefined): Bounds => operand?.size ?? UNKNOWN
const read = (size: Bounds): CallEstimate => ({ cost: scaled(size, TEXT) })
const kept = (size: Bounds): CallEstimate => ({ cost: scaled(size, TEXT), size })
const matched = (subject: Bounds, pattern: Bounds): Bounds =>
  times(scaled(plus(subject, ONE), TEXT), scaled(pattern, PATTERN))

type Estimate = (call: EstimatedCall) => CallEstimate | undefined

const ofTarget =
  (estimate: (size: Bounds) => CallEstimate): Estimate =>
  ({ target }) =>
    target && estimate(sizeOf(target))
const ofFirst =
  (estimate: (size: Bounds) => CallEstimate): Estimate =>
  ({ args }) =>
    args.length > 0 ? estimate(sizeOf(args[0])) : undefined

const gathered: Estimate = ({ target }) => {
  if (target === undefined) return undefined
  const { type } = target
  const item = type.kind === 'list' ? type.item : type.kind === 'map' ? type.key : undefined
  if (item === undefined) return read(sizeOf(target))
  const isText = item.kind === 'primitive' && (item.name === 'string' || item.name === 'bytes')
  return { cost: times(sizeOf(target), isText ? plus(ONE, scaled(target.itemSize, TEXT)) : ONE) }
}

const selector = ofFirst((size) => ({
  cost: plus(fixed(LIST_COST), scaled(size, TEXT), scaled(scaled(size, 0.5), LIST_COST + STRUCT_COST)),
}))

/** The longest and shortest text that replacing may give. */
const replaced: Estimate = ({ target, args }) => {
  if (target === undefined || args.length < 2) return undefined
  const [size, from, to] = [sizeOf(target), sizeOf(args[0]), sizeOf(args[1])]
  const longest =
    from.min === 0
      ? plus(times(fixed(size.max + 1), fixed(to.max)), fixed(size.max)).max
      : to.max <= from.min
        ? size.max
        : times(fixed(Math.ceil(size.max / from.min)), fixed(to.max)).max
  const shortest =
    from.max === 0
      ? plus(times(fixed(size.min + 1), fixed(to.min)), fixed(size.min)).min
      : from.max <= to.min
        ? size.min
        : times(fixed(Math.ceil(size.min / from.max)), fixed(to.min)).min
  return { cost: scaled(size, 2 * TEXT), size: { min: shortest, max: longest } }
}

const numberIn = (operand: Operand | undefined): number | undefined =>
  operand?.node.kind === 'literal' && typeof operand.node.value === 'bigint' ? Number(operand.node.value) : undefined

const split: Estimate = ({ target, args }) =>
  target && {
    cost: scaled(sizeOf(target), 2 * TEXT),
    size: { min: 0, max: numberIn(args[1]) ?? sizeOf(target).max },
  }

const joined: Estimate = ({ target, args }) => {
  if (target === undefined) return undefined
  const size = sizeOf(target)
  const gaps: Bounds = { min: Math.max(0, size.min - 1), max: Math.max(0, size.max - 1) }
  const items = target.type.kind === 'list' ? times(size, target.itemSize) : fixed(0)
  return kept(args.length > 0 ? plus(items, times(sizeOf(args[0]), gaps)) : items)
}

const found: Estimate = ({ target, args }) =>
  target && args.length > 0
    ? { cost: matched(sizeOf(target), sizeOf(args[0])), size: { min: 0, max: sizeOf(target).max } }
    : undefined

const inNetwork =
  (more: Bounds): Estimate =>
  ({ overload, args }) => ({
    cost: plus(
      scaled(plus(ADDRESS, ADDRESS), TEXT),
      more,
      overload.endsWith('_string') ? scaled(sizeOf(args[0]), TEXT) : fixed(0),
    ),
  })

/** Equality of what Kubernetes' libraries bring. */
const same: Estimate = ({ args: [left, right] }) => {
  if (left?.type.kind !== 'opaque' || right === undefined || !sameType(left.type, right.type)) return undefined
  const { name } = left.type
  if (name === 'optional_type') return undefined
  if (name === 'kubernetes.NamedFormat') return { cost: scaled({ min: 1, max: 64 }, TEXT) }
  if (name === 'kubernetes.URL') return { cost: scaled({ min: 1, max: right.size?.max ?? 1 }, TEXT) }
  return { cost: ONE }
}

/** Estimates of functions by name. As Kubernetes' CostEstimator; undefined leaves a call to its variant. */
const BY_NAME: Readonly<Record<string, Estimate>> = {
  check: () => ({ cost: fixed(350_000) }),
  fieldSelector: selector,
  labelSelector: selector,
  isSorted: gathered,
  sum: gathered,
  max: gathered,
  min: gathered,
  indexOf: gathered,
  lastIndexOf: gathered,
  url: ofFirst(kept),
  'jsonpatch.escapeKey': ofFirst(kept),
  lowerAscii: ofTarget(kept),
  upperAscii: ofTarget(kept),
  substring: ofTarget(kept),
  trim: ofTarget(kept),
  replace: replaced,
  split,
  join: joined,
  find: found,
  findAll: found,
  cidr: ofFirst(read),
  isIP: ofFirst(read),
  isCIDR: ofFirst(read),
  ip: (call) => (call.overload === 'cidr_ip' ? { cost: ONE } : ofFirst(read)(call)),
  'ip.isCanonical': ofFirst((size) => ({ cost: scaled(size, 2 * TEXT) })),
  containsIP: inNetwork(fixed(0)),
  containsCIDR: inNetwork(plus(scaled(ADDRESS, TEXT), ONE)),
  quantity: ofFirst(read),
  isQuantity: ofFirst(read),
  semver: ofFirst(read),
  isSemver: ofFirst(read),
  validate: ofFirst((size) => ({ cost: scaled(scaled(size, TEXT), 128 * PATTERN) })),
  '_==_': same,
}

const listMade = (factor: number, size: Bounds): CallEstimate => ({
  cost: plus(scaled(size, factor), ONE, fixed(LIST_COST)),
  size,
})
const sorted =
  (factor: number): Estimate =>
  ({ target, args }) => {
    const size = sizeOf(args[0] ?? target)
    return listMade(factor, times(size, size))
  }
const setsCompared =
  (factor: number): Estimate =>
  ({ args }) => ({ cost: plus(scaled(times(sizeOf(args[0]), sizeOf(args[1])), factor), ONE) })
const compared: Estimate = ({ args }) => {
  const max = Math.min(sizeOf(args[0]).max, sizeOf(args[1]).max)
  return { cost: scaled({ min: max > 0 ? 1 : 0, max }, TEXT) }
}
const sum: Estimate = ({ args }) => plusSizes(args)
const plusSizes = (args: readonly Operand[]): CallEstimate => kept(plus(sizeOf(args[0]), sizeOf(args[1])))

/** Estimates of single variants. As cel-go's. */
const BY_OVERLOAD: Readonly<Record<string, Estimate>> = {
  string_format: ofTarget(read),
  string_to_bytes: ofFirst((size) => ({ cost: scaled(size, TEXT), size: { min: size.min, max: size.max * 4 } })),
  bytes_to_string: ofFirst((size) => ({
    cost: scaled(size, TEXT),
    size: { min: Math.floor(size.min / 4), max: size.max },
  })),
  strings_quote: ofFirst((size) => ({
    cost: scaled(size, TEXT),
    size: { min: size.min + 2, max: size.max * 2 + 2 },
  })),
  starts_with_string: ofFirst(read),
  ends_with_string: ofFirst(read),
  in_list: ({ args }) => ({ cost: sizeOf(args[1]) }),
  matches_string: ({ target, args }) => target && { cost: matched(sizeOf(target), sizeOf(args[0])) },
  contains_string: ({ target, args }) =>
    target && { cost: times(scaled(sizeOf(target), TEXT), scaled(sizeOf(args[0]), TEXT)) },
  conditional: ({ args }) => ({ cost: fixed(0), size: either(sizeOf(args[1]), sizeOf(args[2])) }),
  add_string: sum,
  add_bytes: sum,
  add_list: ({ args }) => ({ cost: ONE, size: plus(sizeOf(args[0]), sizeOf(args[1])) }),
  equals: compared,
  not_equals: compared,
  ...Object.fromEntries(
    ['less', 'less_equals', 'greater', 'greater_equals'].flatMap((name) => [
      [`${name}_string`, compared],
      [`${name}_bytes`, compared],
    ]),
  ),
  list_slice: ({ target, args }) =>
    listMade(1, fixed(Math.max(0, (numberIn(args[1]) ?? sizeOf(target).max) - (numberIn(args[0]) ?? 0)))),
  list_flatten: ofTarget((size) => listMade(1, size)),
  list_flatten_int: ({ target, args }) => listMade(numberIn(args[0]) ?? Infinity, sizeOf(target)),
  lists_range: ({ args }) => listMade(1, fixed(numberIn(args[0]) ?? Infinity)),
  list_reverse: ofTarget((size) => listMade(1, size)),
  list_distinct: sorted(2),
  list_sets_contains_list: setsCompared(1),
  list_sets_intersects_list: setsCompared(1),
  list_sets_equivalent_list: setsCompared(2),
}

/** What a call may cost, besides its operands. */
export function estimateCall(call: EstimatedCall): CallEstimate {
  if (/^list_.*_(sort|sortByAssociatedKeys)$/.test(call.overload))
    return sorted(/string|bytes/.test(call.overload) ? 2.1 : 2)(call) ?? one
  return estimateOf(BY_OVERLOAD, call.overload, call, /^(list_|lists_)/) ?? BY_NAME[call.name]?.(call) ?? variant(call)
}

const one: CallEstimate = { cost: ONE }
const variant = (call: EstimatedCall): CallEstimate => BY_OVERLOAD[call.overload]?.(call) ?? one

/** Libraries of lists say what their variants cost, before anything else does. */
function estimateOf(
  table: Readonly<Record<string, Estimate>>,
  overload: string,
  call: EstimatedCall,
  first: RegExp,
): CallEstimate | undefined {
  return first.test(overload) ? table[overload]?.(call) : undefined
}
