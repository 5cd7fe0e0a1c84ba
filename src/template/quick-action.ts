import type { Action, KnownAction } from './action.ts'
import { isSpace, skipSpaces } from './characters.ts'
import type { CommandNode, OperandNode, PipeNode, VariableNode } from './node.ts'
import { literalText } from './literal-text.ts'
import { parseNumber } from './parse-number.ts'
import { KEYWORDS, Token } from './token.ts'

/** The text of a string literal; undefined when it is none. */
function unquoted(quoted: string): string | undefined {
  try {
    return literalText(quoted)
  } catch {
    return undefined
  }
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
/** `.a.b`, each name as the lexer would read it. */
const FIELDS = /(?:\.[A-Za-z_][A-Za-z0-9_]*)+/y
const VARIABLE = /\$[A-Za-z0-9_]*/y
const STRING = /"(?:[^"\\\n]|\\[^\n])*"/y
const RAW_STRING = /`[^`\r]*`/y
const INTEGER = /-?(?:0|[1-9][0-9]{0,14})/y
const DECLARATION = /(\$[A-Za-z0-9_]*)(?:[ \t]*,[ \t]*(\$[A-Za-z0-9_]*))?(?:[ \t]*(:=)|[ \t]+=)/y

const NO_NAMES: readonly string[] = []
const NO_DECLARATIONS: readonly VariableNode[] = []

/** Depth of parentheses beyond which an action is not read here. */
const MAX_DEPTH = 50

/**
 * Reads the common kinds of actions straight from their text, which takes a fraction of the time that splitting it into
 * tokens takes. It knows the same grammar, less what is rare: where it is in doubt or sees a mistake it gives nothing, and
 * the action is read token by token, which also words the errors.
 */
export class QuickActionReader {
  private readonly hasFunction: (name: string) => boolean
  private text = ''
  private at = 0
  /** Where the closing delimiter or its trim marker begins. */
  private end = 0
  private depth = 0
  private uses: string[] = []
  private declares: readonly string[] = NO_NAMES
  private usesVariables = false

  constructor(hasFunction: (name: string) => boolean) {
    this.hasFunction = hasFunction
  }

  /** Reads a text from `{{` to `}}`; undefined when it must be read token by token. */
  read(text: string): KnownAction | undefined {
    const close = text.length - 2
    this.text = text
    this.end = text.charCodeAt(close - 1) === 0x2d && isSpace(text.charCodeAt(close - 2)) ? close - 2 : close
    this.at = text.charCodeAt(2) === 0x2d && isSpace(text.charCodeAt(3)) ? 3 : 2
    this.skip()
    this.depth = 0
    this.uses = []
    this.declares = NO_NAMES
    this.usesVariables = false
    const action = this.action()
    if (action === undefined || this.at !== this.end) return undefined
    const { uses, declares } = this
    if ('pipe' in action && action.pipe !== undefined) action.pipe.isClosed = !this.usesVariables
    return { action, uses, declares }
  }

  /** Takes what a sticky expression matches here. */
  private match(pattern: RegExp): string | undefined {
    const { at } = this
    pattern.lastIndex = at
    if (!pattern.test(this.text)) return undefined
    this.at = pattern.lastIndex
    return this.text.slice(at, this.at)
  }

  private skip(): void {
    // The space before a trim marker is part of the marker.
    this.at = Math.min(skipSpaces(this.text, this.at), this.end)
  }

  /** Whether an operand may end here: before a space, a parenthesis, a bar or the end. */
  private get isTerminated(): boolean {
    const code = this.text.charCodeAt(this.at)
    return isSpace(code) || code === 0x29 || code === 0x7c || this.at >= this.end
  }

  private action(): Action | undefined {
    const start = this.at
    const word = this.match(NAME)
    switch (word) {
      case 'if':
      case 'with':
      case 'range': {
        if (!isSpace(this.text.charCodeAt(this.at))) return undefined
        this.skip()
        const pipe = this.pipeline(word)
        return pipe && { type: word, pipe }
      }
      case 'end':
        this.skip()
        return { type: word }
      case 'else':
        return this.otherwise()
      case 'template':
        return this.template()
      case 'define': {
        const name = this.name()
        return name === undefined ? undefined : { type: 'define', name }
      }
      default: {
        this.at = start
        const pipe = this.pipeline('action')
        return pipe && { type: 'action', pipe }
      }
    }
  }

  private otherwise(): Action | undefined {
    this.skip()
    const next = this.match(NAME)
    if (next === undefined) return { type: 'else' }
    if ((next !== 'if' && next !== 'with') || !isSpace(this.text.charCodeAt(this.at))) return undefined
    this.skip()
    const type = `else ${next}` as const
    const pipe = this.pipeline(type)
    return pipe && { type, pipe }
  }

  private template(): Action | undefined {
    const pos = skipSpaces(this.text, this.at)
    const name = this.name()
    if (name === undefined) return undefined
    if (this.at >= this.end) return { type: 'template', pos, name, pipe: undefined }
    const pipe = this.pipeline('template')
    return pipe && { type: 'template', pos, name, pipe }
  }

  /** The name of a template, and the space around it. */
  private name(): string | undefined {
    if (!isSpace(this.text.charCodeAt(this.at))) return undefined
    this.skip()
    const quoted = this.match(STRING)
    if (quoted === undefined || !this.isTerminated) return undefined
    this.skip()
    return unquoted(quoted)
  }

  /** A pipeline up to the end of the action. */
  private pipeline(context: Action['type']): PipeNode | undefined {
    const pos = this.at
    let decl = NO_DECLARATIONS
    let isAssign = false
    if (this.text.charCodeAt(pos) === 0x24) {
      DECLARATION.lastIndex = pos
      const found = DECLARATION.exec(this.text)
      if (found !== null) {
        const [all, first = '$', second] = found
        if (second !== undefined && context !== 'range') return undefined
        isAssign = found[3] === undefined
        decl = [{ type: 'variable', pos, names: [first] }]
        if (second !== undefined) {
          decl = [...decl, { type: 'variable', pos: pos + all.indexOf('$', 1), names: [second] }]
        }
        this.declares = second === undefined ? [first] : [first, second]
        this.at = pos + all.length
        this.skip()
      }
    }
    const commands = this.commands()
    return commands && { type: 'pipe', pos, isAssign, decl, commands, isClosed: false }
  }

  /** Commands up to the end of the action or the closing parenthesis. */
  private commands(): CommandNode[] | undefined {
    const first = this.command()
    if (first === undefined) return undefined
    const commands = [first]
    while (this.at < this.end && this.text.charCodeAt(this.at) === 0x7c) {
      this.at++
      this.skip()
      const next = this.command()
      if (next === undefined) return undefined
      // Literals can only be the first command.
      const type = next.args[0]?.type
      if (type !== 'identifier' && type !== 'field' && type !== 'variable') return undefined
      commands.push(next)
    }
    return commands
  }

  /** Operands up to a bar, a closing parenthesis or the end. */
  private command(): CommandNode | undefined {
    const pos = this.at
    const first = this.operand()
    if (first === undefined || first.type === 'nil') return undefined
    const args: OperandNode[] = [first]
    for (;;) {
      this.skip()
      const code = this.text.charCodeAt(this.at)
      if (this.at >= this.end || code === 0x7c || code === 0x29) return { type: 'command', pos, args }
      const next = this.operand()
      if (next === undefined) return undefined
      args.push(next)
    }
  }

  private operand(): OperandNode | undefined {
    const { text, at: pos } = this
    const code = text.charCodeAt(pos)
    let node: OperandNode | undefined
    if (code === 0x2e) node = this.fields(pos)
    else if (code === 0x24) node = this.variable(pos)
    else if (code === 0x22) node = this.stringLiteral(pos, STRING)
    else if (code === 0x28) node = this.parenthesized(pos)
    else if (code === 0x60) node = this.stringLiteral(pos, RAW_STRING)
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) node = this.integer(pos)
    else node = this.word(pos)
    return node !== undefined && this.isTerminated ? node : undefined
  }

  private fields(pos: number): OperandNode | undefined {
    const path = this.match(FIELDS)
    if (path === undefined) {
      this.at = pos + 1
      return { type: 'dot', pos }
    }
    const second = path.indexOf('.', 1)
    if (second < 0) return { type: 'field', pos, names: [path.slice(1)] }
    // As in Go, a path stands where its second field does.
    return { type: 'field', pos: pos + second, names: path.slice(1).split('.') }
  }

  private variable(pos: number): VariableNode | undefined {
    const name = this.match(VARIABLE) as string
    if (name !== '$') {
      this.usesVariables = true
      if (!this.declares.includes(name)) this.uses.push(name)
    } else if (this.declares.includes('$')) return undefined
    const at = this.at
    const path = this.match(FIELDS)
    if (path === undefined) return { type: 'variable', pos, names: [name] }
    return { type: 'variable', pos: at, names: (name + path).split('.') }
  }

  private stringLiteral(pos: number, pattern: RegExp): OperandNode | undefined {
    const quoted = this.match(pattern)
    const text = quoted === undefined ? undefined : unquoted(quoted)
    return quoted === undefined || text === undefined ? undefined : { type: 'string', pos, quoted, text }
  }

  private parenthesized(start: number): OperandNode | undefined {
    if (this.depth >= MAX_DEPTH) return undefined
    this.depth++
    this.at = start + 1
    this.skip()
    const pos = this.at
    const commands = this.commands()
    if (commands === undefined || this.text.charCodeAt(this.at) !== 0x29 || this.at >= this.end) return undefined
    this.at++
    this.depth--
    const operand: PipeNode = { type: 'pipe', pos, isAssign: false, decl: NO_DECLARATIONS, commands, isClosed: false }
    const at = this.at
    const path = this.match(FIELDS)
    return path === undefined ? operand : { type: 'chain', pos: at, operand, names: path.slice(1).split('.') }
  }

  private integer(pos: number): OperandNode | undefined {
    const digits = this.match(INTEGER)
    return digits === undefined ? undefined : parseNumber(pos, digits, Token.number)
  }

  private word(pos: number): OperandNode | undefined {
    const name = this.match(NAME)
    if (name === 'true' || name === 'false') return { type: 'bool', pos, value: name === 'true' }
    if (name === 'nil') return { type: 'nil', pos }
    if (name === undefined || KEYWORDS.has(name) || !this.hasFunction(name)) return undefined
    return { type: 'identifier', pos, name }
  }
}
