import { quote, unquote } from '../go/index.ts'
import type { ChainNode, CommandNode, OperandNode, PipeNode, VariableNode } from './node.ts'
import { parseNumber } from './parse-number.ts'
import { nodeText } from './print-node.ts'
import type { TokenStream } from './token-stream.ts'
import { Token, type Lexeme, type TokenKind } from './token.ts'

/** Nested parentheses beyond this are refused. */
const MAX_PAREN_DEPTH = 10_000

const OPERAND_START: ReadonlySet<TokenKind> = new Set([
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
])

const NO_DECLARATIONS: readonly VariableNode[] = []

/** Parses what stands inside an action, and knows which variables are in scope. */
export class PipelineParser {
  private readonly tokens: TokenStream
  private readonly hasFunction: (name: string) => boolean
  private readonly variables: string[] = ['$']
  private parenDepth = 0

  constructor(tokens: TokenStream, hasFunction: (name: string) => boolean) {
    this.tokens = tokens
    this.hasFunction = hasFunction
  }

  /** Begins a scope; give the result to `release` at its end. */
  mark(): number {
    return this.variables.length
  }

  release(mark: number): void {
    this.variables.length = mark
  }

  /** declarations? command ('|' command)*, up to `end`. */
  pipeline(context: string, end: TokenKind): PipeNode {
    const { tokens } = this
    const { pos } = tokens.peekNonSpace()
    const pipe: PipeNode = {
      type: 'pipe',
      pos,
      source: tokens.source,
      isAssign: false,
      decl: NO_DECLARATIONS,
      commands: [],
    }
    let more = true
    while (more) more = this.declaration(pipe, context)
    for (;;) {
      const lexeme = tokens.nextNonSpace()
      if (lexeme.kind === end) {
        this.check(pipe, context)
        return pipe
      }
      if (!OPERAND_START.has(lexeme.kind)) tokens.unexpected(lexeme, context)
      tokens.back()
      pipe.commands.push(this.command())
    }
  }

  /** Reads `$x :=`, `$x =` or, in a range, `$x,`; true when another declaration may follow. */
  private declaration(pipe: PipeNode, context: string): boolean {
    const { tokens } = this
    const variable = tokens.peekNonSpace()
    if (variable.kind !== Token.variable) return false
    tokens.next()
    // The token right after the variable is put back when it turns out to be an operand.
    const after = tokens.peek()
    const next = tokens.peekNonSpace()
    if (next.kind === Token.assign || next.kind === Token.declare) {
      pipe.isAssign = next.kind === Token.assign
      tokens.nextNonSpace()
      this.declare(pipe, variable)
      return false
    }
    if (next.kind === Token.char && next.text === ',') {
      tokens.nextNonSpace()
      this.declare(pipe, variable)
      return this.secondDeclaration(pipe, context)
    }
    if (after.kind === Token.space) tokens.back3(variable, after)
    else tokens.back2(variable)
    return false
  }

  private secondDeclaration(pipe: PipeNode, context: string): boolean {
    const { tokens } = this
    if (context === 'range' && pipe.decl.length < 2) {
      const { kind } = tokens.peekNonSpace()
      if (kind === Token.variable || kind === Token.rightDelim || kind === Token.rightParen) return true
      tokens.fail('range can only initialize variables')
    }
    return tokens.fail(`too many declarations in ${context}`)
  }

  private declare(pipe: PipeNode, variable: Lexeme): void {
    pipe.decl = [...pipe.decl, this.variableNode(variable.pos, variable.text)]
    this.variables.push(variable.text)
  }

  private variableNode(pos: number, text: string): VariableNode {
    return { type: 'variable', pos, source: this.tokens.source, names: text.split('.') }
  }

  private check(pipe: PipeNode, context: string): void {
    if (pipe.commands.length === 0) this.tokens.fail(`missing value for ${context}`)
    pipe.commands.forEach((command, index) => {
      const type = command.args[0]?.type
      const isValue = type === 'bool' || type === 'dot' || type === 'nil' || type === 'number' || type === 'string'
      if (index > 0 && isValue) this.tokens.fail(`non executable command in pipeline stage ${index + 1}`)
    })
  }

  private command(): CommandNode {
    const { tokens } = this
    const args: OperandNode[] = []
    const command: CommandNode = { type: 'command', pos: tokens.peekNonSpace().pos, source: tokens.source, args }
    for (;;) {
      tokens.peekNonSpace()
      const operand = this.operand()
      if (operand !== undefined) args.push(operand)
      const lexeme = tokens.next()
      if (lexeme.kind === Token.space) continue
      if (lexeme.kind === Token.rightDelim || lexeme.kind === Token.rightParen) tokens.back()
      else if (lexeme.kind !== Token.pipe) tokens.unexpected(lexeme, 'operand')
      break
    }
    if (args.length === 0) tokens.fail('empty command')
    return command
  }

  /** A term and the fields taken from it; undefined when no term follows. */
  private operand(): OperandNode | undefined {
    const { tokens } = this
    const term = this.term()
    if (term === undefined || tokens.peek().kind !== Token.field) return term
    const { pos } = tokens.peek()
    const names: string[] = []
    while (tokens.peek().kind === Token.field) names.push(tokens.next().text.slice(1))
    const { source } = tokens
    switch (term.type) {
      case 'field':
      case 'variable':
        return { ...term, pos, names: [...term.names, ...names] }
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return tokens.fail(`unexpected . after term ${quote(nodeText(term))}`)
      default:
        return { type: 'chain', pos, source, operand: term, names } satisfies ChainNode
    }
  }

  private term(): OperandNode | undefined {
    const { tokens } = this
    const { source } = tokens
    const lexeme = tokens.nextNonSpace()
    const { pos, text } = lexeme
    switch (lexeme.kind) {
      case Token.identifier:
        if (!this.hasFunction(text)) tokens.fail(`function ${quote(text)} not defined`)
        return { type: 'identifier', pos, source, name: text }
      case Token.dot:
        return { type: 'dot', pos, source }
      case Token.nil:
        return { type: 'nil', pos, source }
      case Token.variable:
        return this.useVariable(pos, text)
      case Token.field:
        return { type: 'field', pos, source, names: text.slice(1).split('.') }
      case Token.bool:
        return { type: 'bool', pos, source, value: text === 'true' }
      case Token.charConstant:
      case Token.complex:
      case Token.number:
        return tokens.guard(() => parseNumber(source, pos, text, lexeme.kind))
      case Token.leftParen:
        return this.parenthesized()
      case Token.string:
      case Token.rawString:
        return { type: 'string', pos, source, quoted: text, text: tokens.guard(() => unquote(text)) }
      default:
        tokens.back()
        return undefined
    }
  }

  private parenthesized(): PipeNode {
    if (this.parenDepth >= MAX_PAREN_DEPTH) this.tokens.fail('max expression depth exceeded')
    this.parenDepth++
    const pipe = this.pipeline('parenthesized pipeline', Token.rightParen)
    this.parenDepth--
    return pipe
  }

  private useVariable(pos: number, text: string): VariableNode {
    const node = this.variableNode(pos, text)
    const [name = ''] = node.names
    if (!this.variables.includes(name)) this.tokens.fail(`undefined variable ${quote(name)}`)
    return node
  }
}
