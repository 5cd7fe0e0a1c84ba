import { quote, unquote } from '../go/index.ts'
import { tokenize } from './lexer.ts'
import { isEmptyTree, type ListNode, type Source, type StatementNode, type Tree } from './node.ts'
import { PipelineParser } from './parse-pipeline.ts'
import { TokenStream } from './token-stream.ts'
import { Token } from './token.ts'

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
  const tokens = tokenize(text, {
    breakIsFunction: hasFunction('break'),
    continueIsFunction: hasFunction('continue'),
  })
  const trees = new Map<string, Tree>()
  new TreeParser(new TokenStream(tokens, source), hasFunction, trees).parse(name)
  return [...trees.values()]
}

/** Parses one tree; each {{define}} and {{block}} gets a parser of its own on the same tokens. */
class TreeParser {
  private readonly tokens: TokenStream
  private readonly hasFunction: (name: string) => boolean
  private readonly trees: Map<string, Tree>
  private readonly pipelines: PipelineParser
  private rangeDepth = 0
  /** The statements of the lists that are not complete yet, up to `waitingCount`. */
  private readonly waiting: StatementNode[] = []
  private waitingCount = 0

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
    const pos = tokens.nextPos
    while (tokens.next !== Token.eof) {
      if (tokens.next === Token.leftDelim && tokens.second === Token.define) {
        tokens.take()
        tokens.take()
        this.child().definition()
        continue
      }
      const node = this.textOrAction()
      if (isClosing(node)) tokens.fail(`unexpected {{${node.type}}}`)
      else this.waiting[this.waitingCount++] = node
    }
    this.add(name, this.takeList(pos, 0))
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
    tokens.expect(context, Token.string, Token.rawString)
    const name = tokens.guard(unquote)
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
    const pos = tokens.nextPos
    const mark = this.waitingCount
    while (tokens.next !== Token.eof) {
      const node = this.textOrAction()
      if (isClosing(node)) return { list: this.takeList(pos, mark), closing: node }
      this.waiting[this.waitingCount++] = node
    }
    return tokens.fail('unexpected EOF')
  }

  /** The list of the statements that wait since `mark`. */
  private takeList(pos: number, mark: number): ListNode {
    const nodes = this.waiting.slice(mark, this.waitingCount)
    this.waitingCount = mark
    return { type: 'list', pos, source: this.source, nodes }
  }

  private textOrAction(): StatementNode | Closing {
    const { tokens } = this
    const kind = tokens.take()
    if (kind === Token.text) return { type: 'text', pos: tokens.pos, source: this.source, text: tokens.text }
    if (kind !== Token.leftDelim) return tokens.unexpected('input')
    tokens.actionStart = tokens.pos
    const node = this.action()
    tokens.actionStart = -1
    return node
  }

  private action(): StatementNode | Closing {
    const { tokens } = this
    switch (tokens.next) {
      case Token.block:
        tokens.take()
        return this.blockControl()
      case Token.break:
        tokens.take()
        return this.loopControl('break')
      case Token.continue:
        tokens.take()
        return this.loopControl('continue')
      case Token.else:
        tokens.take()
        return this.elseControl()
      case Token.end:
        tokens.take()
        tokens.expect('end', Token.rightDelim)
        return { type: 'end', pos: tokens.pos }
      case Token.if:
        tokens.take()
        return this.branch('if')
      case Token.range:
        tokens.take()
        return this.branch('range')
      case Token.template:
        tokens.take()
        return this.templateControl()
      case Token.with:
        tokens.take()
        return this.branch('with')
      default: {
        const pos = tokens.nextPos
        return { type: 'action', pos, source: this.source, pipe: this.pipelines.pipeline('command', Token.rightDelim) }
      }
    }
  }

  private loopControl(type: 'break' | 'continue'): StatementNode {
    const { tokens } = this
    const { pos } = tokens
    if (tokens.take() !== Token.rightDelim) tokens.unexpected(`{{${type}}}`)
    if (this.rangeDepth === 0) tokens.fail(`{{${type}}} outside {{range}}`)
    return { type, pos, source: this.source }
  }

  private elseControl(): Closing {
    const { tokens } = this
    const { next, nextPos } = tokens
    // "else if" and "else with" are read as "else" and a nested action.
    if (next === Token.if || next === Token.with) return { type: 'else', pos: nextPos }
    tokens.expect('else', Token.rightDelim)
    return { type: 'else', pos: tokens.pos }
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
    const { next } = tokens
    if ((type === 'if' && next === Token.if) || (type === 'with' && next === Token.with)) {
      tokens.take()
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
    const name = this.templateName(context)
    const { pos } = tokens
    const pipe = this.pipelines.pipeline(context, Token.rightDelim)
    // The body is a tree of its own: it knows nothing of the action that opened it.
    const { line } = tokens
    tokens.actionStart = -1
    this.child().body(name, context, line)
    return { type: 'template', pos, source: this.source, name, pipe }
  }

  private templateControl(): StatementNode {
    const { tokens } = this
    const context = 'template clause'
    const name = this.templateName(context)
    const { pos } = tokens
    if (tokens.next === Token.rightDelim) {
      tokens.take()
      return { type: 'template', pos, source: this.source, name, pipe: undefined }
    }
    const pipe = this.pipelines.pipeline(context, Token.rightDelim)
    return { type: 'template', pos, source: this.source, name, pipe }
  }

  /** Takes the name of a template: a string literal. */
  private templateName(context: string): string {
    const { tokens } = this
    const kind = tokens.take()
    if (kind !== Token.string && kind !== Token.rawString) return tokens.unexpected(context)
    return tokens.guard(unquote)
  }
}

function isClosing(node: StatementNode | Closing): node is Closing {
  return node.type === 'end' || node.type === 'else'
}
