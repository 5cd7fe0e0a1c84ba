import { GoFunction, goType, isTrue, formatPrintable, quote, type GoValue } from '../../go/index.ts'
import type { ActionNode, BranchNode, ListNode, StatementNode, TemplateNode, Tree } from '../node.ts'
import { nodeText } from '../print-node.ts'
import { ExpressionCompiler } from './expression.ts'
import { compileRange } from './range.ts'
import { resetting } from './scope.ts'
import { BREAK, CONTINUE, NORMAL, type Execution, type Signal, type Statement } from './state.ts'

/** Compiles a tree to closures. `overridden`: special builtins that functions of the same name replace. */
export function compileTree(tree: Tree, overridden: ReadonlySet<string>): { run: Statement; slots: number } {
  const compiler = new ExpressionCompiler(overridden)
  const { result, unset } = compiler.scope.within(() => compileList(compiler, tree.root))
  const run = resetting(result, unset)
  return { run, slots: compiler.scope.slots }
}

const nothing: Statement = () => NORMAL

/** Compiles the statements of a list in the current scope. */
export function compileList(compiler: ExpressionCompiler, list: ListNode): Statement {
  const statements = list.nodes.map((node) => compileStatement(compiler, node))
  const [first, second, third] = statements
  if (first === undefined) return nothing
  if (second === undefined) return first
  if (third === undefined) return (execution, dot) => first(execution, dot) || second(execution, dot)
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
      return compileRange(compiler, node, compileList)
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
      run(execution, dot)
      return NORMAL
    }
  }
  return (execution, dot) => {
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

/** A branch in a scope of its own; an absent one does nothing. */
function compileBranch(compiler: ExpressionCompiler, list: ListNode | undefined): Statement {
  if (list === undefined) return nothing
  const { result, unset } = compiler.scope.within(() => compileList(compiler, list))
  return resetting(result, unset)
}

function compileIf(compiler: ExpressionCompiler, node: BranchNode): Statement {
  const { result, unset } = compiler.scope.within(() => {
    const condition = compiler.pipeline(node.pipe).run
    const then = compileBranch(compiler, node.list)
    const otherwise = compileBranch(compiler, node.elseList)
    return (execution: Execution, dot: GoValue): Signal =>
      isTrue(condition(execution, dot)) ? then(execution, dot) : otherwise(execution, dot)
  })
  return resetting(result, unset)
}

function compileWith(compiler: ExpressionCompiler, node: BranchNode): Statement {
  const { result, unset } = compiler.scope.within(() => {
    const value = compiler.pipeline(node.pipe).run
    const then = compiler.scope.withDot(undefined, () => compileBranch(compiler, node.list))
    const otherwise = compileBranch(compiler, node.elseList)
    return (execution: Execution, dot: GoValue): Signal => {
      const result = value(execution, dot)
      const inner = result === null ? undefined : result
      return isTrue(inner) ? then(execution, inner) : otherwise(execution, dot)
    }
  })
  return resetting(result, unset)
}

function compileTemplate(compiler: ExpressionCompiler, node: TemplateNode): Statement {
  const { name } = node
  const data = node.pipe === undefined ? undefined : compiler.pipeline(node.pipe).run
  return (execution, dot) => {
    const template = execution.set.lookup(name)
    if (template === undefined) throw execution.fail(node, `template ${quote(name)} not defined`)
    execution.checkDepth(node)
    const value = data?.(execution, dot)
    execution.invoke(node, template, value === null ? undefined : value)
    return NORMAL
  }
}
