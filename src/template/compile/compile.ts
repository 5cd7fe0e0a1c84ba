import { GoFunction, goType, isTrue, formatPrintable, quote, type GoValue } from '../../go/index.ts'
import type { ActionNode, BranchNode, ListNode, StatementNode, TemplateNode, Tree } from '../node.ts'
import { nodeText } from '../print-node.ts'
import { ExpressionCompiler, type SharedPipelines } from './expression.ts'
import { compileRangeHead, runRange, type Range } from './range.ts'
import type { Scope } from './scope.ts'
import { BREAK, CONTINUE, NORMAL, type Execution, type Statement } from './state.ts'

/** What compiling a tree needs to know. */
export interface CompileContext {
  /** Special builtins that functions of the same name replace. */
  readonly overridden: ReadonlySet<string>
  /** What other trees have compiled already. */
  readonly shared: SharedPipelines | undefined
}

/** Compiles a tree to closures. */
export function compileTree(
  tree: Tree,
  { overridden, shared }: CompileContext,
): { readonly run: Statement; readonly scope: Scope } {
  const compiler = new ExpressionCompiler(overridden, shared)
  const { scope } = compiler
  return { run: scope.within(() => compileList(compiler, tree.root)), scope }
}

const nothing: Statement = () => NORMAL

/** Compiles the statements of a list in the current scope. */
function compileList(compiler: ExpressionCompiler, list: ListNode): Statement {
  const statements = list.nodes.map((node) => compileStatement(compiler, node))
  const first = statements[0]
  const second = statements[1]
  if (first === undefined) return nothing
  if (second === undefined) return first
  if (statements.length === 2) return (execution, dot) => first(execution, dot) || second(execution, dot)
  return (execution, dot) => {
    for (let i = 0; i < statements.length; i++) {
      const signal = (statements[i] as Statement)(execution, dot)
      if (signal !== NORMAL) return signal
    }
    return NORMAL
  }
}

function compileStatement(compiler: ExpressionCompiler, node: StatementNode): Statement {
  switch (node.type) {
    case 'text': {
      const { text } = node
      return (execution) => {
        execution.out += text
        return NORMAL
      }
    }
    case 'action':
      return compileAction(compiler, node)
    case 'if':
      return compileIf(compiler, node)
    case 'with':
      return compileWith(compiler, node)
    case 'range':
      return compileRange(compiler, node)
    case 'template':
      return compileTemplate(compiler, node)
    case 'break':
      return () => BREAK
    case 'continue':
      return () => CONTINUE
  }
}

function compileAction(compiler: ExpressionCompiler, node: ActionNode): Statement {
  const { run } = compiler.pipeline(node.pipe)
  if (node.pipe.decl.length > 0) {
    return (execution, dot) => {
      execution.place = node
      run(execution, dot)
      return NORMAL
    }
  }
  return (execution, dot) => {
    execution.place = node
    const value = run(execution, dot)
    execution.out += typeof value === 'string' ? value : printed(execution, node, value)
    return NORMAL
  }
}

function printed(execution: Execution, node: ActionNode, value: GoValue): string {
  if (value instanceof GoFunction) {
    throw execution.fail(node, `can't print ${nodeText(node)} of type ${goType(value)}`)
  }
  return formatPrintable(value)
}

/**
 * A branch in a scope of its own, compiled when it is taken for the first time: in most charts most branches never are.
 * An absent branch does nothing.
 */
function branch(compiler: ExpressionCompiler, list: ListNode | undefined, dotContainer?: number): () => Statement {
  if (list === undefined) return () => nothing
  const { scope } = compiler
  const state = scope.save(dotContainer)
  return () => scope.within(() => compileList(compiler, list), state)
}

function compileIf(compiler: ExpressionCompiler, node: BranchNode): Statement {
  return compiler.scope.within(() => {
    const condition = compiler.pipeline(node.pipe).run
    const compileThen = branch(compiler, node.list)
    const compileElse = branch(compiler, node.elseList)
    let then: Statement | undefined
    let otherwise: Statement | undefined
    return (execution, dot) => {
      execution.place = node
      if (isTrue(condition(execution, dot))) {
        then ??= compileThen()
        return then(execution, dot)
      }
      otherwise ??= compileElse()
      return otherwise(execution, dot)
    }
  })
}

function compileWith(compiler: ExpressionCompiler, node: BranchNode): Statement {
  return compiler.scope.within(() => {
    const value = compiler.pipeline(node.pipe).run
    const compileThen = branch(compiler, node.list, NO_CONTAINER)
    const compileElse = branch(compiler, node.elseList)
    let then: Statement | undefined
    let otherwise: Statement | undefined
    return (execution, dot) => {
      execution.place = node
      const result = value(execution, dot)
      const inner = result === null ? undefined : result
      if (isTrue(inner)) {
        then ??= compileThen()
        return then(execution, inner)
      }
      otherwise ??= compileElse()
      return otherwise(execution, dot)
    }
  })
}

/** Dot is a value, not an element of a container. */
const NO_CONTAINER = -1

function compileRange(compiler: ExpressionCompiler, node: BranchNode): Statement {
  return compiler.scope.within(() => {
    const { evaluate, container, variables, last } = compileRangeHead(compiler, node)
    const compileBody = branch(compiler, node.list, container)
    const compileElse = branch(compiler, node.elseList)
    let range: Range | undefined
    let otherwise: Statement | undefined
    return (execution, dot) => {
      execution.place = node
      const result = evaluate(execution, dot)
      const items = result === null ? undefined : result
      variables.initial(execution, items)
      execution.variables[container] = items
      range ??= { place: node, variables: node.pipe.decl.length, set: variables.set, body: lazily(compileBody), last }
      if (runRange(range, execution, items)) return NORMAL
      otherwise ??= compileElse()
      // A {{break}} in the else branch ends this range, although it stands in the one around it.
      const signal = otherwise(execution, dot)
      return signal === BREAK ? NORMAL : signal
    }
  })
}

/** A statement that is compiled when it runs for the first time. */
function lazily(compile: () => Statement): Statement {
  let compiled: Statement | undefined
  return (execution, dot) => {
    compiled ??= compile()
    return compiled(execution, dot)
  }
}

function compileTemplate(compiler: ExpressionCompiler, node: TemplateNode): Statement {
  const { name } = node
  const data = node.pipe === undefined ? undefined : compiler.pipeline(node.pipe).run
  return (execution, dot) => {
    execution.place = node
    const template = execution.set.lookup(name)
    if (template === undefined) throw execution.fail(node, `template ${quote(name)} not defined`)
    execution.checkDepth(node)
    const value = data?.(execution, dot)
    execution.invoke(node, template, value === null ? undefined : value)
    return NORMAL
  }
}
