import { lineAt } from './characters.ts'
import { TemplateError, parseError } from './errors.ts'
import type { Source } from './node.ts'
import { describeToken, SPACED, Token, type TokenKind, type Tokens } from './token.ts'

/** A cursor over tokens. Errors name the line of the farthest token seen, as Go's parser, which lexes on demand. */
export class TokenStream {
  private readonly tokens: Tokens
  readonly source: Source
  /** Index of the token that `take` gave last. */
  private current = -1
  private farthest = -1
  /** Start of the `{{` of the action being read; -1 outside. */
  actionStart = -1

  constructor(tokens: Tokens, source: Source) {
    this.tokens = tokens
    this.source = source
  }

  /** Kind of the next token. */
  get next(): TokenKind {
    const index = this.lookAt(1)
    return ((this.tokens.kinds[index] as number) & ~SPACED) as TokenKind
  }

  /** Whether spaces stand before the next token. */
  get isSpaced(): boolean {
    return ((this.tokens.kinds[this.lookAt(1)] as number) & SPACED) !== 0
  }

  /** Kind of the token after the next. */
  get second(): TokenKind {
    return ((this.tokens.kinds[this.lookAt(2)] as number) & ~SPACED) as TokenKind
  }

  /** Text of the token after the next. */
  get secondText(): string {
    return this.textAt(this.lookAt(2))
  }

  private lookAt(distance: number): number {
    const index = Math.min(this.current + distance, this.tokens.kinds.length - 1)
    if (index > this.farthest) this.farthest = index
    return index
  }

  /** Takes the next token and gives its kind. The last token is given again and again. */
  take(): TokenKind {
    const kind = this.next
    if (this.current < this.tokens.kinds.length - 1) this.current++
    return kind
  }

  /** Start of the next token. */
  get nextPos(): number {
    return this.tokens.starts[this.lookAt(1)] as number
  }

  /** Start of the token taken last. */
  get pos(): number {
    return this.tokens.starts[this.current] as number
  }

  /** Text of the token taken last. */
  get text(): string {
    return this.textAt(this.current)
  }

  private textAt(index: number): string {
    return this.source.text.slice(this.tokens.starts[index], this.tokens.ends[index])
  }

  /** Takes the next token, which must be of one of these kinds. */
  expect(context: string, kind: TokenKind, other: TokenKind = kind): void {
    const found = this.take()
    if (found !== kind && found !== other) this.unexpected(context)
  }

  /** Line of the farthest token seen. */
  get line(): number {
    return lineAt(this.source.text, this.tokens.starts[this.farthest] ?? 0)
  }

  fail(reason: string, line = this.line): never {
    throw parseError(this.source, line, reason)
  }

  /** Runs `read`; the text of an error that it throws becomes a parse error here. */
  guard<T>(read: (text: string) => T): T {
    try {
      return read(this.text)
    } catch (error) {
      if (error instanceof TemplateError || !(error instanceof Error)) throw error
      return this.fail(error.message)
    }
  }

  /** Complains about the token taken last. */
  unexpected(context: string): never {
    const kind = ((this.tokens.kinds[this.current] as number) & ~SPACED) as TokenKind
    const { error } = this.tokens
    if (kind !== Token.error || error === undefined) {
      return this.fail(`unexpected ${describeToken(kind, this.text)} in ${context}`)
    }
    let extra = ''
    const actionLine = this.actionStart < 0 ? 0 : lineAt(this.source.text, this.actionStart)
    if (actionLine !== 0 && actionLine !== lineAt(this.source.text, this.pos)) {
      const action = error.endsWith(' action') ? '' : ' in action'
      extra = `${action} started at ${this.source.name}:${actionLine}`
    }
    return this.fail(error + extra)
  }
}
