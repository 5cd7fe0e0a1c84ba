import { GoObject, type GoValue } from '../../go/index.ts'
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
import { evaluated, failing, literalExpression, type Argument, Compiled } from './argument.ts'
import { compileInvokeFunctionValue } from './call-builtin.ts'
import { CallSite, lastOf, type CallShape } from './call.ts'
import { callFrom, FieldPath, pathType, readFrom, readFromDot, type ChainBase } from './chain.ts'
import { functionSlot } from './functions.ts'
import { compileLogic } from './logic.ts'
import { Scope, staticType, visibleVariable, type Variable } from './scope.ts'
import type { Execution, Expression } from './state.ts'
import { assigner, assignment, declaration, readVariable } from './variable.ts'

/** Compiles what stands inside actions. */
export class ExpressionCompiler {
  readonly scope = new Scope()
  /** Special builtins that a function of the same name replaces. */
  private readonly overridden: ReadonlySet<string>
  private readonly shared: SharedPipelines | undefined

  constructor(overridden: ReadonlySet<string>, shared: SharedPipelines | undefined) {
    this.overridden = overridden
    this.shared = shared
  }

  /** A pipeline with its declarations. The value may be a nil interface{} that counts as no value. */
  pipeline(pipe: PipeNode): Compiled {
    let result = this.commands(pipe)
    for (const node of pipe.decl) {
      const name = node.names[0] ?? ''
      result = pipe.isAssign
        ? assignment(assigner(this.scope, name, result.last), result)
        : declaration(this.scope.declare(name), result)
    }
    return result
  }

  /** The commands of a pipeline, without its declarations. */
  commands(pipe: PipeNode): Compiled {
    if (pipe.isClosed && this.shared !== undefined && this.scope.isRoot) {
      return this.shared.get(pipe)
    }
    return this.ownCommands(pipe)
  }

  private ownCommands(pipe: PipeNode): Compiled {
    const { commands } = pipe
    // A pipeline always has a command.
    let compiled = this.command(commands[0] as CommandNode, undefined, pipe)
    for (let i = 1; i < commands.length; i++) compiled = this.command(commands[i] as CommandNode, compiled, pipe)
    return compiled
  }

  private command(command: CommandNode, previous: Compiled | undefined, pipe: PipeNode): Compiled {
    const first = command.args[0] as OperandNode
    const rest = command.args.length === 1 ? NO_OPERANDS : command.args.slice(1)
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
    const { run, last } = this.pipeline(pipe)
    this.scope.nesting--
    return new Compiled(run, last, NIL_IS_NOTHING)
  }

  private simple(node: OperandNode): Compiled {
    if (node.type === 'dot') return new Compiled(readDot, node)
    if (node.type === 'nil') return new Compiled(failing(node, 'nil is not a command'), node)
    return new Compiled(literalExpression(node), node)
  }

  /** Operands as arguments; `typed` ones can tell the Go type that the template sees. */
  private arguments(nodes: readonly OperandNode[], typed = false): readonly Argument[] {
    return nodes.length === 0 ? NO_ARGUMENTS : nodes.map((node) => ({ node, value: this.argumentValue(node, typed) }))
  }

  private argumentValue(node: OperandNode, typed: boolean): Compiled | undefined {
    switch (node.type) {
      case 'dot':
        return typed ? typedDot(node, this.scope.dotContainer) : new Compiled(readDot, node)
      case 'field':
        return this.field(node, NO_OPERANDS, undefined, typed)
      case 'variable':
        return this.variable(node, NO_OPERANDS, undefined, typed)
      case 'pipe':
        return this.nested(node)
      case 'identifier':
        return this.functionCall(node, node, NO_OPERANDS, undefined)
      case 'chain':
        return this.chain(node, NO_OPERANDS, undefined, typed)
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
    if (!this.overridden.has(name)) {
      if (name === 'and' || name === 'or') return compileLogic(name, node, this.arguments(operands), previous)
      if (name === 'call') return compileInvokeFunctionValue(node, callNode, this.arguments(operands), previous)
      if (name === 'slice') {
        return callFunction(
          { name, node, callNode, args: this.arguments(operands, true).map(interfaceMarked) },
          previous,
        )
      }
    }
    return callFunction({ name, node, callNode, args: this.arguments(operands) }, previous)
  }

  private field(
    node: FieldNode,
    operands: readonly OperandNode[],
    previous: Compiled | undefined,
    typed = false,
  ): Compiled {
    const base = { type: 'dot', container: this.scope.dotContainer } as const
    const { names } = node
    if (operands.length > 0 || previous !== undefined || typed) {
      return this.fieldChain({ node, at: node, names, base }, readDot, operands, previous, typed)
    }
    const path = new FieldPath({ names, node, callNode: node, base, args: NO_ARGUMENTS, hasFinal: false })
    return new Compiled(readFromDot(path), node)
  }

  private variable(
    node: VariableNode,
    operands: readonly OperandNode[],
    previous: Compiled | undefined,
    typed = false,
  ): Compiled {
    const name = node.names[0] ?? ''
    const variable = this.scope.find(name)
    const run = readVariable(node, name, variable)
    if (node.names.length === 1) {
      if (operands.length > 0 || previous !== undefined) return notAFunction(node, node, previous, run)
      return typed ? typedVariable(run, node, variable) : new Compiled(run, node)
    }
    const base = { type: 'variable', variable } as const
    return this.fieldChain({ node, at: node, names: node.names.slice(1), base }, run, operands, previous, typed)
  }

  private chain(
    node: ChainNode,
    operands: readonly OperandNode[],
    previous: Compiled | undefined,
    typed = false,
  ): Compiled {
    const { operand, names } = node
    const receiver = this.argumentValue(operand, false) ?? new Compiled(literalExpression(operand), operand)
    const base: ChainBase =
      operand.type === 'identifier' ? { type: 'function', slot: functionSlot(operand.name) } : { type: 'value' }
    return this.fieldChain({ node, at: receiver.last, names, base }, evaluated(receiver), operands, previous, typed)
  }

  private fieldChain(
    chain: {
      readonly node: Node
      readonly at: Node | undefined
      readonly names: readonly string[]
      readonly base: ChainBase
    },
    receiver: Expression,
    operands: readonly OperandNode[],
    previous: Compiled | undefined,
    typed: boolean,
  ): Compiled {
    const { node, at, names, base } = chain
    const args = this.arguments(operands)
    const path = new FieldPath({ names, node: at, callNode: node, base, args, hasFinal: previous !== undefined })
    if (args.length > 0 || previous !== undefined) {
      return new Compiled(callFrom(receiver, path, previous?.run), lastOf(args, at))
    }
    const run = readFrom(receiver, path)
    return typed ? new Compiled(run, at, { typeOf: pathType(receiver, path) }) : new Compiled(run, at)
  }
}

/**
 * Compiled commands of pipelines that need nothing of the template around them, for templates with the same special builtins.
 */
export class SharedPipelines {
  private readonly compiler: ExpressionCompiler
  private readonly compiled = new Map<PipeNode, Compiled>()

  constructor(overridden: ReadonlySet<string>) {
    this.compiler = new ExpressionCompiler(overridden, undefined)
  }

  get(pipe: PipeNode): Compiled {
    let compiled = this.compiled.get(pipe)
    if (compiled === undefined) {
      compiled = this.compiler.commands(pipe)
      this.compiled.set(pipe, compiled)
    }
    return compiled
  }
}

const NIL_IS_NOTHING = { nilIsNothing: true }
const NO_OPERANDS: readonly OperandNode[] = []
const NO_ARGUMENTS: readonly Argument[] = []

const readDot: Expression = (_execution, dot) => dot

function typedDot(node: Node, container: number | undefined): Compiled {
  return new Compiled(readDot, node, { typeOf: (execution, _dot, value) => staticType(execution, value, container) })
}

function typedVariable(run: Expression, node: Node, variable: Variable | undefined): Compiled {
  const typeOf = (execution: Execution, _dot: GoValue, value: GoValue): string =>
    staticType(execution, value, visibleVariable(execution, variable)?.container)
  return new Compiled(run, node, { typeOf })
}

function callFunction(shape: Omit<CallShape, 'hasFinal'>, previous: Compiled | undefined): Compiled {
  const { name, node, callNode, args } = shape
  const slot = functionSlot(name)
  const site = new CallSite({ name, args, node, callNode, hasFinal: previous !== undefined })
  if (previous === undefined) {
    return new Compiled(
      (execution, dot) => site.call(execution, dot, execution.functions[slot] ?? missing(execution, shape), undefined),
      site.last,
    )
  }
  const evaluate = previous.run
  return new Compiled((execution, dot) => {
    const final = evaluate(execution, dot)
    const target = execution.functions[slot] ?? missing(execution, shape)
    return site.call(execution, dot, target, final === null ? undefined : final)
  }, site.last)
}

function missing(execution: Execution, { name, node }: Omit<CallShape, 'hasFinal'>): never {
  throw execution.fail(node, `"${name}" is not a defined function`)
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
  return { node: argument.node, value: new Compiled(marked, last) }
}

/** Arguments given to what is no function: an error, after what comes before it in the pipeline. */
function notAFunction(
  first: OperandNode,
  node: Node | undefined,
  previous: Compiled | undefined,
  receiver?: Expression,
): Compiled {
  const reason = `can't give argument to non-function ${nodeText(first)}`
  return new Compiled((execution, dot) => {
    previous?.run(execution, dot)
    receiver?.(execution, dot)
    throw execution.fail(node, reason)
  }, node)
}
