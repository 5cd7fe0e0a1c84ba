import { lineAt } from './characters.ts'
import { TemplateError, parseError } from './errors.ts'
import type { Source } from './node.ts'
import { describeToken, KIND, SPACED, Token, type TokenKind, type Tokens } from './token.ts'

/** A cursor over tokens. Errors name the line of the farthest token seen, as Go's parser, which lexes on demand. */
export class TokenStream {
  private readonly tokens: Tokens
  private readonly kinds: Uint8Array
  private readonly starts: Int32Array
  readonly source: Source
  /** Index of the token that `take` gave last. */
  private current = -1
  private farthest = -1
  /** Start of the `{{` of the action being read. */
  private base = 0
  /** Whether errors tell where the action being read began. */
  private isInAction = false

  constructor(tokens: Tokens, source: Source) {
    this.tokens = tokens
    this.kinds = tokens.kinds
    this.starts = tokens.starts
    this.source = source
  }

  /** Kind of the next token. */
  get next(): TokenKind {
    const index = this.current + 1
    if (index > this.farthest) this.farthest = index
    return ((this.kinds[index] as number) & KIND) as TokenKind
  }

  /** Whether spaces stand before the next token. */
  get isSpaced(): boolean {
    return (this.kinds[this.current + 1] as number) >= SPACED
  }

  /** Kind of the token after the next. */
  get second(): TokenKind {
    const index = this.current + 2
    if (index > this.farthest) this.farthest = index
    return ((this.kinds[index] as number) & KIND) as TokenKind
  }

  /** Text of the token after the next. */
  get secondText(): string {
    return this.textAt(this.current + 2)
  }

  /** Takes the next token and gives its kind. The last token is given again and again. */
  take(): TokenKind {
    const kind = this.next
    if (this.current < this.tokens.count - 1) this.current++
    return kind
  }

  /** Begins an action, whose first token was taken last; gives the index of its `{{`. */
  beginAction(): number {
    this.base = this.starts[this.current] as number
    this.isInAction = true
    return this.base
  }

  /** What follows belongs to no action. */
  endAction(): void {
    this.isInAction = false
  }

  /** The number of the action that the token taken last begins or is. */
  get action(): number {
    return this.tokens.ends[this.current] as number
  }

  /** The number of the action that the next token is. */
  get nextAction(): number {
    return this.tokens.ends[this.current + 1] as number
  }

  /** Start of the next token, from that of its action. */
  get nextPos(): number {
    return (this.starts[this.current + 1] as number) - this.base
  }

  /** Start of the token taken last, from that of its action. */
  get pos(): number {
    return (this.starts[this.current] as number) - this.base
  }

  /** Text of the token taken last. */
  get text(): string {
    return this.textAt(this.current)
  }

  /** Text of the token taken last, without its first character. */
  get name(): string {
    return this.source.text.slice((this.starts[this.current] as number) + 1, this.tokens.ends[this.current])
  }

  /** The text from `pos`, which counts from the start of the action, to the end of the token taken last. */
  textFrom(pos: number): string {
    return this.source.text.slice(this.base + pos, this.tokens.ends[this.current])
  }

  private textAt(index: number): string {
    return this.source.text.slice(this.starts[index], this.tokens.ends[index])
  }

  /** Takes the next token, which must be of one of these kinds. */
  expect(context: string, kind: TokenKind, other: TokenKind = kind): void {
    const found = this.take()
    if (found !== kind && found !== other) this.unexpected(context)
  }

  /** Line of the farthest token seen. */
  get line(): number {
    return lineAt(this.source.text, this.starts[this.farthest] ?? 0)
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
    const kind = ((this.kinds[this.current] as number) & KIND) as TokenKind
    const { error } = this.tokens
    if (kind !== Token.error || error === undefined) {
      return this.fail(`unexpected ${describeToken(kind, this.text)} in ${context}`)
    }
    let extra = ''
    const actionLine = this.isInAction ? lineAt(this.source.text, this.base) : 0
    if (actionLine !== 0 && actionLine !== lineAt(this.source.text, this.starts[this.current] as number)) {
      const action = error.endsWith(' action') ? '' : ' in action'
      extra = `${action} started at ${this.source.name}:${actionLine}`
    }
    return this.fail(error + extra)
  }
}
