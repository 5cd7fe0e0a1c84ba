import type { GoValue } from '../../go/index.ts'
import type { Node, VariableNode } from '../node.ts'
import { Compiled } from './argument.ts'
import { visibleVariable, type Scope, type Variable } from './scope.ts'
import type { Execution, Expression } from './state.ts'

/** Stores a value to a variable; `items`: the container that a range takes it from. */
export type Store = (execution: Execution, value: GoValue, items?: GoValue) => void

/** Reads a variable; it may turn out that its declaration was skipped. */
export function readVariable(node: VariableNode, name: string, declared: Variable | undefined): Expression {
  if (declared !== undefined && declared.hides === undefined) {
    const { slot } = declared
    return (execution) => execution.variables[slot]
  }
  return (execution) => {
    const variable = visibleVariable(execution, declared)
    if (variable === undefined) throw execution.fail(node, `undefined variable: ${name}`)
    return execution.variables[variable.slot]
  }
}

/** `$x := value`. */
export function declaration(variable: Variable, { run, last }: Compiled): Compiled {
  const { slot } = variable
  return new Compiled((execution, dot) => {
    const result = run(execution, dot)
    const value = result === null ? undefined : result
    execution.variables[slot] = value
    if (variable.container !== undefined) execution.variables[variable.container] = undefined
    return value
  }, last)
}

/** `$x = value`. */
export function assignment(store: Store, { run, last }: Compiled): Compiled {
  return new Compiled((execution, dot) => {
    const result = run(execution, dot)
    const value = result === null ? undefined : result
    store(execution, value)
    return value
  }, last)
}

/** Stores to the variable of a name that was declared last. Errors are reported at `last`. */
export function assigner(scope: Scope, name: string, last: Node | undefined, fromRange = false): Store {
  const declared = scope.find(name)
  if (fromRange) for (let at = declared; at !== undefined; at = at.hides) scope.containerOf(at)
  return (execution, value, items) => {
    const variable = visibleVariable(execution, declared)
    if (variable === undefined) throw execution.fail(last, `undefined variable: ${name}`)
    execution.variables[variable.slot] = value
    if (variable.container !== undefined) execution.variables[variable.container] = items
  }
}

/** Declares a variable of a range. */
export function rangeVariable(scope: Scope, name: string): Store {
  const variable = scope.declare(name)
  const types = scope.containerOf(variable)
  return (execution, value, items) => {
    execution.variables[variable.slot] = value
    execution.variables[types] = items
  }
}
