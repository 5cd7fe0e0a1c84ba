import { TemplateError, parseError } from './errors.ts'
import type { Lexer } from './lexer.ts'
import type { Source } from './node.ts'
import { describeLexeme, Token, type Lexeme, type TokenKind } from './token.ts'

const NONE: Lexeme = { kind: Token.error, pos: 0, text: '', line: 0 }

/** Tokens with three of look-ahead. Errors name the line of the token read last, as Go's parser does. */
export class TokenStream {
  private readonly lexer: Lexer
  readonly source: Source
  private first: Lexeme = NONE
  private second: Lexeme = NONE
  private third: Lexeme = NONE
  private pending = 0
  /** Line of the `{{` of the action being read; 0 outside. */
  actionLine = 0

  constructor(lexer: Lexer, source: Source) {
    this.lexer = lexer
    this.source = source
  }

  next(): Lexeme {
    if (this.pending > 0) this.pending--
    else this.first = this.lexer.next()
    return this.at(this.pending)
  }

  private at(index: number): Lexeme {
    return index === 0 ? this.first : index === 1 ? this.second : this.third
  }

  /** Puts back the token read last. */
  back(): void {
    this.pending++
  }

  /** Puts back the token read last and `previous` before it. */
  back2(previous: Lexeme): void {
    this.second = previous
    this.pending = 2
  }

  /** Puts back the token read last, `previous` and `earlier` before it. */
  back3(earlier: Lexeme, previous: Lexeme): void {
    this.second = previous
    this.third = earlier
    this.pending = 3
  }

  peek(): Lexeme {
    if (this.pending > 0) return this.at(this.pending - 1)
    this.pending = 1
    this.first = this.lexer.next()
    return this.first
  }

  nextNonSpace(): Lexeme {
    let lexeme = this.next()
    while (lexeme.kind === Token.space) lexeme = this.next()
    return lexeme
  }

  peekNonSpace(): Lexeme {
    const lexeme = this.nextNonSpace()
    this.back()
    return lexeme
  }

  /** The next token, which must be of one of these kinds. */
  expect(context: string, ...kinds: readonly TokenKind[]): Lexeme {
    const lexeme = this.nextNonSpace()
    if (!kinds.includes(lexeme.kind)) this.unexpected(lexeme, context)
    return lexeme
  }

  /** Line of the token read last. */
  get line(): number {
    return this.first.line
  }

  fail(reason: string, line = this.first.line): never {
    throw parseError(this.source, line, reason)
  }

  /** Runs `read`; the text of an error that it throws becomes a parse error here. */
  guard<T>(read: () => T): T {
    try {
      return read()
    } catch (error) {
      if (error instanceof TemplateError || !(error instanceof Error)) throw error
      return this.fail(error.message)
    }
  }

  unexpected(lexeme: Lexeme, context: string): never {
    if (lexeme.kind !== Token.error) this.fail(`unexpected ${describeLexeme(lexeme)} in ${context}`)
    let extra = ''
    if (this.actionLine !== 0 && this.actionLine !== lexeme.line) {
      const action = lexeme.text.endsWith(' action') ? '' : ' in action'
      extra = `${action} started at ${this.source.name}:${this.actionLine}`
    }
    this.fail(describeLexeme(lexeme) + extra)
  }
}
