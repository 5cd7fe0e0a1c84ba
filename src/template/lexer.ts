import { sprintf } from '../go/index.ts'
import {
  countLines,
  hasLeftMarker,
  isAlphaNumeric,
  isAsciiWord,
  isDigit,
  isSpace,
  skipSpaces,
  validRune,
} from './characters.ts'
import { Token, type Lexeme, type TokenKind } from './token.ts'

const LEFT = '{{'
const RIGHT = '}}'
const EOF = -1
/** A trim marker: the dash and the space beside it. */
const MARKER_LENGTH = 2

/** Characters that may follow an identifier: spaces and `.,|:()`. */
const TERMINATORS = new Uint8Array(0x80)
for (const char of ' \t\r\n.,|:()') TERMINATORS[char.charCodeAt(0)] = 1

const KEYWORDS: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ['block', Token.block],
  ['break', Token.break],
  ['continue', Token.continue],
  ['define', Token.define],
  ['else', Token.else],
  ['end', Token.end],
  ['if', Token.if],
  ['range', Token.range],
  ['nil', Token.nil],
  ['template', Token.template],
  ['with', Token.with],
])

/**
 * Splits a template into tokens on demand. As Go's text/template/parse, including how lines are counted and what an
 * error leaves behind: after an error the input is taken to be empty.
 */
export class Lexer {
  private input: string
  private pos = 0
  private start = 0
  private line = 1
  private startLine = 1
  private atEof = false
  private insideAction = false
  private parenDepth = 0
  /** `break` and `continue` are keywords unless functions of these names exist. */
  readonly breakIsKeyword: boolean
  readonly continueIsKeyword: boolean

  constructor(input: string, options: { readonly breakIsKeyword: boolean; readonly continueIsKeyword: boolean }) {
    this.input = input
    this.breakIsKeyword = options.breakIsKeyword
    this.continueIsKeyword = options.continueIsKeyword
  }

  /** The next token; at the end, `eof` again and again. */
  next(): Lexeme {
    return this.insideAction ? this.action() : this.text()
  }

  private step(): number {
    if (this.pos >= this.input.length) {
      this.atEof = true
      return EOF
    }
    const code = this.input.codePointAt(this.pos) ?? 0
    this.pos += code > 0xffff ? 2 : 1
    if (code === 10) this.line++
    return code
  }

  private back(): void {
    if (this.atEof || this.pos === 0) return
    const unit = this.input.charCodeAt(this.pos - 1)
    const isPair =
      unit >= 0xdc00 && unit <= 0xdfff && this.pos > 1 && (this.input.charCodeAt(this.pos - 2) & 0xfc00) === 0xd800
    this.pos -= isPair ? 2 : 1
    if (unit === 10) this.line--
  }

  private peek(): number {
    const code = this.step()
    this.back()
    return code
  }

  private emit(kind: TokenKind): Lexeme {
    const lexeme = { kind, pos: this.start, text: this.input.slice(this.start, this.pos), line: this.startLine }
    this.start = this.pos
    this.startLine = this.line
    return lexeme
  }

  private skip(): void {
    this.line += countLines(this.input, this.start, this.pos)
    this.start = this.pos
    this.startLine = this.line
  }

  private fail(message: string): Lexeme {
    const lexeme = { kind: Token.error, pos: this.start, text: message, line: this.startLine }
    this.start = 0
    this.pos = 0
    this.input = ''
    return lexeme
  }

  private accept(valid: string): boolean {
    const code = this.step()
    if (code !== EOF && valid.includes(String.fromCodePoint(code))) return true
    this.back()
    return false
  }

  private acceptRun(valid: string): void {
    let more = true
    while (more) more = this.accept(valid)
  }

  private text(): Lexeme {
    for (;;) {
      const delim = this.input.indexOf(LEFT, this.pos)
      if (delim < 0) {
        this.pos = this.input.length
        if (this.pos <= this.start) return this.emit(Token.eof)
        this.line += countLines(this.input, this.start, this.pos)
        return this.emit(Token.text)
      }
      if (delim > this.pos) {
        let end = delim
        if (hasLeftMarker(this.input, delim + LEFT.length)) {
          while (end > this.start && isSpace(this.input.charCodeAt(end - 1))) end--
        }
        this.pos = end
        this.line += countLines(this.input, this.start, end)
        const lexeme = this.emit(Token.text)
        this.pos = delim
        this.skip()
        if (lexeme.text !== '') return lexeme
      }
      const lexeme = this.leftDelim()
      if (lexeme !== undefined) return lexeme
    }
  }

  /** The opening delimiter; a comment is passed over and gives undefined. */
  private leftDelim(): Lexeme | undefined {
    this.pos += LEFT.length
    const markerLength = hasLeftMarker(this.input, this.pos) ? MARKER_LENGTH : 0
    if (this.input.startsWith('/*', this.pos + markerLength)) {
      this.pos += markerLength
      this.skip()
      return this.comment()
    }
    const lexeme = this.emit(Token.leftDelim)
    this.insideAction = true
    this.pos += markerLength
    this.skip()
    this.parenDepth = 0
    return lexeme
  }

  private comment(): Lexeme | undefined {
    const close = this.input.indexOf('*/', this.pos + 2)
    if (close < 0) return this.fail('unclosed comment')
    this.pos = close + 2
    const trim = this.hasRightMarker(this.pos)
    if (!trim && !this.input.startsWith(RIGHT, this.pos)) return this.fail('comment ends before closing delimiter')
    this.line += countLines(this.input, this.start, this.pos)
    this.emit(Token.text)
    this.pos += (trim ? MARKER_LENGTH : 0) + RIGHT.length
    if (trim) this.pos = skipSpaces(this.input, this.pos)
    this.skip()
    return undefined
  }

  /** Whether a space, a dash and the closing delimiter follow. */
  private hasRightMarker(at: number): boolean {
    return (
      isSpace(this.input.charCodeAt(at)) &&
      this.input.charCodeAt(at + 1) === 0x2d &&
      this.input.startsWith(RIGHT, at + MARKER_LENGTH)
    )
  }

  private rightDelim(): Lexeme {
    const trim = this.hasRightMarker(this.pos)
    if (trim) {
      this.pos += MARKER_LENGTH
      this.skip()
    }
    this.pos += RIGHT.length
    const lexeme = this.emit(Token.rightDelim)
    if (trim) {
      this.pos = skipSpaces(this.input, this.pos)
      this.skip()
    }
    this.insideAction = false
    return lexeme
  }

  private action(): Lexeme {
    if (this.hasRightMarker(this.pos) || this.input.startsWith(RIGHT, this.pos)) {
      return this.parenDepth === 0 ? this.rightDelim() : this.fail('unclosed left paren')
    }
    const code = this.step()
    if (code === EOF) return this.fail('unclosed action')
    if (isSpace(code)) {
      this.back()
      return this.space()
    }
    switch (code) {
      case 0x3d: // =
        return this.emit(Token.assign)
      case 0x3a: // :
        return this.step() === 0x3d ? this.emit(Token.declare) : this.fail('expected :=')
      case 0x7c: // |
        return this.emit(Token.pipe)
      case 0x22: // "
        return this.quoted(0x22, Token.string, 'unterminated quoted string')
      case 0x60: // `
        return this.rawQuoted()
      case 0x24: // $
        return this.fieldOrVariable(Token.variable)
      case 0x27: // '
        return this.quoted(0x27, Token.charConstant, 'unterminated character constant')
      case 0x28: // (
        this.parenDepth++
        return this.emit(Token.leftParen)
      case 0x29: // )
        this.parenDepth--
        return this.parenDepth < 0 ? this.fail('unexpected right paren') : this.emit(Token.rightParen)
      case 0x2e: // .
        if (this.pos < this.input.length && !isDigit(this.input.charCodeAt(this.pos))) {
          return this.fieldOrVariable(Token.field)
        }
        return this.number()
      default:
        return this.word(code)
    }
  }

  private word(code: number): Lexeme {
    if (code === 0x2b || code === 0x2d || isDigit(code)) return this.number()
    if (isAlphaNumeric(code)) {
      this.back()
      return this.identifier()
    }
    if (code > 0x20 && code < 0x7f) return this.emit(Token.char)
    return this.fail(`unrecognized character in action: ${sprintf('%#U', BigInt(validRune(code)))}`)
  }

  private space(): Lexeme {
    const { input } = this
    const from = this.pos
    this.pos = skipSpaces(input, from)
    this.line += countLines(input, from, this.pos)
    if (input.charCodeAt(this.pos) === 0x2d && this.hasRightMarker(this.pos - 1)) {
      this.back()
      if (this.pos === from) return this.rightDelim()
    }
    return this.emit(Token.space)
  }

  /** Passes over letters, digits and underscores. */
  private skipWord(): void {
    const { input } = this
    let at = this.pos
    while (isAsciiWord(input.charCodeAt(at))) at++
    this.pos = at
    if (input.charCodeAt(at) < 0x80 || at >= input.length) return
    while (isAlphaNumeric(this.peek())) this.step()
  }

  private identifier(): Lexeme {
    this.skipWord()
    if (!this.atTerminator()) return this.badCharacter()
    const word = this.input.slice(this.start, this.pos)
    const keyword = word.length > 8 ? undefined : KEYWORDS.get(word)
    if (keyword !== undefined) {
      const plain =
        (keyword === Token.break && !this.breakIsKeyword) || (keyword === Token.continue && !this.continueIsKeyword)
      return this.emit(plain ? Token.identifier : keyword)
    }
    return this.emit(word === 'true' || word === 'false' ? Token.bool : Token.identifier)
  }

  private fieldOrVariable(kind: TokenKind): Lexeme {
    if (this.atTerminator()) return this.emit(kind === Token.variable ? kind : Token.dot)
    this.skipWord()
    return this.atTerminator() ? this.emit(kind) : this.badCharacter()
  }

  private badCharacter(): Lexeme {
    return this.fail(`bad character ${sprintf('%#U', BigInt(validRune(this.peek())))}`)
  }

  /** Whether a character follows that may stand after an identifier. */
  private atTerminator(): boolean {
    if (this.pos >= this.input.length) {
      this.atEof = true
      return true
    }
    return TERMINATORS[this.input.charCodeAt(this.pos)] === 1 || this.input.startsWith(RIGHT, this.pos)
  }

  private quoted(mark: number, kind: TokenKind, message: string): Lexeme {
    const { input } = this
    for (let at = this.pos; at < input.length; at++) {
      const unit = input.charCodeAt(at)
      if (unit === mark) {
        this.pos = at + 1
        return this.emit(kind)
      }
      if (unit === 0x5c) at++
      if (input.charCodeAt(at) === 10) break
    }
    return this.fail(message)
  }

  private rawQuoted(): Lexeme {
    const close = this.input.indexOf('`', this.pos)
    if (close < 0) return this.fail('unterminated raw quoted string')
    this.pos = close + 1
    this.line += countLines(this.input, this.start, this.pos)
    return this.emit(Token.rawString)
  }

  private number(): Lexeme {
    this.back()
    if (!this.scanNumber()) return this.badNumber()
    const sign = this.peek()
    if (sign !== 0x2b && sign !== 0x2d) return this.emit(Token.number)
    if (!this.scanNumber() || this.input[this.pos - 1] !== 'i') return this.badNumber()
    return this.emit(Token.complex)
  }

  private badNumber(): Lexeme {
    return this.fail(sprintf('bad number syntax: %q', this.input.slice(this.start, this.pos)))
  }

  private scanNumber(): boolean {
    this.accept('+-')
    let digits = '0123456789_'
    let base = 10
    if (this.accept('0')) {
      if (this.accept('xX')) {
        digits = '0123456789abcdefABCDEF_'
        base = 16
      } else if (this.accept('oO')) {
        digits = '01234567_'
        base = 8
      } else if (this.accept('bB')) {
        digits = '01_'
        base = 2
      }
    }
    this.acceptRun(digits)
    if (this.accept('.')) this.acceptRun(digits)
    if ((base === 10 && this.accept('eE')) || (base === 16 && this.accept('pP'))) {
      this.accept('+-')
      this.acceptRun('0123456789_')
    }
    this.accept('i')
    if (isAlphaNumeric(this.peek())) {
      this.step()
      return false
    }
    return true
  }
}
