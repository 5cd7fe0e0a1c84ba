import type { CallNode, CelNode, CheckedInfo, FoldNode } from './ast.ts'
import { type Bounds, either, fixed, plus, times, UNKNOWN } from './estimate-size.ts'
import { estimateCall, type Operand } from './estimate-call.ts'
import { CREATION_COST } from './costs.ts'
import { ACCUMULATOR } from './macros.ts'
import type { SizedType } from './schema-type.ts'
import { type CelType, DYN, optionalInside } from './types.ts'

/** Sizes of the keys (or items, of lists) and values that a made list or map has. */
interface EntrySize {
  readonly isList: boolean
  readonly key: Bounds
  readonly value: Bounds
}

interface Local {
  readonly path: readonly string[]
  readonly size?: Bounds
  readonly entry?: EntrySize
}

/**
 * The most that a checked expression may cost on values of the schema behind `self`. As cel-go's Cost, with Kubernetes'
 * estimates of its libraries and sizes from schemas; `has` costs nothing.
 */
export function estimateCost(node: CelNode, info: CheckedInfo, root: SizedType): number {
  return new Estimator(info, root).cost(node).max
}

class Estimator {
  readonly #info: CheckedInfo
  readonly #root: SizedType
  readonly #paths = new Map<CelNode, readonly string[]>()
  readonly #sizes = new Map<CelNode, Bounds>()
  readonly #entries = new Map<CelNode, EntrySize>()
  readonly #locals = new Map<string, Local[]>()

  constructor(info: CheckedInfo, root: SizedType) {
    this.#info = info
    this.#root = root
  }

  cost(node: CelNode): Bounds {
    switch (node.kind) {
      case 'literal':
        return fixed(0)
      case 'ident':
        this.#paths.set(node, this.#local(node.name)?.path ?? [node.name])
        return fixed(1)
      case 'select': {
        const operand = this.cost(node.operand)
        if (node.test) return operand
        this.#paths.set(node, [...this.#pathOf(node.operand), node.field])
        return ['map', 'object', 'param'].includes(this.#typeOf(node.operand).kind) ? plus(operand, fixed(1)) : operand
      }
      case 'call':
        return this.#call(node)
      case 'list': {
        const costs = node.items.map((item) => this.cost(item.node))
        this.#entries.set(node, {
          isList: true,
          key: fixed(1),
          value: this.#anyOf(node.items.map((item) => item.node)),
        })
        return plus(...costs, fixed(CREATION_COST.list))
      }
      case 'map': {
        const costs = node.entries.flatMap(({ key, value }) => [this.cost(key), this.cost(value)])
        const key = this.#anyOf(node.entries.map((entry) => entry.key))
        this.#entries.set(node, { isList: false, key, value: this.#anyOf(node.entries.map((entry) => entry.value)) })
        return plus(...costs, fixed(CREATION_COST.map))
      }
      case 'struct':
        return plus(...node.fields.map((field) => this.cost(field.value)), fixed(CREATION_COST.struct))
      case 'fold':
        return isBinding(node) ? this.#binding(node) : this.#fold(node)
    }
  }

  #anyOf(nodes: readonly CelNode[]): Bounds {
    return nodes.map((node) => this.#size(node)).reduce((all, each) => either(all, each), emptyBounds(nodes.length))
  }

  #call(node: CallNode): Bounds {
    const { args } = node
    const name = this.#info.functions.get(node) ?? node.name
    const [first] = args
    const costs = args.map((arg) => this.cost(arg))
    if (name === 'dyn' && first !== undefined) {
      this.#copySizes(node, first)
      return plus(fixed(1), ...costs)
    }
    if (name === '_&&_' || name === '_||_') return { min: costs[0]?.min ?? 0, max: plus(...costs).max }
    const overloads = this.#info.overloads.get(node) ?? (name === '_?._' ? ['select_optional_field'] : [])
    if (overloads.length === 0) return fixed(0)
    const operands = args.map((arg) => this.#operand(arg))
    const target = node.target !== undefined && !this.#info.functions.has(node) ? node.target : undefined
    const before = target === undefined ? fixed(0) : this.cost(target)
    const on = target === undefined ? {} : { target: this.#operand(target) }
    let total: Bounds = { min: Infinity, max: 0 }
    let size: Bounds | undefined
    for (const overload of overloads) {
      const estimate = estimateCall({ name, overload, ...on, args: operands })
      total = either(total, plus(estimate.cost, this.#argCost(overload, costs)))
      if (estimate.size !== undefined) size = size === undefined ? estimate.size : either(size, estimate.size)
      size = this.#indexed(node, overload) ?? size ?? this.#knownSize(node)
      this.#mergeEntries(node, overload)
    }
    if (size !== undefined) this.#sizes.set(node, size)
    return plus(before, total)
  }

  #argCost(overload: string, costs: readonly Bounds[]): Bounds {
    const [condition, yes, no] = costs
    if (overload !== 'conditional' || !condition || !yes || !no) return plus(...costs)
    return plus(condition, either(yes, no))
  }

  /** Size of an item that is looked up; where it stands is noted. */
  #indexed(node: CallNode, overload: string): Bounds | undefined {
    const [from] = node.args
    if (from === undefined || (overload !== 'index_list' && overload !== 'index_map')) return undefined
    this.#paths.set(node, [...this.#pathOf(from), overload === 'index_list' ? '@items' : '@values'])
    return this.#entryOf(from)?.value
  }

  #mergeEntries(node: CallNode, overload: string): void {
    const pair = overload === 'conditional' ? node.args.slice(1) : overload === 'add_list' ? node.args : []
    const [left, right] = pair.map((arg) => this.#entryOf(arg))
    if (left === undefined || right === undefined) return
    const merged = { key: either(left.key, right.key), value: either(left.value, right.value) }
    this.#entries.set(node, { isList: left.isList, ...merged })
  }

  #fold(node: FoldNode): Bounds {
    const before = plus(this.cost(node.range), this.cost(node.initial))
    this.#push(node.accumulator, this.#bound(node.initial))
    const entry = this.#entryOf(node.range)
    const isList = entry?.isList ?? this.#typeOf(node.range).kind === 'list'
    const path = this.#pathOf(node.range)
    const keys = { path: [...path, isList && node.variable2 !== undefined ? '@indices' : '@keys'], size: entry?.key }
    const values = { path: [...path, isList ? '@items' : '@values'], size: entry?.value }
    this.#push(node.variable, isList && node.variable2 === undefined ? values : keys)
    if (node.variable2 !== undefined) this.#push(node.variable2, values)
    const loop = plus(this.cost(node.condition), this.cost(node.step))
    this.#pop(node.variable)
    if (node.variable2 !== undefined) this.#pop(node.variable2)
    const result = this.cost(node.result)
    this.#pop(node.accumulator)
    const count = this.#size(node.range)
    if (node.initial.kind === 'literal') this.#setSizes(node, this.#knownSize(node.initial), undefined)
    else if (node.initial.kind !== 'ident') this.#setSizes(node, count, this.#entryOf(node.step))
    return plus(before, result, times(count, loop))
  }

  #binding(node: FoldNode): Bounds {
    const before = plus(this.cost(node.range), this.cost(node.initial))
    this.#push(node.accumulator, this.#bound(node.initial))
    const result = this.cost(node.result)
    this.#pop(node.accumulator)
    this.#copySizes(node, node.result)
    return plus(before, result)
  }

  #bound(node: CelNode): { path: readonly string[]; size?: Bounds | undefined; entry?: EntrySize | undefined } {
    return { path: this.#pathOf(node), size: this.#knownSize(node), entry: this.#entryOf(node) }
  }

  #push(
    name: string,
    { path, size, entry }: { path: readonly string[]; size?: Bounds | undefined; entry?: EntrySize | undefined },
  ): void {
    const local = { path, ...(size && { size }), ...(entry && { entry }) }
    this.#locals.set(name, [...(this.#locals.get(name) ?? []), local])
  }

  #pop(name: string): void {
    this.#locals.get(name)?.pop()
  }

  #local(name: string): Local | undefined {
    return this.#locals.get(name)?.at(-1)
  }

  #typeOf(node: CelNode): CelType {
    return this.#info.types.get(node) ?? DYN
  }

  #pathOf(node: CelNode): readonly string[] {
    const local = node.kind === 'ident' ? this.#local(node.name) : undefined
    return local?.path ?? this.#paths.get(node) ?? []
  }

  #operand(node: CelNode): Operand {
    const size = this.#knownSize(node)
    const path = this.#pathOf(node)
    const itemSize = (path[0] === ACCUMULATOR ? undefined : this.#sizeAt([...path, '@items'])) ?? UNKNOWN
    return { node, type: this.#typeOf(node), itemSize: path.length === 0 ? UNKNOWN : itemSize, ...(size && { size }) }
  }

  #size(node: CelNode): Bounds {
    return this.#knownSize(node) ?? UNKNOWN
  }

  #knownSize(node: CelNode): Bounds | undefined {
    const known = this.#sizes.get(node) ?? literalSize(node)
    if (known !== undefined) return known
    const declared = this.#sizeAt(this.#pathOf(node))
    if (declared !== undefined) {
      this.#sizes.set(node, declared)
      return declared
    }
    if (isScalar(this.#typeOf(node))) return fixed(1)
    return node.kind === 'ident' ? this.#local(node.name)?.size : undefined
  }

  #entryOf(node: CelNode): EntrySize | undefined {
    return this.#entries.get(node) ?? (node.kind === 'ident' ? this.#local(node.name)?.entry : undefined)
  }

  #setSizes(node: CelNode, size: Bounds | undefined, entry: EntrySize | undefined): void {
    if (size !== undefined) this.#sizes.set(node, size)
    if (entry !== undefined) this.#entries.set(node, entry)
  }

  #copySizes(node: CelNode, from: CelNode): void {
    this.#setSizes(node, this.#knownSize(from), this.#entryOf(from))
  }

  /** What the schema says of the values at a path, whose first part is the variable. */
  #sizeAt(path: readonly string[]): Bounds | undefined {
    if (path.length === 0) return undefined
    let at: SizedType = this.#root
    for (const name of path.slice(1)) {
      // Keys of maps have no size to Kubernetes.
      if (name === '@keys') return at.type.kind === 'map' ? { min: 0, max: 0 } : undefined
      const next = name === '@items' || name === '@values' ? at.item : at.fields?.get(name)
      if (next === undefined) return undefined
      at = next
    }
    return { min: 0, max: hasSize(at.type) ? at.max : 0 }
  }
}

/** Objects, numbers and truth values have no size in schemas. */
function hasSize(type: CelType): boolean {
  if (type.kind !== 'primitive') return type.kind === 'list' || type.kind === 'map'
  return !['bool', 'int', 'uint', 'double'].includes(type.name)
}

const emptyBounds = (count: number): Bounds => (count === 0 ? fixed(0) : { min: Infinity, max: 0 })

/** Whether a fold only gives a value a name. */
function isBinding(node: FoldNode): boolean {
  const { range, condition } = node
  const isOverNothing = range.kind === 'list' && range.items.length === 0
  return isOverNothing && condition.kind === 'literal' && condition.value === false && node.accumulator !== ACCUMULATOR
}

function literalSize(node: CelNode): Bounds | undefined {
  if (node.kind === 'list') return fixed(node.items.length)
  if (node.kind === 'map') return fixed(node.entries.length)
  if (node.kind !== 'literal') return undefined
  if (typeof node.value === 'string') return fixed([...node.value].length)
  return fixed(node.value instanceof Uint8Array ? node.value.length : 1)
}

function isScalar(type: CelType): boolean {
  const inside = optionalInside(type)
  if (inside !== undefined) return isScalar(inside)
  return type.kind === 'primitive' && ['bool', 'double', 'duration', 'int', 'timestamp', 'uint'].includes(type.name)
}
