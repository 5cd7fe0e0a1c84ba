import { GoObject, goType, type GoValue } from '../../go/index.ts'
import type {
  ChainNode,
  CommandNode,
  FieldNode,
  IdentifierNode,
  Node,
  OperandNode,
  PipeNode,
  VariableNode,
} from '../node.ts'
import { nodeText } from '../print-node.ts'
import { failing, literalExpression, type Argument, type Compiled } from './argument.ts'
import { compileInvokeFunctionValue } from './call-builtin.ts'
import { CallSite, lastOf } from './call.ts'
import { compileFieldCall, compileFields, type Step } from './chain.ts'
import type { FieldSite } from './field.ts'
import { functionSlot } from './functions.ts'
import { compileLogic } from './logic.ts'
import { NOTHING, Scope, staticType, UNSET, type Variable } from './scope.ts'
import type { BoundFunction, Execution, Expression } from './state.ts'

/** Stores a value to a variable; `items`: the container that a range takes it from. */
export type Store = (execution: Execution, value: GoValue, items?: GoValue) => void

/** Compiles what stands inside actions. */
export class ExpressionCompiler {
  readonly scope = new Scope()
  /** Special builtins that a function of the same name replaces. */
  private readonly overridden: ReadonlySet<string>

  constructor(overridden: ReadonlySet<string>) {
    this.overridden = overridden
  }

  /** A pipeline: a nil interface{} at the end of a command becomes no value, and declared variables are set. */
  pipeline(pipe: PipeNode, declare?: (compiled: Compiled) => Compiled): Compiled {
    let compiled: Compiled | undefined
    for (const command of pipe.commands) compiled = dig(this.command(command, compiled, pipe))
    // A pipeline always has a command.
    const value = compiled as Compiled
    return declare === undefined ? this.declarations(pipe, value) : declare(value)
  }

  private declarations(pipe: PipeNode, value: Compiled): Compiled {
    let result = value
    for (const variable of pipe.decl) {
      const [name = ''] = variable.names
      result = pipe.isAssign ? this.assignment(name, result) : storing(this.scope.declare(name), result)
    }
    return result
  }

  private assignment(name: string, value: Compiled): Compiled {
    const store = this.assigner(name, value.last)
    const { run } = value
    return {
      last: value.last,
      run: (execution, dot) => {
        const result = run(execution, dot)
        store(execution, result)
        return result
      },
    }
  }

  /**
   * Stores to the variable of a name that was declared last; `items` is the container that a range takes the value from.
   */
  assigner(name: string, last: Node | undefined, fromRange = false): Store {
    const declared = this.scope.find(name)
    if (fromRange) for (let at = declared; at !== undefined; at = at.hides) this.scope.containerOf(at)
    return (execution, value, items) => {
      const variable = visibleVariable(execution, declared)
      if (variable === undefined) throw execution.fail(last, `undefined variable: ${name}`)
      execution.variables[variable.slot] = value
      if (variable.container !== undefined) execution.variables[variable.container] = items
    }
  }

  private command(command: CommandNode, previous: Compiled | undefined, pipe: PipeNode): Compiled {
    const [first] = command.args as [OperandNode]
    const rest = command.args.slice(1)
    switch (first.type) {
      case 'field':
        return this.field(first, rest, previous)
      case 'chain':
        return this.chain(first, rest, previous)
      case 'identifier':
        return this.functionCall(first, command, rest, previous)
      case 'variable':
        return this.variable(first, rest, previous)
      case 'pipe':
        if (rest.length > 0 || previous !== undefined) {
          return notAFunction(first, previous === undefined ? pipe : previous.last, previous)
        }
        return this.nested(first)
      default:
        if (rest.length > 0 || previous !== undefined) return notAFunction(first, first, previous)
        return this.simple(first)
    }
  }

  private nested(pipe: PipeNode): Compiled {
    this.scope.nesting++
    const compiled = this.pipeline(pipe)
    this.scope.nesting--
    return compiled
  }

  private simple(node: OperandNode): Compiled {
    if (node.type === 'dot') return { run: (_execution, dot) => dot, last: node }
    if (node.type === 'nil') return { run: failing(node, 'nil is not a command'), last: node }
    return { run: literalExpression(node), last: node }
  }

  private arguments(nodes: readonly OperandNode[]): Argument[] {
    return nodes.map((node) => ({ node, value: this.argumentValue(node) }))
  }

  private argumentValue(node: OperandNode): Compiled | undefined {
    switch (node.type) {
      case 'dot': {
        const { dotContainer } = this.scope
        const typeOf = (execution: Execution, _dot: GoValue, value: GoValue): string =>
          staticType(execution, value, dotContainer)
        return { run: (_execution, dot) => dot, last: node, typeOf }
      }
      case 'field':
        return this.field(node, [], undefined)
      case 'variable':
        return this.variable(node, [], undefined)
      case 'pipe':
        return this.nested(node)
      case 'identifier':
        return this.functionCall(node, node, [], undefined)
      case 'chain':
        return this.chain(node, [], undefined)
      default:
        return undefined
    }
  }

  private functionCall(
    node: IdentifierNode,
    callNode: Node,
    operands: readonly OperandNode[],
    previous: Compiled | undefined,
  ): Compiled {
    const { name } = node
    const args = this.arguments(operands)
    if (!this.overridden.has(name)) {
      if (name === 'and' || name === 'or') return compileLogic(name, node, args, previous)
      if (name === 'slice') return this.call(name, node, callNode, args.map(interfaceMarked), previous)
      if (name === 'call') return compileInvokeFunctionValue(node, callNode, args, previous)
    }
    return this.call(name, node, callNode, args, previous)
  }

  private call(
    name: string,
    node: Node,
    callNode: Node,
    args: readonly Argument[],
    previous: Compiled | undefined,
  ): Compiled {
    const slot = functionSlot(name)
    const site = new CallSite({ name, args, node, callNode, hasFinal: previous !== undefined })
    const target = (execution: Execution): BoundFunction => {
      const found = execution.functions[slot]
      if (found === undefined) throw execution.fail(node, `"${name}" is not a defined function`)
      return found
    }
    if (previous === undefined) {
      return { run: (execution, dot) => site.call(execution, dot, target(execution), undefined), last: site.last }
    }
    const evaluate = previous.run
    return {
      run: (execution, dot) => site.call(execution, dot, target(execution), evaluate(execution, dot)),
      last: site.last,
    }
  }

  private field(node: FieldNode, operands: readonly OperandNode[], previous: Compiled | undefined): Compiled {
    const { dotContainer } = this.scope
    const typeOf = (execution: Execution, value: GoValue): string => staticType(execution, value, dotContainer)
    const receiver: Compiled = { run: (_execution, dot) => dot, last: node }
    return this.fieldChain({ node, at: node, receiver, typeOf, names: node.names, operands, previous })
  }

  private variable(node: VariableNode, operands: readonly OperandNode[], previous: Compiled | undefined): Compiled {
    const [name = '', ...names] = node.names
    const variable = this.scope.find(name)
    const typeOf = (execution: Execution, value: GoValue): string =>
      staticType(execution, value, visibleVariable(execution, variable)?.container)
    const receiver: Compiled = {
      run: readVariable(node, name, variable),
      last: node,
      typeOf: (execution, _dot, value) => typeOf(execution, value),
    }
    if (names.length === 0) {
      return operands.length > 0 || previous !== undefined ? notAFunction(node, node, previous, receiver) : receiver
    }
    return this.fieldChain({ node, at: node, receiver, typeOf, names, operands, previous })
  }

  private chain(node: ChainNode, operands: readonly OperandNode[], previous: Compiled | undefined): Compiled {
    const { operand } = node
    const receiver = this.argumentValue(operand) ?? { run: literalExpression(operand), last: operand }
    const slot = operand.type === 'identifier' ? functionSlot(operand.name) : undefined
    const typeOf = (execution: Execution, value: GoValue): string => {
      if (value === null) return 'interface {}'
      return slot === undefined ? goType(value) : (execution.functions[slot]?.result ?? 'interface {}')
    }
    return this.fieldChain({ node, at: receiver.last, receiver, typeOf, names: node.names, operands, previous })
  }

  private fieldChain(options: {
    readonly node: Node
    readonly at: Node | undefined
    readonly receiver: Compiled
    readonly typeOf: FieldSite['typeOf']
    readonly names: readonly string[]
    readonly operands: readonly OperandNode[]
    readonly previous: Compiled | undefined
  }): Compiled {
    const { node, at, receiver, names, operands, previous } = options
    const args = this.arguments(operands)
    const last = names.length - 1
    const steps = names.map((name, index): Step => {
      const isLast = index === last
      const own = isLast ? args : []
      const hasFinal = isLast && previous !== undefined
      return { name, method: new CallSite({ name, args: own, node: at, callNode: node, hasFinal }) }
    })
    const site: FieldSite = { node: at, typeOf: options.typeOf }
    if (args.length === 0 && previous === undefined) return compileFields(receiver.run, steps, site)
    return { run: compileFieldCall(receiver.run, steps, site, previous?.run), last: lastOf(args, at) }
  }
}

/** What `slice` sees in place of an index of type interface{}, which it refuses whatever it holds. */
const INTERFACE = new GoObject({ typeName: 'interface {}' })

/** An argument of `slice`; all but the first are indexes. */
function interfaceMarked(argument: Argument, position: number): Argument {
  const { value } = argument
  const typeOf = value?.typeOf
  if (position === 0 || value === undefined || typeOf === undefined) return argument
  const { run, last } = value
  const marked: Expression = (execution, dot) => {
    const index = run(execution, dot)
    return index !== undefined && typeOf(execution, dot, index) === 'interface {}' ? INTERFACE : index
  }
  return { node: argument.node, value: { run: marked, last } }
}

/** A nil interface{} becomes no value. */
function dig({ run, last }: Compiled): Compiled {
  return {
    last,
    run: (execution, dot) => {
      const value = run(execution, dot)
      return value === null ? undefined : value
    },
  }
}

function storing(variable: Variable, { run, last }: Compiled): Compiled {
  const { slot } = variable
  return {
    last,
    run: (execution, dot) => {
      const value = run(execution, dot)
      execution.variables[slot] = value
      if (variable.container !== undefined) execution.variables[variable.container] = undefined
      return value
    },
  }
}

/** The variable meant when declarations may have been skipped; undefined when none has run. */
function visibleVariable(execution: Execution, variable: Variable | undefined): Variable | undefined {
  for (let at = variable; at !== undefined && at !== NOTHING; at = at.hides) {
    if (at.hides === undefined || execution.variables[at.slot] !== UNSET) return at
  }
  return undefined
}

function readVariable(node: VariableNode, name: string, declared: Variable | undefined): Expression {
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

/** Arguments given to what is no function: an error, after what comes before it in the pipeline. */
function notAFunction(
  first: OperandNode,
  node: Node | undefined,
  previous: Compiled | undefined,
  receiver?: Compiled,
): Compiled {
  const reason = `can't give argument to non-function ${nodeText(first)}`
  return {
    last: node,
    run: (execution, dot) => {
      previous?.run(execution, dot)
      receiver?.run(execution, dot)
      throw execution.fail(node, reason)
    },
  }
}
