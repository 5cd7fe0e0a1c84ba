import type { GoComplex } from '../go/index.ts'

/** Text that a tree was parsed from, and the name under which errors report it. */
export interface Source {
  readonly name: string
  readonly text: string
}

interface NodeBase {
  /** Index of the first UTF-16 unit, from the `{{` of the action that the node is part of. */
  readonly pos: number
}

/** Where an action stands. What is inside it does not say, since equal actions share it. */
export interface Place {
  readonly source: Source
  /** Index of the `{{` in the source. */
  readonly start: number
}

/** Statements one after the other. */
export interface ListNode {
  readonly type: 'list'
  readonly nodes: readonly StatementNode[]
}

/** Text outside actions, trimmed already. */
export interface TextNode {
  readonly type: 'text'
  readonly text: string
}

/** A pipeline whose value is printed, unless it declares variables. */
export interface ActionNode extends NodeBase, Place {
  readonly type: 'action'
  readonly pipe: PipeNode
}

/** if, with and range. */
export interface BranchNode extends NodeBase, Place {
  readonly type: 'if' | 'with' | 'range'
  readonly pipe: PipeNode
  readonly list: ListNode
  readonly elseList: ListNode | undefined
}

/** {{template}}; {{block}} is one too. */
export interface TemplateNode extends NodeBase, Place {
  readonly type: 'template'
  readonly name: string
  readonly pipe: PipeNode | undefined
}

/** {{break}} and {{continue}}. */
export interface BreakNode {
  readonly type: 'break' | 'continue'
}

/** What may stand in a list. */
export type StatementNode = TextNode | ActionNode | BranchNode | TemplateNode | BreakNode

/** Commands, each getting the value of the one before as its last argument. */
export interface PipeNode extends NodeBase {
  readonly type: 'pipe'
  /** The variables are assigned (`=`), not declared (`:=`). */
  isAssign: boolean
  decl: readonly VariableNode[]
  commands: readonly CommandNode[]
  /** The pipeline of an action that equal actions share, whose commands use no variable but `$`. */
  isClosed: boolean
}

/** An operand with its arguments. */
export interface CommandNode extends NodeBase {
  readonly type: 'command'
  readonly args: readonly OperandNode[]
}

/** The name of a function. */
export interface IdentifierNode extends NodeBase {
  readonly type: 'identifier'
  readonly name: string
}

/** `$x.a.b`: the first of `names` is the variable with its dollar sign. */
export interface VariableNode extends NodeBase {
  readonly type: 'variable'
  readonly names: readonly string[]
}

/** The cursor `.`. */
export interface DotNode extends NodeBase {
  readonly type: 'dot'
}

/** The constant `nil`. */
export interface NilNode extends NodeBase {
  readonly type: 'nil'
}

/** `.a.b`. */
export interface FieldNode extends NodeBase {
  readonly type: 'field'
  readonly names: readonly string[]
}

/** `(pipeline).a.b`, or another operand with fields. */
export interface ChainNode extends NodeBase {
  readonly type: 'chain'
  readonly operand: OperandNode
  readonly names: readonly string[]
}

/** `true` or `false`. */
export interface BoolNode extends NodeBase {
  readonly type: 'bool'
  readonly value: boolean
}

/** A number under every Go type that can represent it. */
export interface NumberNode extends NodeBase {
  readonly type: 'number'
  readonly text: string
  readonly int: bigint | undefined
  readonly uint: bigint | undefined
  readonly float: number | undefined
  readonly complex: GoComplex | undefined
}

/** A string literal. */
export interface StringNode extends NodeBase {
  readonly type: 'string'
  /** As written, with quotes. */
  readonly quoted: string
  readonly text: string
}

/** What may stand in a command. */
export type OperandNode =
  | IdentifierNode
  | VariableNode
  | DotNode
  | NilNode
  | FieldNode
  | ChainNode
  | BoolNode
  | NumberNode
  | StringNode
  | PipeNode

/** Nodes at which running a template can fail. */
export type Node = ActionNode | BranchNode | TemplateNode | PipeNode | CommandNode | OperandNode

/** Any node of a parse tree. */
export type AnyNode = Node | ListNode | StatementNode

/** One named template: the body of a file or of a {{define}}. */
export interface Tree {
  readonly name: string
  readonly source: Source
  readonly root: ListNode
}

// Unicode white space as Go sees it: with U+0085, without U+FEFF.
const BLANK = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/

/** Whether a tree holds nothing but space and comments: such a tree never replaces another definition. */
export function isEmptyTree(root: ListNode): boolean {
  return root.nodes.every((node) => node.type === 'text' && BLANK.test(node.text))
}
