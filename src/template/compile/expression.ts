import { goType, TypedMap, type GoCallable, type GoValue } from '../../go/index.ts'
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
import { fieldOf, fieldWithArguments, methodOf, type FieldSite } from './field.ts'
import { bindFunction, functionSlot } from './functions.ts'
import { compileLogic } from './logic.ts'
import { NOTHING, Scope, staticType, UNSET, type Variable } from './scope.ts'
import type { BoundFunction, Execution, Expression } from './state.ts'

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
      result = pipe.isAssign ? this.assignment(name, result) : assignSlot(this.scope.declare(name), result)
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

  /** Stores to the variable of a name that was declared last. */
  assigner(name: string, last: Node | undefined): (execution: Execution, value: GoValue) => void {
    const variable = this.scope.find(name)
    return (execution, value) => {
      const slot = visibleSlot(execution, variable)
      if (slot < 0) throw execution.fail(last, `undefined variable: ${name}`)
      execution.variables[slot] = value
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
      case 'dot':
        return { run: (_execution, dot) => dot, last: node }
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
      if (name === 'call') return compileInvokeFunctionValue(node, callNode, args, previous)
    }
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
    const receiver: Compiled = { run: readVariable(node, name, variable), last: node }
    if (names.length === 0) {
      return operands.length > 0 || previous !== undefined ? notAFunction(node, node, previous, receiver) : receiver
    }
    const typeOf = (execution: Execution, value: GoValue): string => staticType(execution, value, variable?.container)
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
    if (args.length === 0 && previous === undefined)
      return { run: fieldExpression(receiver.run, steps, site), last: at }
    return { run: callExpression(receiver.run, steps, site, previous?.run), last: lastOf(args, at) }
  }
}

/** One field of a chain, and how it is called when it is a method. */
interface Step {
  readonly name: string
  readonly method: CallSite
}

function takeStep(
  execution: Execution,
  dot: GoValue,
  receiver: GoValue,
  step: Step,
  site: FieldSite,
  parent: GoValue,
  parentName: string | undefined,
): GoValue {
  const { name } = step
  if (receiver instanceof Map && !(receiver instanceof TypedMap)) {
    const value = receiver.get(name)
    if (value !== undefined) return value
  } else {
    const method = methodOf(receiver, name)
    if (method !== undefined) return step.method.call(execution, dot, boundMethod(method), undefined)
  }
  return fieldOf(execution, receiver, name, site, parent, parentName)
}

function fieldExpression(base: Expression, steps: readonly Step[], site: FieldSite): Expression {
  const [first, second] = steps
  if (first === undefined) return base
  if (second === undefined) {
    return (execution, dot) => takeStep(execution, dot, base(execution, dot), first, site, undefined, undefined)
  }
  if (steps.length === 2) {
    return (execution, dot) => {
      const parent = base(execution, dot)
      const receiver = takeStep(execution, dot, parent, first, site, undefined, undefined)
      return takeStep(execution, dot, receiver, second, site, parent, first.name)
    }
  }
  return (execution, dot) => {
    let receiver = base(execution, dot)
    let parent: GoValue
    let parentName: string | undefined
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i] as Step
      const value = takeStep(execution, dot, receiver, step, site, parent, parentName)
      parent = receiver
      parentName = step.name
      receiver = value
    }
    return receiver
  }
}

/** A chain whose last field has arguments: it must be a method. */
function callExpression(
  base: Expression,
  steps: readonly Step[],
  site: FieldSite,
  previous: Expression | undefined,
): Expression {
  const last = steps.length - 1
  const { name, method: methodSite } = steps[last] as Step
  return (execution, dot) => {
    const final = previous?.(execution, dot)
    let receiver = base(execution, dot)
    let parent: GoValue
    let parentName: string | undefined
    for (let i = 0; i < last; i++) {
      const step = steps[i] as Step
      const value = takeStep(execution, dot, receiver, step, site, parent, parentName)
      parent = receiver
      parentName = step.name
      receiver = value
    }
    const method = methodOf(receiver, name)
    if (method === undefined) return fieldWithArguments(execution, receiver, name, site, parent, parentName)
    return methodSite.call(execution, dot, boundMethod(method), final)
  }
}

const boundMethods = new WeakMap<GoCallable, BoundFunction>()

function boundMethod(method: GoCallable): BoundFunction {
  let bound = boundMethods.get(method)
  if (bound === undefined) {
    bound = bindFunction(method)
    boundMethods.set(method, bound)
  }
  return bound
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

function assignSlot(slot: number, { run, last }: Compiled): Compiled {
  return {
    last,
    run: (execution, dot) => {
      const value = run(execution, dot)
      execution.variables[slot] = value
      return value
    },
  }
}

function visibleSlot(execution: Execution, variable: Variable | undefined): number {
  for (let at = variable; at !== undefined; at = at.hides) {
    if (at === NOTHING) return -1
    if (at.hides === undefined || execution.variables[at.slot] !== UNSET) return at.slot
  }
  return -1
}

function readVariable(node: VariableNode, name: string, variable: Variable | undefined): Expression {
  if (variable !== undefined && variable.hides === undefined) {
    const { slot } = variable
    return (execution) => execution.variables[slot]
  }
  return (execution) => {
    const slot = visibleSlot(execution, variable)
    if (slot < 0) throw execution.fail(node, `undefined variable: ${name}`)
    return execution.variables[slot]
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
