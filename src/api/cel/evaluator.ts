import type { CallNode, CelNode, CheckedInfo, FoldNode, ListNode, MapNode, SelectNode, StructNode } from './ast.ts'
import { isAttribute, isConstant } from './constants.ts'
import { CREATION_COST, callCost, EXPRESSION_COST_LIMIT } from './costs.ts'
import type { FunctionTable, Overload } from './declarations.ts'
import {
  failed,
  fieldOf,
  hasField,
  iterate,
  itemOf,
  listHas,
  presentField,
  presentItem,
  type Result,
  structValue,
} from './access.ts'
import { celError, CelError, costExceeded, noSuchOverload } from './errors.ts'
import { fitsRuntime } from './runtime-types.ts'
import { INT } from './types.ts'
import { CelList, type CelValue, Optional, PlainMap, typeName } from './values.ts'

/** Gives the values of variables; undefined for one that has none. */
export type Activation = (name: string) => CelValue | undefined

/** What evaluating gave, and the work that it was. */
export interface Evaluation {
  readonly value: CelValue | CelError
  readonly cost: number
}

/** A compiled expression. */
export type Program = (activation: Activation, costLimit?: number) => Evaluation

type Step = (frame: Frame) => Result

interface Scope {
  readonly name: string
  value: Result
  readonly parent: Scope | undefined
}

/** State of one evaluation. */
class Frame {
  readonly activation: Activation
  readonly #limit: number
  scope: Scope | undefined
  cost = 0

  constructor(activation: Activation, limit: number) {
    this.activation = activation
    this.#limit = limit
  }

  charge(cost: number): void {
    this.cost += cost
    if (this.cost > this.#limit) throw costExceeded()
  }
}

/** A list that a fold builds up: appending changes it. */
class GrowingList extends CelList {
  readonly growing: CelValue[]
  constructor() {
    const items: CelValue[] = []
    super(items)
    this.growing = items
  }
}

/** A checked expression as a program. `typeNames` are names that stand for types. */
export function programOf(
  node: CelNode,
  info: CheckedInfo,
  functions: FunctionTable,
  typeNames: ReadonlyMap<string, CelValue>,
): Program {
  const run = new Planner(info, functions, typeNames).plan(node)
  return (activation, costLimit = EXPRESSION_COST_LIMIT) => {
    const frame = new Frame(activation, costLimit)
    try {
      return { value: run(frame), cost: frame.cost }
    } catch (error) {
      if (error instanceof CelError) return { value: error, cost: frame.cost }
      throw error
    }
  }
}

class Planner {
  readonly #info: CheckedInfo
  readonly #functions: FunctionTable
  readonly #typeNames: ReadonlyMap<string, CelValue>

  constructor(info: CheckedInfo, functions: FunctionTable, typeNames: ReadonlyMap<string, CelValue>) {
    this.#info = info
    this.#functions = functions
    this.#typeNames = typeNames
  }

  plan(node: CelNode): Step {
    switch (node.kind) {
      case 'literal': {
        const { value } = node
        return () => value
      }
      case 'ident':
        return this.#ident(this.#info.idents.get(node) ?? node.name)
      case 'select':
        return this.#select(node)
      case 'call':
        return isConstant(node) ? folded(this.#call(node)) : this.#call(node)
      case 'list':
        return isConstant(node) ? folded(this.#list(node)) : this.#list(node)
      case 'map':
        return isConstant(node) ? folded(this.#map(node)) : this.#map(node)
      case 'struct':
        return this.#struct(node)
      case 'fold':
        return this.#fold(node)
    }
  }

  #ident(name: string): Step {
    const cost = this.#typeNames.has(name) ? 0 : 1
    return (frame) => {
      frame.charge(cost)
      for (let scope = frame.scope; scope !== undefined; scope = scope.parent) {
        if (scope.name === name) return scope.value
      }
      return frame.activation(name) ?? this.#typeNames.get(name) ?? missing(frame.activation(name), name)
    }
  }

  #select(node: SelectNode): Step {
    const full = this.#info.idents.get(node)
    if (full !== undefined) return this.#ident(full)
    const operand = this.plan(node.operand)
    const { field } = node
    const base = isAttribute(node.operand) ? 0 : 1
    if (node.test) {
      return (frame) => {
        const value = operand(frame)
        frame.charge(base)
        return failed(value) ? value : hasField(value, field)
      }
    }
    return (frame) => {
      const value = operand(frame)
      if (failed(value)) return value
      frame.charge(value instanceof Optional ? 0 : base + 1)
      return fieldOf(value, field)
    }
  }

  #call(node: CallNode): Step {
    const name = this.#info.functions.get(node) ?? node.name
    const isNamespaced = this.#info.functions.has(node)
    const operands = node.target !== undefined && !isNamespaced ? [node.target, ...node.args] : node.args
    const args = operands.map((each) => this.plan(each))
    const special = this.#special(name, args, operands)
    if (special !== undefined) return special
    const [, within] = operands
    if (name === '@in' && within?.kind === 'list' && isConstant(within)) return memberOf(args)
    const wanted = this.#info.overloads.get(node)
    const isMember = node.target !== undefined && !isNamespaced
    const all = (this.#functions.get(name) ?? []).filter((each) => (each.member === true) === isMember)
    const fitting = wanted === undefined ? all : all.filter((each) => wanted.includes(each.id))
    return strictCall(name, fitting, args)
  }

  /** Operators that do not need the values of all their operands, or whose errors are no errors. */
  #special(name: string, args: readonly Step[], operands: readonly CelNode[]): Step | undefined {
    const [a = noStep, b = noStep, c = noStep] = args
    const base = operands[0] !== undefined && isAttribute(operands[0]) ? 0 : 1
    switch (name) {
      case '_&&_':
        return logical(a, b, false)
      case '_||_':
        return logical(a, b, true)
      case '_?_:_':
        return (frame) => {
          const condition = a(frame)
          if (failed(condition)) return condition
          if (typeof condition !== 'boolean') return noSuchOverload()
          const chosen = condition ? 1 : 2
          // A plain name as a branch costs nothing.
          if (operands[chosen]?.kind === 'ident') frame.charge(-1)
          return chosen === 1 ? b(frame) : c(frame)
        }
      case '@not_strictly_false':
        return (frame) => {
          const value = a(frame)
          frame.charge(1)
          return value !== false
        }
      case '_?._':
        return optionalStep(a, b, base, (value, key) =>
          typeof key === 'string' ? presentField(value, key) : undefined,
        )
      case '_[?_]':
        return optionalStep(a, b, base, presentItem)
      case '_[_]':
        return (frame) => {
          const value = a(frame)
          if (failed(value)) return value
          const key = b(frame)
          if (failed(key)) return key
          frame.charge(value instanceof Optional ? 0 : base + 1)
          return itemOf(value, key)
        }
      default:
        return undefined
    }
  }

  #list(node: ListNode): Step {
    const items = node.items.map((each) => ({ step: this.plan(each.node), optional: each.optional }))
    return (frame) => {
      const values: CelValue[] = []
      for (const { step, optional } of items) {
        const value = step(frame)
        if (failed(value)) return value
        if (!optional) values.push(value)
        else if (!(value instanceof Optional))
          return celError(`cannot initialize optional list element from non-optional value ${String(value)}`)
        else if (value.value !== undefined) values.push(value.value)
      }
      frame.charge(CREATION_COST.list)
      return new CelList(values)
    }
  }

  #map(node: MapNode): Step {
    const entries = node.entries.map((each) => ({ ...each, key: this.plan(each.key), value: this.plan(each.value) }))
    return (frame) => {
      const map = new PlainMap()
      for (const entry of entries) {
        const key = entry.key(frame)
        if (failed(key)) return key
        const value = entry.value(frame)
        if (failed(value)) return value
        const put = entry.optional ? (value instanceof Optional ? value.value : value) : value
        if (put !== undefined) map.insert(key, put)
      }
      frame.charge(CREATION_COST.map)
      return map
    }
  }

  #struct(node: StructNode): Step {
    const type = this.#info.types.get(node) ?? INT
    const fields = node.fields.map((each) => ({ ...each, step: this.plan(each.value) }))
    return (frame) => {
      const values = new Map<string, CelValue>()
      for (const field of fields) {
        const value = field.step(frame)
        if (failed(value)) return value
        const put = field.optional && value instanceof Optional ? value.value : value
        if (put !== undefined) values.set(field.name, put)
      }
      frame.charge(CREATION_COST.struct)
      return structValue(type, values)
    }
  }

  #fold(node: FoldNode): Step {
    const range = this.plan(node.range)
    const initial = this.plan(node.initial)
    const condition = this.plan(node.condition)
    const step = this.plan(node.step)
    const result = this.plan(node.result)
    const grows = node.initial.kind === 'list' && node.initial.items.length === 0
    return (frame) => {
      const over = range(frame)
      if (failed(over)) return over
      const pairs = iterate(over)
      if (pairs instanceof CelError) return pairs
      const outer = frame.scope
      const start = initial(frame)
      const accumulator: Scope = { name: node.accumulator, value: grows ? new GrowingList() : start, parent: outer }
      const { variable, variable2 } = node
      const isList = over instanceof CelList
      try {
        for (const [key, value] of pairs) {
          const single = isList ? value : key
          let scope: Scope = { name: variable, value: variable2 === undefined ? single : key, parent: accumulator }
          if (variable2 !== undefined) scope = { name: variable2, value, parent: scope }
          frame.scope = scope
          if (condition(frame) !== true) break
          accumulator.value = step(frame)
        }
        frame.scope = accumulator
        return result(frame)
      } finally {
        frame.scope = outer
      }
    }
  }
}

function folded(step: Step): Step {
  let value: Result | undefined
  return (frame) => {
    value ??= step(new Frame(frame.activation, Infinity))
    return value
  }
}

const noStep: Step = () => noSuchOverload()

function missing(value: CelValue | undefined, name: string): Result {
  return value === null ? null : celError(`no such attribute(s): ${name}`)
}

/** Looking a value up in a constant list costs nothing. */
function memberOf([value = noStep, list = noStep]: readonly Step[]): Step {
  return (frame) => {
    const found = value(frame)
    if (failed(found)) return found
    const items = list(frame)
    return items instanceof CelList ? listHas(items, found) : noSuchOverload()
  }
}

function strictCall(name: string, overloads: readonly Overload[], args: readonly Step[]): Step {
  return (frame) => {
    const values: CelValue[] = []
    for (const arg of args) {
      const value = arg(frame)
      if (failed(value)) {
        frame.charge(1)
        return value
      }
      values.push(value)
    }
    const [left, right] = values
    if (name === '_+_' && left instanceof GrowingList && right instanceof CelList) {
      frame.charge(1)
      left.growing.push(...right.items)
      return left
    }
    const overload = overloads.find((each) => each.args.every((type, index) => fitsRuntime(values[index], type)))
    if (overload?.run === undefined) return mismatch(name, values)
    let result: Result
    try {
      result = overload.run(...values)
    } catch (error) {
      if (!(error instanceof CelError)) throw error
      result = error
    }
    const seen = failed(result) ? undefined : result
    frame.charge(overload.cost?.(values, seen) ?? callCost(name, overload.id, values, seen))
    return result
  }
}

/** Operators say that there is no variant, functions say for which types. */
function mismatch(name: string, values: readonly CelValue[]): CelError {
  if (!/^[A-Za-z]/.test(name)) return noSuchOverload()
  if (name === 'size') return noSuchOverload(name)
  return noSuchOverload(`${name}(${values.map((value) => typeName(value)).join(', ')})`)
}

/** `&&` and `||`: one operand may decide alone, and then errors of the other do not count. */
function logical(a: Step, b: Step, deciding: boolean): Step {
  return (frame) => {
    const left = a(frame)
    if (left === deciding) return deciding
    const right = b(frame)
    if (right === deciding) return deciding
    if (failed(left)) return left
    if (failed(right)) return right
    return typeof left === 'boolean' && typeof right === 'boolean' ? !deciding : noSuchOverload()
  }
}

type Lookup = (value: CelValue, key: CelValue) => Result | undefined

function optionalStep(operand: Step, key: Step, base: number, look: Lookup): Step {
  return (frame) => {
    const value = operand(frame)
    if (failed(value)) return value
    const name = key(frame)
    if (failed(name)) return name
    const inside = value instanceof Optional ? value.value : value
    if (inside === undefined) return new Optional(undefined)
    const found = look(inside, name)
    frame.charge(base + (found === undefined ? 0 : 1))
    return failed(found) ? found : new Optional(found)
  }
}
