import { quote } from '../go/index.ts'
import type { Action, KnownAction } from './action.ts'
import type { ChainNode, CommandNode, Node, OperandNode, PipeNode, StringNode, VariableNode } from './node.ts'
import { literalText } from './literal-text.ts'
import { parseNumber } from './parse-number.ts'
import { nodeText } from './print-node.ts'
import type { TokenStream } from './token-stream.ts'
import { Token, type TokenKind } from './token.ts'

/** Nested parentheses beyond this are refused. */
const MAX_PAREN_DEPTH = 10_000

/** By kind: 1 for tokens that start an operand. */
const OPERAND_START = new Uint8Array(64)
for (const kind of [
  Token.bool,
  Token.charConstant,
  Token.complex,
  Token.dot,
  Token.field,
  Token.identifier,
  Token.number,
  Token.nil,
  Token.rawString,
  Token.string,
  Token.variable,
  Token.leftParen,
]) {
  OPERAND_START[kind] = 1
}

const NO_DECLARATIONS: readonly VariableNode[] = []
const NO_COMMANDS: readonly CommandNode[] = []
const NO_NAMES: readonly string[] = []

/** Parses what stands inside an action, and knows which variables are in scope. */
export class PipelineParser {
  private readonly tokens: TokenStream
  private readonly hasFunction: (name: string) => boolean
  private readonly variables: string[] = ['$']
  /** Variables of outer actions that the action being read uses; those from `actionMark` on are its own. */
  private uses: readonly string[] = NO_NAMES
  private actionMark = 0
  private usesVariables = false
  private parenDepth = 0
  /** What is read of the pipelines and commands that are not complete yet, up to `waitingCount`. */
  private readonly waiting: Node[] = []
  private waitingCount = 0

  constructor(tokens: TokenStream, hasFunction: (name: string) => boolean) {
    this.tokens = tokens
    this.hasFunction = hasFunction
  }

  /** Begins a scope; give the result to `release` at its end. */
  mark(): number {
    return this.variables.length
  }

  release(mark: number): void {
    while (this.variables.length > mark) this.variables.pop()
  }

  /** Begins an action: from here on it is noted what the action does to the variables in scope. */
  beginAction(): void {
    this.actionMark = this.variables.length
    this.uses = NO_NAMES
    this.usesVariables = false
  }

  /** The action, which others share now, with the variables that it uses and declares. */
  endAction(action: Action): KnownAction {
    const { uses, variables, actionMark } = this
    const declares = variables.length === actionMark ? NO_NAMES : variables.slice(actionMark)
    if ('pipe' in action && action.pipe !== undefined) {
      action.pipe.isClosed = !this.usesVariables && declares.length === action.pipe.decl.length
    }
    return { action, uses, declares }
  }

  /** Does what reading a known action would do to the variables in scope; false when it needs one that is not there. */
  repeat({ uses, declares }: KnownAction): boolean {
    for (const name of uses) if (!this.variables.includes(name)) return false
    for (const name of declares) this.variables.push(name)
    return true
  }

  /** The nodes that wait since `mark`, in an array of just their number: there are many, and most hold one or two. */
  private takeWaiting(mark: number): Node[] {
    const nodes = this.waiting.slice(mark, this.waitingCount)
    this.waitingCount = mark
    return nodes
  }

  /** declarations? command ('|' command)*, up to `end`. */
  pipeline(context: string, end: TokenKind): PipeNode {
    const { tokens } = this
    const mark = this.waitingCount
    const pipe: PipeNode = {
      type: 'pipe',
      pos: tokens.nextPos,
      isAssign: false,
      decl: NO_DECLARATIONS,
      commands: NO_COMMANDS,
      isClosed: false,
    }
    while (tokens.next === Token.variable && this.declaration(pipe, context)) {
      // One declaration may follow another.
    }
    for (;;) {
      const { next } = tokens
      if (OPERAND_START[next] === 1) {
        const command = this.command()
        this.waiting[this.waitingCount++] = command
        continue
      }
      tokens.take()
      if (next !== end) tokens.unexpected(context)
      pipe.commands = this.takeWaiting(mark) as CommandNode[]
      this.check(pipe, context)
      return pipe
    }
  }

  /** Reads `$x :=`, `$x =` or, in a range, `$x,`; true when another declaration may follow. */
  private declaration(pipe: PipeNode, context: string): boolean {
    const { tokens } = this
    const { second } = tokens
    if (second === Token.assign || second === Token.declare) {
      pipe.isAssign = second === Token.assign
      this.declare(pipe)
      return false
    }
    if (second !== Token.char || tokens.secondText !== ',') return false
    this.declare(pipe)
    if (context === 'range' && pipe.decl.length < 2) {
      const { next } = tokens
      if (next === Token.variable || next === Token.rightDelim || next === Token.rightParen) return true
      tokens.fail('range can only initialize variables')
    }
    return tokens.fail(`too many declarations in ${context}`)
  }

  /** Takes a variable and the mark after it. */
  private declare(pipe: PipeNode): void {
    const { tokens } = this
    tokens.take()
    const { pos, text } = tokens
    tokens.take()
    pipe.decl = [...pipe.decl, this.variableNode(pos, text)]
    this.variables.push(text)
  }

  private variableNode(pos: number, text: string): VariableNode {
    return { type: 'variable', pos, names: [text] }
  }

  private check(pipe: PipeNode, context: string): void {
    if (pipe.commands.length === 0) this.tokens.fail(`missing value for ${context}`)
    for (let i = 1; i < pipe.commands.length; i++) {
      const type = pipe.commands[i]?.args[0]?.type
      const isValue = type === 'bool' || type === 'dot' || type === 'nil' || type === 'number' || type === 'string'
      if (isValue) this.tokens.fail(`non executable command in pipeline stage ${i + 1}`)
    }
  }

  private command(): CommandNode {
    const { tokens } = this
    const pos = tokens.nextPos
    const mark = this.waitingCount
    for (;;) {
      const operand = this.operand()
      this.waiting[this.waitingCount++] = operand
      const { next } = tokens
      if (OPERAND_START[next] === 1 && tokens.isSpaced) continue
      if (next !== Token.rightDelim && next !== Token.rightParen && tokens.take() !== Token.pipe) {
        tokens.unexpected('operand')
      }
      return { type: 'command', pos, args: this.takeWaiting(mark) as OperandNode[] }
    }
  }

  /** A term and the fields taken from it. The next token starts a term. */
  private operand(): OperandNode {
    const { tokens } = this
    const term = this.term()
    if (tokens.next !== Token.field || tokens.isSpaced) return term
    const pos = tokens.nextPos
    while (tokens.next === Token.field && !tokens.isSpaced) tokens.take()
    switch (term.type) {
      case 'field':
        return { type: 'field', pos, names: tokens.textFrom(term.pos + 1).split('.') }
      case 'variable':
        return { type: 'variable', pos, names: tokens.textFrom(term.pos).split('.') }
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return tokens.fail(`unexpected . after term ${quote(nodeText(term))}`)
      default:
        return {
          type: 'chain',
          pos,
          operand: term,
          names: tokens.textFrom(pos + 1).split('.'),
        } satisfies ChainNode
    }
  }

  private term(): OperandNode {
    const { tokens } = this
    const kind = tokens.take()
    const { pos } = tokens
    switch (kind) {
      case Token.identifier: {
        const name = tokens.text
        if (!this.hasFunction(name)) tokens.fail(`function ${quote(name)} not defined`)
        return { type: 'identifier', pos, name }
      }
      case Token.field:
        return { type: 'field', pos, names: [tokens.name] }
      case Token.variable:
        return this.useVariable(pos, tokens.text)
      case Token.string:
      case Token.rawString:
        return this.stringLiteral(pos, tokens.text)
      case Token.leftParen:
        return this.parenthesized()
      case Token.dot:
        return { type: 'dot', pos }
      case Token.nil:
        return { type: 'nil', pos }
      case Token.bool:
        return { type: 'bool', pos, value: tokens.text === 'true' }
      default:
        return tokens.guard((text) => parseNumber(pos, text, kind))
    }
  }

  private stringLiteral(pos: number, quoted: string): StringNode {
    const { tokens } = this
    const text = tokens.guard(literalText)
    return { type: 'string', pos, quoted, text }
  }

  private parenthesized(): PipeNode {
    if (this.parenDepth >= MAX_PAREN_DEPTH) this.tokens.fail('max expression depth exceeded')
    this.parenDepth++
    const pipe = this.pipeline('parenthesized pipeline', Token.rightParen)
    this.parenDepth--
    return pipe
  }

  private useVariable(pos: number, text: string): VariableNode {
    const index = this.variables.lastIndexOf(text)
    if (index < 0) this.tokens.fail(`undefined variable ${quote(text)}`)
    if (index > 0) this.usesVariables = true
    if (index > 0 && index < this.actionMark) this.uses = [...this.uses, text]
    return this.variableNode(pos, text)
  }
}
