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
import type { BranchNode, ListNode, Node } from '../node.ts'
import type { ExpressionCompiler } from './expression.ts'
import { resetting } from './scope.ts'
import { BREAK, NORMAL, type Execution, type Signal, type Statement } from './state.ts'
import { assigner, rangeVariable, type Store } from './variable.ts'

/** Compiles the statements of a list. */
type CompileList = (compiler: ExpressionCompiler, list: ListNode) => Statement

/** Sets the variables of a range for one turn. */
type SetVariables = (execution: Execution, index: GoValue, element: GoValue) => void

/** A compiled range. */
interface Range {
  /** Declared or assigned variables. */
  readonly variables: number
  readonly set: SetVariables
  readonly body: Statement
  /** Node of errors about the value. */
  readonly last: Node | undefined
}

/** {{range}}: lists, maps in sorted order, integers, and functions that are iterators. */
export function compileRange(compiler: ExpressionCompiler, node: BranchNode, compileList: CompileList): Statement {
  const { scope } = compiler
  const { result, unset } = scope.within(() => {
    const value = compiler.commands(node.pipe)
    const container = scope.newSlot()
    const { set, initial } = compileVariables(compiler, node, container, value.last)
    const inner = scope.within(() => scope.withDot(container, () => compileList(compiler, node.list)))
    const body = resetting(inner.result, inner.unset)
    const elseList = node.elseList
    const otherwise = elseList === undefined ? undefined : scope.within(() => compileList(compiler, elseList))
    const orElse = otherwise === undefined ? undefined : resetting(otherwise.result, otherwise.unset)
    const range: Range = { variables: node.pipe.decl.length, set, body, last: value.last }
    const evaluate = value.run
    return (execution: Execution, dot: GoValue): Signal => {
      const result = evaluate(execution, dot)
      const items = result === null ? undefined : result
      initial(execution, items)
      execution.variables[container] = items
      const ran = runRange(range, execution, items)
      if (ran === BREAK || ran === NORMAL || orElse === undefined) return NORMAL
      return orElse(execution, dot)
    }
  })
  return resetting(result, unset)
}

/** How the variables are set each turn, and what they hold before (and in the else branch): the value itself. */
function compileVariables(
  compiler: ExpressionCompiler,
  node: BranchNode,
  container: number,
  last: Node | undefined,
): { set: SetVariables; initial: (execution: Execution, value: GoValue) => void } {
  const { scope } = compiler
  const stores = node.pipe.decl.map((variable): Store => {
    const [name = ''] = variable.names
    return node.pipe.isAssign ? assigner(scope, name, last, true) : rangeVariable(scope, name)
  })
  const initial = (execution: Execution, value: GoValue): void => {
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

/** Nothing to range over: the else branch runs. */
const EMPTY = 3

/** Runs the body for each element; EMPTY when there is none. */
function runRange(range: Range, execution: Execution, items: GoValue): Signal | typeof EMPTY {
  if (items === undefined || items === null) return EMPTY
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
  if (items instanceof GoNil && (goKind(items) === 'map' || goKind(items) === 'slice')) return EMPTY
  if (items instanceof GoFunction) return rangeFunction(range, execution, items)
  throw cannotIterate(range, execution, items)
}

function cannotIterate(range: Range, execution: Execution, items: GoValue): Error {
  return execution.fail(
    range.last,
    `range can't iterate over ${formatValue(items instanceof GoObject ? pointedTo(items) : items)}`,
  )
}

function rangeList(range: Range, execution: Execution, items: readonly GoValue[]): Signal | typeof EMPTY {
  const { set, body, variables } = range
  const { length } = items
  if (length === 0) return EMPTY
  for (let i = 0; i < length; i++) {
    const element = items[i]
    if (variables > 0) set(execution, variables > 1 ? BigInt(i) : undefined, element)
    if (body(execution, element) === BREAK) return BREAK
  }
  return NORMAL
}

function rangeMap(range: Range, execution: Execution, map: GoMap): Signal | typeof EMPTY {
  const { set, body, variables } = range
  const keys = sortedKeys(map)
  if (keys.length === 0) return EMPTY
  // The elements are taken before the body runs: what it changes in the map is not seen.
  const elements = keys.map((key) => map.get(key))
  for (let i = 0; i < keys.length; i++) {
    if (variables > 0) set(execution, keys[i], elements[i])
    if (body(execution, elements[i]) === BREAK) return BREAK
  }
  return NORMAL
}

function rangeInteger(range: Range, execution: Execution, items: GoValue, count: bigint): Signal | typeof EMPTY {
  const { set, body, variables } = range
  if (variables > 1) {
    throw execution.fail(range.last, `can't use ${formatValue(items)} to iterate over more than one variable`)
  }
  if (count <= 0n) return EMPTY
  for (let i = 0n; i < count; i++) {
    const element = items instanceof GoNumber ? new GoNumber(items.kind, i, items.typeName) : i
    if (variables > 0) set(execution, undefined, element)
    if (body(execution, element) === BREAK) return BREAK
  }
  return NORMAL
}

const ITERATOR = /^func\(func\(([^)]*)\) bool\)$/

/** Go's range over functions: the function is called with a function that takes one or two values. */
function rangeFunction(range: Range, execution: Execution, items: GoFunction): Signal | typeof EMPTY {
  const params = ITERATOR.exec(items.typeName)?.[1]
  const types = params === undefined || params === '' ? [] : params.split(',').map((type) => type.trim())
  if (types.length === 0 || types.length > 2) throw cannotIterate(range, execution, items)
  if (types.length === 1 && range.variables > 1) {
    throw execution.fail(range.last, `can't use ${formatValue(items)} iterate over more than one variable`)
  }
  let outcome: Signal | typeof EMPTY = EMPTY
  const turn = (first: GoValue, second: GoValue): boolean => {
    const pair = types.length === 2 && range.variables > 1
    const element = pair ? second : first
    if (range.variables > 0) range.set(execution, pair ? first : undefined, element)
    outcome = range.body(execution, element) === BREAK ? BREAK : NORMAL
    return outcome !== BREAK
  }
  items.callable.call(new GoFunction(`func(${params}) bool`, { params: types, result: 'bool', call: turn }))
  return outcome
}
