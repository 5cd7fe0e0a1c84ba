import {
  formatValue,
  GoFunction,
  GoNil,
  GoNumber,
  GoObject,
  goKind,
  integerOf,
  pointedTo,
  sortedKeys,
  type GoMap,
  type GoValue,
} from '../../go/index.ts'
import type { BranchNode, Node, Place } from '../node.ts'
import type { ExpressionCompiler } from './expression.ts'
import { BREAK, type Execution, type Expression, type Statement } from './state.ts'
import { assigner, rangeVariable, type Store } from './variable.ts'

/** Sets the variables of a range for one turn. */
type SetVariables = (execution: Execution, index: GoValue, element: GoValue) => void

/** A compiled range. */
export interface Range {
  readonly place: Place
  /** Declared or assigned variables. */
  readonly variables: number
  readonly set: SetVariables
  readonly body: Statement
  /** Node of errors about the value. */
  readonly last: Node | undefined
}

/** What a {{range}} evaluates before it runs: the value, and how its variables are set. */
export interface RangeHead {
  readonly evaluate: Expression
  /** Slot that holds the value, which tells the type of its elements. */
  readonly container: number
  readonly variables: { readonly set: SetVariables; readonly initial: Store }
  /** Node of errors about the value. */
  readonly last: Node | undefined
}

/** Compiles the pipeline and the variables of a {{range}}. */
export function compileRangeHead(compiler: ExpressionCompiler, node: BranchNode): RangeHead {
  const { run, last } = compiler.commands(node.pipe)
  const container = compiler.scope.newSlot()
  return { evaluate: run, container, variables: compileVariables(compiler, node, container, last), last }
}

/** How the variables are set each turn, and what they hold before (and in the else branch): the value itself. */
function compileVariables(
  compiler: ExpressionCompiler,
  node: BranchNode,
  container: number,
  last: Node | undefined,
): RangeHead['variables'] {
  const { scope } = compiler
  const stores = node.pipe.decl.map((variable): Store => {
    const [name = ''] = variable.names
    return node.pipe.isAssign ? assigner(scope, name, last, true) : rangeVariable(scope, name)
  })
  const initial: Store = (execution, value) => {
    for (const store of stores) store(execution, value)
  }
  const [first, second] = stores
  if (first === undefined) return { initial, set: () => undefined }
  if (second === undefined) {
    return { initial, set: (execution, _index, element) => first(execution, element, execution.variables[container]) }
  }
  return {
    initial,
    set: (execution, index, element) => {
      first(execution, index)
      second(execution, element, execution.variables[container])
    },
  }
}

/**
 * Runs the body for each element: lists, maps in sorted order, integers, and functions that are iterators. False when
 * there is none, so that the else branch runs.
 */
export function runRange(range: Range, execution: Execution, items: GoValue): boolean {
  if (items === undefined || items === null) return false
  if (Array.isArray(items)) return rangeList(range, execution, items)
  if (items instanceof Map) return rangeMap(range, execution, items)
  const count = integerOf(items)
  if (count !== undefined) return rangeInteger(range, execution, items, count)
  if (items instanceof Uint8Array) {
    return rangeList(
      range,
      execution,
      Array.from(items, (byte) => new GoNumber('uint8', BigInt(byte))),
    )
  }
  if (items instanceof GoNil && (goKind(items) === 'map' || goKind(items) === 'slice')) return false
  if (items instanceof GoFunction) return rangeFunction(range, execution, items)
  throw cannotIterate(range, execution, items)
}

function cannotIterate(range: Range, execution: Execution, items: GoValue): Error {
  return execution.fail(
    range.last,
    `range can't iterate over ${formatValue(items instanceof GoObject ? pointedTo(items) : items)}`,
  )
}

/** Sets the variables for a turn; the body of the turn before has moved on to other actions. */
function setVariables({ set, place }: Range, execution: Execution, index: GoValue, element: GoValue): void {
  execution.place = place
  set(execution, index, element)
}

function rangeList(range: Range, execution: Execution, items: readonly GoValue[]): boolean {
  const { body, variables } = range
  const { length } = items
  if (length === 0) return false
  for (let i = 0; i < length; i++) {
    const element = items[i]
    if (variables > 0) setVariables(range, execution, variables > 1 ? BigInt(i) : undefined, element)
    if (body(execution, element) === BREAK) return true
  }
  return true
}

function rangeMap(range: Range, execution: Execution, map: GoMap): boolean {
  const { body, variables } = range
  const keys = sortedKeys(map)
  if (keys.length === 0) return false
  // The elements are taken before the body runs: what it changes in the map is not seen.
  const elements = keys.map((key) => map.get(key))
  for (let i = 0; i < keys.length; i++) {
    if (variables > 0) setVariables(range, execution, keys[i], elements[i])
    if (body(execution, elements[i]) === BREAK) return true
  }
  return true
}

function rangeInteger(range: Range, execution: Execution, items: GoValue, count: bigint): boolean {
  const { body, variables } = range
  if (variables > 1) {
    throw execution.fail(range.last, `can't use ${formatValue(items)} to iterate over more than one variable`)
  }
  if (count <= 0n) return false
  for (let i = 0n; i < count; i++) {
    const element = items instanceof GoNumber ? new GoNumber(items.kind, i, items.typeName) : i
    if (variables > 0) setVariables(range, execution, undefined, element)
    if (body(execution, element) === BREAK) return true
  }
  return true
}

const ITERATOR = /^func\(func\(([^)]*)\) bool\)$/

/** Go's range over functions: the function is called with a function that takes one or two values. */
function rangeFunction(range: Range, execution: Execution, items: GoFunction): boolean {
  const params = ITERATOR.exec(items.typeName)?.[1]
  const types = params === undefined || params === '' ? [] : params.split(',').map((type) => type.trim())
  if (types.length === 0 || types.length > 2) throw cannotIterate(range, execution, items)
  if (types.length === 1 && range.variables > 1) {
    throw execution.fail(range.last, `can't use ${formatValue(items)} iterate over more than one variable`)
  }
  let ran = false
  const turn = (first: GoValue, second: GoValue): boolean => {
    const pair = types.length === 2 && range.variables > 1
    const element = pair ? second : first
    if (range.variables > 0) setVariables(range, execution, pair ? first : undefined, element)
    ran = true
    return range.body(execution, element) !== BREAK
  }
  items.callable.call(new GoFunction(`func(${params}) bool`, { params: types, result: 'bool', call: turn }))
  return ran
}
