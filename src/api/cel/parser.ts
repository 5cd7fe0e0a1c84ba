import type { CelNode, ListNode, MapNode, StructNode } from './ast.ts'
import { fitsInt, type Token, tokenize } from './lexer.ts'
import { expandMacro, MacroError } from './macros.ts'
import type { CelIssue } from './source.ts'

/** A parsed expression, or why it is none. */
export interface Parsed {
  readonly node?: CelNode
  readonly issues: readonly CelIssue[]
}

const STARTS =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
/** What may stand after the opening brace of a structure. */
const FIRST_FIELD = "{'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}"
const AFTER =
  "{'==', '!=', 'in', '<', '<=', '>=', '>', '&&', '||', '[', '{', '(', ')', '.', '-', '?', '+', '*', '/', '%', ','}"
const NESTING_LIMIT = 250
const RESERVED = new Set([
  'as',
  'break',
  'const',
  'continue',
  'else',
  'false',
  'for',
  'function',
  'if',
  'import',
  'in',
  'let',
  'loop',
  'package',
  'namespace',
  'null',
  'return',
  'true',
  'var',
  'void',
  'while',
])
const KEYWORDS = new Set(['in', 'true', 'false', 'null'])

class SyntaxFailure extends Error {
  readonly issue: CelIssue
  constructor(issue: CelIssue) {
    super(issue.message)
    this.issue = issue
  }
}

/** Parses an expression; macros are expanded. The grammar is CEL's with optional syntax. */
export function parseCel(source: string): Parsed {
  const { tokens, issues } = tokenize(source)
  const parser = new Parser(tokens, issues)
  try {
    const node = parser.whole()
    return issues.length > 0 ? { issues } : { node, issues }
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error
    return { issues: [...issues, error.issue] }
  }
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #issues: CelIssue[]
  #next = 0
  #depth = 0
  #names = 0

  constructor(tokens: readonly Token[], issues: CelIssue[]) {
    this.#tokens = tokens
    this.#issues = issues
  }

  whole(): CelNode {
    const node = this.#expression()
    const rest = this.#peek()
    if (rest.kind !== 'end') throw this.#wrong(rest, 'extraneous', '<EOF>')
    return node
  }

  #peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]
    return token ?? { kind: 'end', text: '<EOF>', at: 0 }
  }

  #is(text: string, ahead = 0): boolean {
    const token = this.#peek(ahead)
    return token.text === text && (token.kind === 'symbol' || token.kind === 'ident')
  }

  #take(text: string): Token | undefined {
    if (!this.#is(text)) return undefined
    const token = this.#peek()
    this.#next++
    return token
  }

  #wrong(token: Token, what: 'mismatched' | 'extraneous', expected: string): SyntaxFailure {
    const shown = `${what} input '${token.text}' expecting ${expected}`
    return new SyntaxFailure({ at: token.at, message: `Syntax error: ${shown}` })
  }

  #expect(text: string, expected = `'${text}'`): Token {
    const token = this.#take(text)
    if (token !== undefined) return token
    const found = this.#peek()
    if (found.kind === 'end' && expected === `'${text}'`) {
      throw new SyntaxFailure({ at: found.at, message: `Syntax error: missing '${text}' at '<EOF>'` })
    }
    throw this.#wrong(found, 'mismatched', expected)
  }

  #expression(): CelNode {
    if (++this.#depth > NESTING_LIMIT) {
      const message = `expression recursion limit exceeded: ${NESTING_LIMIT}`
      throw new SyntaxFailure({ at: this.#peek().at, message })
    }
    const node = this.#conditional()
    this.#depth--
    return node
  }

  #conditional(): CelNode {
    const condition = this.#logical('||', () => this.#logical('&&', () => this.#relation()))
    const mark = this.#take('?')
    if (mark === undefined) return condition
    const yes = this.#logical('||', () => this.#logical('&&', () => this.#relation()))
    this.#expect(':')
    const no = this.#expression()
    return { kind: 'call', at: mark.at, name: '_?_:_', args: [condition, yes, no] }
  }

  #logical(symbol: '||' | '&&', operand: () => CelNode): CelNode {
    let left = operand()
    for (let token = this.#take(symbol); token !== undefined; token = this.#take(symbol)) {
      left = { kind: 'call', at: token.at, name: `_${symbol}_`, args: [left, operand()] }
    }
    return left
  }

  #relation(): CelNode {
    let left = this.#sum()
    for (;;) {
      const token = this.#peek()
      const isIn = token.kind === 'ident' && token.text === 'in'
      const isSymbol = token.kind === 'symbol' && ['<', '<=', '>=', '>', '==', '!='].includes(token.text)
      if (!isIn && !isSymbol) return left
      this.#next++
      const name = isIn ? '@in' : `_${token.text}_`
      left = { kind: 'call', at: token.at, name, args: [left, this.#sum()] }
    }
  }

  #sum(): CelNode {
    return this.#binary(['+', '-'], () => this.#binary(['*', '/', '%'], () => this.#unary()))
  }

  #binary(symbols: readonly string[], operand: () => CelNode): CelNode {
    let left = operand()
    for (let token = this.#peek(); token.kind === 'symbol' && symbols.includes(token.text); token = this.#peek()) {
      this.#next++
      left = { kind: 'call', at: token.at, name: `_${token.text}_`, args: [left, operand()] }
    }
    return left
  }

  #unary(): CelNode {
    const token = this.#peek()
    if (!this.#is('!') && !this.#is('-')) return this.#member(this.#primary())
    const number = this.#peek(1)
    if (token.text === '-' && (number.kind === 'int' || number.kind === 'float')) {
      this.#next += 2
      const value = number.literal
      const negative = typeof value === 'bigint' ? -value : typeof value === 'number' ? -value : 0
      return this.#member(this.#numberLiteral(token.at, negative))
    }
    let count = 0
    while (this.#take(token.text) !== undefined) count++
    const operand = this.#member(this.#primary())
    if (count % 2 === 0) return operand
    return { kind: 'call', at: token.at, name: token.text === '!' ? '!_' : '-_', args: [operand] }
  }

  #numberLiteral(at: number, value: bigint | number): CelNode {
    if (typeof value === 'bigint' && !fitsInt(value)) this.#issues.push({ at, message: 'invalid int literal' })
    return { kind: 'literal', at, value }
  }

  #member(start: CelNode): CelNode {
    let node = start
    for (;;) {
      const dot = this.#take('.')
      if (dot !== undefined) {
        node = this.#selection(node, dot)
        continue
      }
      const bracket = this.#take('[')
      if (bracket === undefined) return node
      const optional = this.#take('?') !== undefined
      const index = this.#expression()
      this.#expect(']')
      node = { kind: 'call', at: bracket.at, name: optional ? '_[?_]' : '_[_]', args: [node, index] }
    }
  }

  #selection(operand: CelNode, dot: Token): CelNode {
    const optional = this.#take('?') !== undefined
    const token = this.#peek()
    if ((token.kind !== 'ident' && token.kind !== 'escaped') || KEYWORDS.has(token.text)) {
      const message = `Syntax error: no viable alternative at input '.${token.kind === 'end' ? '' : token.text}'`
      throw new SyntaxFailure({ at: token.at, message })
    }
    this.#next++
    const field = token.kind === 'escaped' ? token.text.slice(1, -1) : token.text
    if (optional) {
      const name: CelNode = { kind: 'literal', at: token.at, value: field }
      return { kind: 'call', at: dot.at, name: '_?._', args: [operand, name] }
    }
    const open = token.kind === 'ident' ? this.#take('(') : undefined
    if (open === undefined) return { kind: 'select', at: dot.at, operand, field, test: false }
    return this.#call(open.at, field, this.#arguments(), operand)
  }

  #arguments(): CelNode[] {
    const args: CelNode[] = []
    if (this.#take(')') !== undefined) return args
    const start = this.#peek()
    if (start.kind === 'end') throw this.#wrong(start, 'mismatched', STARTS.replace("'.'", "')', '.'"))
    do args.push(this.#expression())
    while (this.#take(',') !== undefined)
    this.#expect(')', AFTER.length > 0 && this.#peek().kind === 'end' ? "')'" : AFTER)
    return args
  }

  #call(at: number, name: string, args: readonly CelNode[], target?: CelNode): CelNode {
    try {
      const expanded = expandMacro({ at, name, args, ...(target && { target }), fresh: () => `@c:${this.#names++}` })
      if (expanded !== undefined) return expanded
    } catch (error) {
      if (!(error instanceof MacroError)) throw error
      this.#issues.push({ at: error.at, message: error.message })
      return { kind: 'literal', at, value: null }
    }
    return { kind: 'call', at, name, args, ...(target && { target }) }
  }

  #primary(): CelNode {
    const token = this.#peek()
    switch (token.kind) {
      case 'int':
      case 'float':
        this.#next++
        return this.#numberLiteral(token.at, token.literal as bigint | number)
      case 'uint':
      case 'string':
      case 'bytes':
        this.#next++
        return { kind: 'literal', at: token.at, value: token.literal ?? null }
      case 'ident':
        return this.#named(token, false)
      case 'symbol':
        return this.#bracketed(token)
      default:
        throw this.#wrong(token, 'mismatched', STARTS)
    }
  }

  #bracketed(token: Token): CelNode {
    if (this.#take('(') !== undefined) {
      const node = this.#expression()
      this.#expect(')')
      return node
    }
    if (this.#take('[') !== undefined) return this.#list(token.at)
    if (this.#take('{') !== undefined) return this.#map(token.at)
    if (this.#is('.') && this.#peek(1).kind === 'ident') {
      this.#next++
      return this.#named(this.#peek(), true)
    }
    throw this.#wrong(token, 'mismatched', STARTS)
  }

  #named(token: Token, leadingDot: boolean): CelNode {
    const { text, at } = token
    if (!leadingDot && (text === 'true' || text === 'false' || text === 'null')) {
      this.#next++
      return { kind: 'literal', at, value: text === 'null' ? null : text === 'true' }
    }
    if (text === 'in') throw this.#wrong(token, 'mismatched', STARTS)
    const struct = this.#structName()
    if (struct !== undefined) return this.#struct(struct)
    this.#next++
    if (RESERVED.has(text)) this.#issues.push({ at, message: `reserved identifier: ${text}` })
    const open = this.#take('(')
    if (open !== undefined) return this.#call(open.at, text, this.#arguments())
    return { kind: 'ident', at, name: text }
  }

  /** `a.b.C{`: the name up to the brace, which is taken too. */
  #structName(): { name: string; at: number } | undefined {
    let ahead = 0
    let name = ''
    while (this.#peek(ahead).kind === 'ident') {
      name += this.#peek(ahead).text
      ahead++
      if (this.#is('{', ahead)) {
        const { at } = this.#peek(ahead)
        this.#next += ahead + 1
        return { name, at }
      }
      if (!this.#is('.', ahead)) return undefined
      name += '.'
      ahead++
    }
    return undefined
  }

  #struct({ name, at }: { name: string; at: number }): StructNode {
    const fields: { at: number; name: string; value: CelNode; optional: boolean }[] = []
    while (this.#take('}') === undefined) {
      const optional = this.#take('?') !== undefined
      const token = this.#peek()
      if (token.kind !== 'ident' && token.kind !== 'escaped')
        throw this.#wrong(token, 'mismatched', fields.length === 0 && !optional ? FIRST_FIELD : "{'}', IDENTIFIER}")
      this.#next++
      const colon = this.#expect(':')
      const field = token.kind === 'escaped' ? token.text.slice(1, -1) : token.text
      fields.push({ at: colon.at, name: field, value: this.#expression(), optional })
      if (this.#take(',') === undefined && !this.#is('}')) throw this.#wrong(this.#peek(), 'mismatched', "{'}', ','}")
    }
    return { kind: 'struct', at, type: name, fields }
  }

  #list(at: number): ListNode {
    const items: { node: CelNode; optional: boolean }[] = []
    while (this.#take(']') === undefined) {
      const optional = this.#take('?') !== undefined
      items.push({ node: this.#expression(), optional })
      if (this.#take(',') === undefined && !this.#is(']')) throw this.#wrong(this.#peek(), 'mismatched', "{']', ','}")
    }
    return { kind: 'list', at, items }
  }

  #map(at: number): MapNode {
    const entries: { key: CelNode; value: CelNode; optional: boolean }[] = []
    while (this.#take('}') === undefined) {
      const optional = this.#take('?') !== undefined
      const key = this.#expression()
      this.#expect(':')
      entries.push({ key, value: this.#expression(), optional })
      if (this.#take(',') === undefined && !this.#is('}')) throw this.#wrong(this.#peek(), 'mismatched', "{'}', ','}")
    }
    return { kind: 'map', at, entries }
  }
}
