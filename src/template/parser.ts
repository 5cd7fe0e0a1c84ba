import { quote, unquote } from '../go/index.ts'
import type { Action } from './action.ts'
import { TemplateError } from './errors.ts'
import type { KnownActions } from './known-actions.ts'
import { tokenize } from './lexer.ts'
import { isEmptyTree, type ListNode, type PipeNode, type Source, type StatementNode, type Tree } from './node.ts'
import { PipelineParser } from './parse-pipeline.ts'
import { TokenStream } from './token-stream.ts'
import { Token } from './token.ts'

/** {{end}} or {{else}}, which close a list; `chained`: an {{else if}} or {{else with}}. */
interface Closing {
  readonly type: 'end' | 'else' | 'chained'
  /** Index of the `{{` in the source. */
  readonly start: number
  /** What a chained one goes on with and the scope before it; absent when it is to be read yet. */
  readonly next?: { readonly type: 'if' | 'with'; readonly pipe: PipeNode; readonly mark: number }
}

/**
 * Parses a template text into the tree of its name and those of its {{define}}s, in the order in which they were
 * completed; the tree of the text itself comes last. Actions that `known` holds are not read again, and new ones are added
 * to it. Throws TemplateError with Go's text.
 */
export function parseTrees(
  name: string,
  text: string,
  hasFunction: (name: string) => boolean,
  known?: KnownActions,
): Tree[] {
  const source: Source = { name, text }
  if (known === undefined) return parseSource(source, hasFunction, undefined)
  try {
    return parseSource(source, hasFunction, known)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    // An error tells how far the text was read, token by token, so every action must be read for it.
    return parseSource(source, hasFunction, undefined)
  }
}

function parseSource(source: Source, hasFunction: (name: string) => boolean, known: KnownActions | undefined): Tree[] {
  const options = { breakIsFunction: hasFunction('break'), continueIsFunction: hasFunction('continue') }
  const tokens = new TokenStream(tokenize(source.text, options, known), source)
  const trees = new Map<string, Tree>()
  new TreeParser(tokens, hasFunction, trees, known).parse(source.name)
  return [...trees.values()]
}

/** What errors within a {{define}} call it. */
const DEFINITION = 'define clause'

/** Parses one tree; each {{define}} and {{block}} gets a parser of its own on the same tokens. */
class TreeParser {
  private readonly tokens: TokenStream
  private readonly hasFunction: (name: string) => boolean
  private readonly trees: Map<string, Tree>
  private readonly pipelines: PipelineParser
  private readonly known: KnownActions | undefined
  private rangeDepth = 0
  /** The statements of the lists that are not complete yet, up to `waitingCount`. */
  private readonly waiting: StatementNode[] = []
  private waitingCount = 0

  constructor(
    tokens: TokenStream,
    hasFunction: (name: string) => boolean,
    trees: Map<string, Tree>,
    known: KnownActions | undefined,
  ) {
    this.tokens = tokens
    this.hasFunction = hasFunction
    this.trees = trees
    this.known = known
    this.pipelines = new PipelineParser(tokens, hasFunction)
  }

  private get source(): Source {
    return this.tokens.source
  }

  private child(): TreeParser {
    return new TreeParser(this.tokens, this.hasFunction, this.trees, this.known)
  }

  /** The whole text; {{define}} is allowed only here. */
  parse(name: string): void {
    const { tokens } = this
    while (tokens.next !== Token.eof) {
      const defined = this.definition()
      if (defined !== undefined) {
        this.child().body(defined, DEFINITION)
        continue
      }
      const node = this.textOrAction()
      if (isClosing(node)) tokens.fail(`unexpected {{${closingWord(node)}}}`)
      else this.waiting[this.waitingCount++] = node
    }
    this.add(name, this.takeList(0))
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

  /** Takes a {{define}}, if that comes next, and gives the name. */
  private definition(): string | undefined {
    const { tokens } = this
    if (tokens.next === Token.known) {
      const action = this.known?.get(tokens.nextAction)?.action
      if (action?.type !== 'define') return undefined
      tokens.take()
      return action.name
    }
    if (tokens.next !== Token.leftDelim || tokens.second !== Token.define) return undefined
    tokens.take()
    tokens.take()
    tokens.expect(DEFINITION, Token.string, Token.rawString)
    const name = tokens.guard(unquote)
    tokens.expect(DEFINITION, Token.rightDelim)
    return name
  }

  private body(name: string, context: string, line?: number): void {
    const { list, closing } = this.itemList()
    if (closing.type !== 'end') this.tokens.fail(`unexpected {{${closingWord(closing)}}} in ${context}`, line)
    this.add(name, list)
  }

  private itemList(): { list: ListNode; closing: Closing } {
    const { tokens } = this
    const mark = this.waitingCount
    while (tokens.next !== Token.eof) {
      const node = this.textOrAction()
      if (isClosing(node)) return { list: this.takeList(mark), closing: node }
      this.waiting[this.waitingCount++] = node
    }
    return tokens.fail('unexpected EOF')
  }

  /** The list of the statements that wait since `mark`. */
  private takeList(mark: number): ListNode {
    const nodes = this.waiting.slice(mark, this.waitingCount)
    this.waitingCount = mark
    return { type: 'list', nodes }
  }

  private textOrAction(): StatementNode | Closing {
    const { tokens, pipelines } = this
    const kind = tokens.take()
    if (kind === Token.text) return { type: 'text', text: tokens.text }
    if (kind !== Token.leftDelim && kind !== Token.known) return tokens.unexpected('input')
    const start = tokens.beginAction()
    const mark = pipelines.mark()
    let node: StatementNode | Closing
    if (kind === Token.known) node = this.complete(this.knownAction(), start, mark)
    else if (tokens.next === Token.block) node = this.blockControl(start)
    else node = this.complete(this.newAction(), start, mark)
    tokens.endAction()
    return node
  }

  private knownAction(): Action {
    const { tokens } = this
    const known = this.known?.get(tokens.action)
    // Where the action cannot be repeated, the text is read again without known actions.
    if (known === undefined || !this.pipelines.repeat(known)) return tokens.unexpected('input')
    return known.action
  }

  private newAction(): Action {
    const { tokens, pipelines } = this
    const number = tokens.action
    if (this.known === undefined || number < 0) return this.action()
    pipelines.beginAction()
    const action = this.action()
    this.known.set(number, pipelines.endAction(action))
    return action
  }

  /** Reads an action, without what follows it. */
  private action(): Action {
    const { tokens, pipelines } = this
    switch (tokens.next) {
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
        return { type: 'end' }
      case Token.if:
        tokens.take()
        return { type: 'if', pipe: pipelines.pipeline('if', Token.rightDelim) }
      case Token.range:
        tokens.take()
        return { type: 'range', pipe: pipelines.pipeline('range', Token.rightDelim) }
      case Token.template:
        tokens.take()
        return this.templateControl()
      case Token.with:
        tokens.take()
        return { type: 'with', pipe: pipelines.pipeline('with', Token.rightDelim) }
      default:
        return { type: 'action', pipe: pipelines.pipeline('command', Token.rightDelim) }
    }
  }

  private loopControl(type: 'break' | 'continue'): Action {
    const { tokens } = this
    if (tokens.take() !== Token.rightDelim) tokens.unexpected(`{{${type}}}`)
    return { type }
  }

  private elseControl(): Action {
    const { tokens } = this
    const { next } = tokens
    // "else if" and "else with" are read as "else" and a nested action.
    if (next === Token.if || next === Token.with) return { type: 'chained' }
    tokens.expect('else', Token.rightDelim)
    return { type: 'else' }
  }

  /** The statement that an action begins, with its body; `mark`: the scope before the action. */
  private complete(action: Action, start: number, mark: number): StatementNode | Closing {
    const { type } = action
    switch (type) {
      case 'action': {
        const { pipe } = action
        return { type, pos: pipe.pos, start, source: this.source, pipe }
      }
      case 'if':
      case 'with':
      case 'range':
        return this.branch(type, action.pipe, start, mark)
      case 'template': {
        const { pos, name, pipe } = action
        return { type, pos, start, source: this.source, name, pipe }
      }
      case 'break':
      case 'continue':
        if (this.rangeDepth === 0) this.tokens.fail(`{{${type}}} outside {{range}}`)
        return { type }
      case 'define':
        return this.tokens.unexpected('input')
      case 'else if':
        return { type: 'chained', start, next: { type: 'if', pipe: action.pipe, mark } }
      case 'else with':
        return { type: 'chained', start, next: { type: 'with', pipe: action.pipe, mark } }
      default:
        return { type, start }
    }
  }

  private branch(type: 'if' | 'with' | 'range', pipe: PipeNode, start: number, mark: number): StatementNode {
    if (type === 'range') this.rangeDepth++
    const { list, closing } = this.itemList()
    if (type === 'range') this.rangeDepth--
    const elseList = closing.type === 'end' ? undefined : this.elseBody(type, closing)
    this.pipelines.release(mark)
    return { type, pos: pipe.pos, start, source: this.source, pipe, list, elseList }
  }

  private elseBody(type: 'if' | 'with' | 'range', opening: Closing): ListNode {
    const { tokens, pipelines } = this
    const { next } = tokens
    const known = opening.next
    if (known !== undefined) {
      if (known.type !== type) tokens.unexpected('input')
      return { type: 'list', nodes: [this.branch(type, known.pipe, opening.start, known.mark)] }
    }
    const isChained = opening.type === 'chained'
    if (isChained && ((type === 'if' && next === Token.if) || (type === 'with' && next === Token.with))) {
      tokens.take()
      const mark = pipelines.mark()
      const pipe = pipelines.pipeline(type, Token.rightDelim)
      return { type: 'list', nodes: [this.branch(type, pipe, opening.start, mark)] }
    }
    const { list, closing } = this.itemList()
    if (closing.type !== 'end') tokens.fail(`expected end; found {{${closingWord(closing)}}}`)
    return list
  }

  private blockControl(start: number): StatementNode {
    const { tokens } = this
    tokens.take()
    const context = 'block clause'
    const name = this.templateName(context)
    const { pos } = tokens
    const pipe = this.pipelines.pipeline(context, Token.rightDelim)
    // The body is a tree of its own: it knows nothing of the action that opened it.
    const { line } = tokens
    tokens.endAction()
    this.child().body(name, context, line)
    return { type: 'template', pos, start, source: this.source, name, pipe }
  }

  private templateControl(): Action {
    const { tokens } = this
    const context = 'template clause'
    const name = this.templateName(context)
    const { pos } = tokens
    if (tokens.next === Token.rightDelim) {
      tokens.take()
      return { type: 'template', pos, name, pipe: undefined }
    }
    const pipe = this.pipelines.pipeline(context, Token.rightDelim)
    return { type: 'template', pos, name, pipe }
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
  return node.type === 'end' || node.type === 'else' || node.type === 'chained'
}

/** A closing action as errors name it. */
function closingWord({ type }: Closing): string {
  return type === 'end' ? 'end' : 'else'
}
