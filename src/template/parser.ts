import { quote, unquote } from '../go/index.ts'
import { Lexer } from './lexer.ts'
import { isEmptyTree, type ListNode, type Source, type StatementNode, type Tree } from './node.ts'
import { PipelineParser } from './parse-pipeline.ts'
import { TokenStream } from './token-stream.ts'
import { Token, type Lexeme } from './token.ts'

/** {{end}} or {{else}}, which close a list. */
interface Closing {
  readonly type: 'end' | 'else'
  readonly pos: number
}

/**
 * Parses a template text into the tree of its name and those of its {{define}}s, in the order in which they were
 * completed; the tree of the text itself comes last. Throws TemplateError with Go's text.
 */
export function parseTrees(name: string, text: string, hasFunction: (name: string) => boolean): Tree[] {
  const source: Source = { name, text }
  const lexer = new Lexer(text, {
    breakIsKeyword: !hasFunction('break'),
    continueIsKeyword: !hasFunction('continue'),
  })
  const trees = new Map<string, Tree>()
  new TreeParser(new TokenStream(lexer, source), hasFunction, trees).parse(name)
  return [...trees.values()]
}

/** Parses one tree; each {{define}} and {{block}} gets a parser of its own on the same tokens. */
class TreeParser {
  private readonly tokens: TokenStream
  private readonly hasFunction: (name: string) => boolean
  private readonly trees: Map<string, Tree>
  private readonly pipelines: PipelineParser
  private rangeDepth = 0

  constructor(tokens: TokenStream, hasFunction: (name: string) => boolean, trees: Map<string, Tree>) {
    this.tokens = tokens
    this.hasFunction = hasFunction
    this.trees = trees
    this.pipelines = new PipelineParser(tokens, hasFunction)
  }

  private get source(): Source {
    return this.tokens.source
  }

  private child(): TreeParser {
    return new TreeParser(this.tokens, this.hasFunction, this.trees)
  }

  /** The whole text; {{define}} is allowed only here. */
  parse(name: string): void {
    const { tokens } = this
    const root: ListNode = { type: 'list', pos: tokens.peek().pos, source: this.source, nodes: [] }
    while (tokens.peek().kind !== Token.eof) {
      if (tokens.peek().kind === Token.leftDelim) {
        const delim = tokens.next()
        if (tokens.nextNonSpace().kind === Token.define) {
          this.child().definition()
          continue
        }
        tokens.back2(delim)
      }
      const node = this.textOrAction()
      if (isClosing(node)) tokens.fail(`unexpected {{${node.type}}}`)
      else root.nodes.push(node)
    }
    this.add(name, root)
  }

  private add(name: string, root: ListNode): void {
    const known = this.trees.get(name)
    if (known === undefined || isEmptyTree(known.root)) {
      this.trees.delete(name)
      this.trees.set(name, { name, source: this.source, root })
    } else if (!isEmptyTree(root)) {
      this.tokens.fail(`template: multiple definition of template ${quote(name)}`)
    }
  }

  private definition(): void {
    const { tokens } = this
    const context = 'define clause'
    const literal = tokens.expect(context, Token.string, Token.rawString)
    const name = tokens.guard(() => unquote(literal.text))
    tokens.expect(context, Token.rightDelim)
    this.body(name, context)
  }

  private body(name: string, context: string, line?: number): void {
    const { list, closing } = this.itemList()
    if (closing.type !== 'end') this.tokens.fail(`unexpected {{${closing.type}}} in ${context}`, line)
    this.add(name, list)
  }

  private itemList(): { list: ListNode; closing: Closing } {
    const { tokens } = this
    const nodes: StatementNode[] = []
    const list: ListNode = { type: 'list', pos: tokens.peekNonSpace().pos, source: this.source, nodes }
    while (tokens.peekNonSpace().kind !== Token.eof) {
      const node = this.textOrAction()
      if (isClosing(node)) return { list, closing: node }
      nodes.push(node)
    }
    return tokens.fail('unexpected EOF')
  }

  private textOrAction(): StatementNode | Closing {
    const { tokens } = this
    const lexeme = tokens.nextNonSpace()
    if (lexeme.kind === Token.text) return { type: 'text', pos: lexeme.pos, source: this.source, text: lexeme.text }
    if (lexeme.kind !== Token.leftDelim) return tokens.unexpected(lexeme, 'input')
    tokens.actionLine = lexeme.line
    const node = this.action()
    tokens.actionLine = 0
    return node
  }

  private action(): StatementNode | Closing {
    const { tokens } = this
    const lexeme = tokens.nextNonSpace()
    switch (lexeme.kind) {
      case Token.block:
        return this.blockControl()
      case Token.break:
        return this.loopControl('break', lexeme)
      case Token.continue:
        return this.loopControl('continue', lexeme)
      case Token.else:
        return this.elseControl()
      case Token.end:
        return { type: 'end', pos: tokens.expect('end', Token.rightDelim).pos }
      case Token.if:
        return this.branch('if')
      case Token.range:
        return this.branch('range')
      case Token.template:
        return this.templateControl()
      case Token.with:
        return this.branch('with')
      default: {
        tokens.back()
        const { pos } = tokens.peek()
        return { type: 'action', pos, source: this.source, pipe: this.pipelines.pipeline('command', Token.rightDelim) }
      }
    }
  }

  private loopControl(type: 'break' | 'continue', keyword: Lexeme): StatementNode {
    const { tokens } = this
    const lexeme = tokens.nextNonSpace()
    if (lexeme.kind !== Token.rightDelim) tokens.unexpected(lexeme, `{{${type}}}`)
    if (this.rangeDepth === 0) tokens.fail(`{{${type}}} outside {{range}}`)
    return { type, pos: keyword.pos, source: this.source }
  }

  private elseControl(): Closing {
    const { tokens } = this
    const lexeme = tokens.peekNonSpace()
    // "else if" and "else with" are read as "else" and a nested action.
    if (lexeme.kind === Token.if || lexeme.kind === Token.with) return { type: 'else', pos: lexeme.pos }
    return { type: 'else', pos: tokens.expect('else', Token.rightDelim).pos }
  }

  private branch(type: 'if' | 'with' | 'range'): StatementNode {
    const mark = this.pipelines.mark()
    const pipe = this.pipelines.pipeline(type, Token.rightDelim)
    if (type === 'range') this.rangeDepth++
    const { list, closing } = this.itemList()
    if (type === 'range') this.rangeDepth--
    const elseList = closing.type === 'else' ? this.elseBody(type, closing) : undefined
    this.pipelines.release(mark)
    return { type, pos: pipe.pos, source: this.source, pipe, list, elseList }
  }

  private elseBody(type: 'if' | 'with' | 'range', opening: Closing): ListNode {
    const { tokens } = this
    const next = tokens.peek().kind
    if ((type === 'if' && next === Token.if) || (type === 'with' && next === Token.with)) {
      tokens.next()
      const nested = this.branch(type)
      return { type: 'list', pos: opening.pos, source: this.source, nodes: [nested] }
    }
    const { list, closing } = this.itemList()
    if (closing.type !== 'end') tokens.fail(`expected end; found {{${closing.type}}}`)
    return list
  }

  private blockControl(): StatementNode {
    const { tokens } = this
    const context = 'block clause'
    const literal = tokens.nextNonSpace()
    const name = this.templateName(literal, context)
    const pipe = this.pipelines.pipeline(context, Token.rightDelim)
    // The body is a tree of its own: it knows nothing of the action that opened it.
    const { line } = tokens
    tokens.actionLine = 0
    this.child().body(name, context, line)
    return { type: 'template', pos: literal.pos, source: this.source, name, pipe }
  }

  private templateControl(): StatementNode {
    const { tokens } = this
    const context = 'template clause'
    const literal = tokens.nextNonSpace()
    const name = this.templateName(literal, context)
    if (tokens.nextNonSpace().kind === Token.rightDelim) {
      return { type: 'template', pos: literal.pos, source: this.source, name, pipe: undefined }
    }
    tokens.back()
    const pipe = this.pipelines.pipeline(context, Token.rightDelim)
    return { type: 'template', pos: literal.pos, source: this.source, name, pipe }
  }

  private templateName(literal: Lexeme, context: string): string {
    if (literal.kind !== Token.string && literal.kind !== Token.rawString) {
      return this.tokens.unexpected(literal, context)
    }
    return this.tokens.guard(() => unquote(literal.text))
  }
}

function isClosing(node: StatementNode | Closing): node is Closing {
  return node.type === 'end' || node.type === 'else'
}
