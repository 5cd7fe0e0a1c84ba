import { sprintf } from '../go/index.ts'
import {
  codeAt,
  hasLeftMarker,
  isAlphaNumeric,
  isAsciiWord,
  isDigit,
  isSpace,
  skipSpaces,
  validRune,
} from './characters.ts'
import { type KnownActions, NO_ACTION } from './known-actions.ts'
import { scanNumber } from './scan-number.ts'
import { KEYWORDS, KIND, SPACED, Token, type TokenKind, type Tokens } from './token.ts'

const LEFT = '{{'
const RIGHT = '}}'
/** A trim marker: the dash and the space beside it. */
const MARKER_LENGTH = 2

/** Characters that may follow an identifier: spaces and `.,|:()`. */
const TERMINATORS = new Uint8Array(0x80)
for (const char of ' \t\r\n.,|:()') TERMINATORS[char.charCodeAt(0)] = 1

const LONGEST_KEYWORD = 8

/** Names that are functions although they are keywords otherwise. */
export interface LexerOptions {
  readonly breakIsFunction: boolean
  readonly continueIsFunction: boolean
}

/**
 * Splits a template into tokens, up to the first error, as Go's text/template/parse. Spaces inside actions are no tokens:
 * the kind of the token after them carries `SPACED`. The last token is `eof` or `error`. An action that is known already
 * is a single token.
 */
export function tokenize(text: string, options: LexerOptions, known?: KnownActions): Tokens {
  return new Lexer(text, options, known).run()
}

/** Tokens repeated at the end. */
const LOOK_AHEAD = 2

/** Texts up to this size share one set of columns. */
const SHARED_SIZE = 1 << 18

type Columns = readonly [Uint8Array, Int32Array, Int32Array]

let shared: Columns | undefined

/** Columns for so many tokens. */
function columns(size: number): Columns {
  if (size > SHARED_SIZE) return [new Uint8Array(size), new Int32Array(size), new Int32Array(size)]
  shared ??= [new Uint8Array(SHARED_SIZE), new Int32Array(SHARED_SIZE), new Int32Array(SHARED_SIZE)]
  return shared
}

class Lexer {
  private readonly input: string
  private readonly options: LexerOptions
  private readonly known: KnownActions | undefined
  private readonly kinds: Uint8Array
  private readonly starts: Int32Array
  private readonly ends: Int32Array
  private count = 0
  private pos = 0
  /** `SPACED` when spaces stand before the next token. */
  private spaced = 0
  private parenDepth = 0
  private error: string | undefined

  constructor(input: string, options: LexerOptions, known: KnownActions | undefined) {
    this.input = input
    this.options = options
    this.known = known
    ;[this.kinds, this.starts, this.ends] = columns(input.length + LOOK_AHEAD + 2)
  }

  run(): Tokens {
    const { input } = this
    while (this.error === undefined) {
      const from = this.pos
      const delim = input.indexOf(LEFT, from)
      if (delim < 0) {
        if (from < input.length) this.push(Token.text, from, input.length)
        this.push(Token.eof, input.length, input.length)
        break
      }
      this.textBefore(from, delim)
      this.action(delim)
    }
    const { kinds, starts, ends, count } = this
    for (let i = count; i < count + LOOK_AHEAD; i++) {
      kinds[i] = kinds[count - 1] as number
      starts[i] = starts[count - 1] as number
      ends[i] = ends[count - 1] as number
    }
    return { kinds, starts, ends, count, error: this.error }
  }

  private push(kind: TokenKind, start: number, end: number): void {
    const index = this.count++
    this.kinds[index] = kind
    this.starts[index] = start
    this.ends[index] = end
  }

  /** A token inside an action, which ends at `end`. */
  private emit(kind: TokenKind, start: number, end: number): true {
    const index = this.count++
    this.kinds[index] = kind | this.spaced
    this.starts[index] = start
    this.ends[index] = end
    this.spaced = 0
    this.pos = end
    return true
  }

  private fail(message: string, start: number): false {
    this.push(Token.error, start, start)
    this.error = message
    return false
  }

  private textBefore(from: number, delim: number): void {
    let end = delim
    if (hasLeftMarker(this.input, delim + LEFT.length)) {
      while (end > from && isSpace(this.input.charCodeAt(end - 1))) end--
    }
    if (end > from) this.push(Token.text, from, end)
  }

  /** Reads an action or a comment that begins at `delim`. */
  private action(delim: number): void {
    const { input } = this
    const open = delim + LEFT.length
    const inside = hasLeftMarker(input, open) ? open + MARKER_LENGTH : open
    if (input.startsWith('/*', inside)) {
      this.comment(inside)
      return
    }
    const { known } = this
    const close = known === undefined ? -1 : this.likelyEnd(inside)
    if (known === undefined || close < 0) {
      this.newAction(delim, inside)
      return
    }
    const text = input.slice(delim, close + RIGHT.length)
    const number = known.read(text)
    if (number === NO_ACTION) {
      const first = this.count
      this.newAction(delim, inside)
      if (this.isShareable(first, close)) this.ends[first] = known.add(text)
    } else {
      this.push(Token.known, delim, number)
      this.closeAt(close, this.hasRightMarker(close - MARKER_LENGTH))
    }
  }

  /**
   * Where an action seems to end, -1: nowhere. A string within may hold what looks like the end; then the action stays
   * without a number, but for those that are a raw string, which hold templates of others.
   */
  private likelyEnd(inside: number): number {
    const { input } = this
    if (input.charCodeAt(inside) !== 0x60) return input.indexOf(RIGHT, inside)
    const quoteEnd = input.indexOf('`', inside + 1)
    return quoteEnd < 0 ? -1 : input.indexOf(RIGHT, quoteEnd)
  }

  private newAction(delim: number, inside: number): void {
    this.push(Token.leftDelim, delim, NO_ACTION)
    this.pos = inside
    this.spaced = 0
    this.parenDepth = 0
    let more = true
    while (more) more = this.insideAction()
  }

  /** Whether an action, the tokens since `first`, ends at `close` and is complete without what follows it. */
  private isShareable(first: number, close: number): boolean {
    const { kinds, count } = this
    if (this.error !== undefined || this.starts[count - 1] !== close) return false
    const kind = (kinds[first + 1] as number) & KIND
    // {{define}} and {{block}} have bodies, {{else if}} is the beginning of a statement within another.
    return kind !== Token.define && kind !== Token.block && (kind !== Token.else || count === first + 3)
  }

  private comment(start: number): void {
    const { input } = this
    const close = input.indexOf('*/', start + 2)
    if (close < 0) {
      this.fail('unclosed comment', start)
      return
    }
    const end = close + 2
    const trim = this.hasRightMarker(end)
    if (!trim && !input.startsWith(RIGHT, end)) {
      this.fail('comment ends before closing delimiter', start)
      return
    }
    this.closeAt(end + (trim ? MARKER_LENGTH : 0), trim)
  }

  /** Passes over the closing delimiter and the spaces that it trims. */
  private closeAt(delim: number, trim: boolean): void {
    const end = delim + RIGHT.length
    this.pos = trim ? skipSpaces(this.input, end) : end
  }

  /** Whether a space, a dash and the closing delimiter follow. */
  private hasRightMarker(at: number): boolean {
    const { input } = this
    return (
      input.charCodeAt(at + 1) === 0x2d && isSpace(input.charCodeAt(at)) && input.startsWith(RIGHT, at + MARKER_LENGTH)
    )
  }

  /** Reads one token; false at the end of the action or after an error. */
  private insideAction(): boolean {
    const { input } = this
    const start = this.pos
    const code = codeAt(input, start)
    if (isSpace(code) && !this.hasRightMarker(start)) {
      const end = skipSpaces(input, start)
      // The last space may belong to a trim marker.
      this.pos = this.hasRightMarker(end - 1) ? end - 1 : end
      this.spaced = SPACED
      return true
    }
    if (isAsciiWord(code) && !isDigit(code)) return this.identifier(start)
    switch (code) {
      case 0x2e: // .
        if (start + 1 < input.length && !isDigit(input.charCodeAt(start + 1))) return this.named(Token.field, start)
        return this.number(start)
      case 0x24: // $
        return this.named(Token.variable, start)
      case 0x22: // "
        return this.quoted(0x22, Token.string, start, 'unterminated quoted string')
      case 0x7c: // |
        return this.emit(Token.pipe, start, start + 1)
      case 0x28: // (
        this.parenDepth++
        return this.emit(Token.leftParen, start, start + 1)
      case 0x29: // )
        this.parenDepth--
        if (this.parenDepth < 0) return this.fail('unexpected right paren', start)
        return this.emit(Token.rightParen, start, start + 1)
      default:
        return this.isAtRight(start) ? this.rightDelim(start) : this.rareToken(code, start)
    }
  }

  private isAtRight(at: number): boolean {
    return this.input.startsWith(RIGHT, at) || this.hasRightMarker(at)
  }

  private rightDelim(start: number): boolean {
    if (this.parenDepth > 0) return this.fail('unclosed left paren', start)
    const trim = this.hasRightMarker(start)
    const delim = trim ? start + MARKER_LENGTH : start
    this.emit(Token.rightDelim, delim, delim + RIGHT.length)
    this.closeAt(delim, trim)
    return false
  }

  private rareToken(code: number, start: number): boolean {
    switch (code) {
      case -1:
        return this.fail('unclosed action', start)
      case 0x3d: // =
        return this.emit(Token.assign, start, start + 1)
      case 0x3a: // :
        if (this.input[start + 1] !== '=') return this.fail('expected :=', start)
        return this.emit(Token.declare, start, start + 2)
      case 0x60: // `
        return this.rawQuoted(start)
      case 0x27: // '
        return this.quoted(0x27, Token.charConstant, start, 'unterminated character constant')
      default:
        if (code === 0x2b || code === 0x2d || isDigit(code)) return this.number(start)
        if (isAlphaNumeric(code)) return this.identifier(start)
        if (code > 0x20 && code < 0x7f) return this.emit(Token.char, start, start + 1)
        return this.fail(`unrecognized character in action: ${sprintf('%#U', BigInt(validRune(code)))}`, start)
    }
  }

  /** Index after letters, digits and underscores. */
  private wordEnd(from: number): number {
    const { input } = this
    let at = from
    while (isAsciiWord(input.charCodeAt(at))) at++
    for (let code = codeAt(input, at); code >= 0x80 && isAlphaNumeric(code); code = codeAt(input, at)) {
      at = this.wordEnd(at + (code > 0xffff ? 2 : 1))
    }
    return at
  }

  private identifier(start: number): boolean {
    const { input, options } = this
    const end = this.wordEnd(start)
    if (!this.isTerminated(end)) return this.badCharacter(start, end)
    const keyword = end - start > LONGEST_KEYWORD ? undefined : KEYWORDS.get(input.slice(start, end))
    const isFunction =
      (keyword === Token.break && options.breakIsFunction) || (keyword === Token.continue && options.continueIsFunction)
    return this.emit(keyword === undefined || isFunction ? Token.identifier : keyword, start, end)
  }

  /** A field or variable: its mark and a name, or the mark alone. */
  private named(kind: typeof Token.field | typeof Token.variable, start: number): boolean {
    if (this.isTerminated(start + 1)) return this.emit(kind === Token.field ? Token.dot : kind, start, start + 1)
    const end = this.wordEnd(start + 1)
    return this.isTerminated(end) ? this.emit(kind, start, end) : this.badCharacter(start, end)
  }

  private badCharacter(start: number, at: number): boolean {
    return this.fail(`bad character ${sprintf('%#U', BigInt(validRune(codeAt(this.input, at))))}`, start)
  }

  /** Whether an identifier may end here. */
  private isTerminated(at: number): boolean {
    const { input } = this
    return at >= input.length || TERMINATORS[input.charCodeAt(at)] === 1 || input.startsWith(RIGHT, at)
  }

  private quoted(mark: number, kind: TokenKind, start: number, message: string): boolean {
    const { input } = this
    for (let at = start + 1; at < input.length; at++) {
      const unit = input.charCodeAt(at)
      if (unit === mark) return this.emit(kind, start, at + 1)
      if (unit === 0x5c) at++
      if (input.charCodeAt(at) === 10) break
    }
    return this.fail(message, start)
  }

  private rawQuoted(start: number): boolean {
    const close = this.input.indexOf('`', start + 1)
    if (close < 0) return this.fail('unterminated raw quoted string', start)
    return this.emit(Token.rawString, start, close + 1)
  }

  private number(start: number): boolean {
    const { input } = this
    let { end, isGood } = scanNumber(input, start)
    let kind: TokenKind = Token.number
    if (isGood && (input[end] === '+' || input[end] === '-')) {
      kind = Token.complex
      ;({ end, isGood } = scanNumber(input, end))
      isGood = isGood && input[end - 1] === 'i'
    }
    return isGood
      ? this.emit(kind, start, end)
      : this.fail(sprintf('bad number syntax: %q', input.slice(start, end)), start)
  }
}
