import { invalidSyntax, outOfRange } from './errors.ts'
import { fromBytes, isAscii } from './utf8.ts'

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

/** Whether Go prints a code point as itself: `strconv.IsPrint`. */
export function isPrint(code: number): boolean {
  if (code >= 0x20 && code < 0x7f) return true
  if (code < 0xa1 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false
  return PRINTABLE.test(String.fromCodePoint(code))
}

const PLAIN = /^[ !#-[\]-~]*$/

/** A Go string literal in double quotes: `strconv.Quote`. */
export function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : quoteWith(text, '"', false)
}

/** As `quote`, with everything outside ASCII escaped: `strconv.QuoteToASCII`. */
export function quoteToAscii(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : quoteWith(text, '"', true)
}

/** A Go character literal: `strconv.QuoteRune`; an invalid rune becomes U+FFFD. */
export function quoteRune(code: number): string {
  return quoteWith(validRune(code), "'", false)
}

/** As `quoteRune`, escaped to ASCII. */
export function quoteRuneToAscii(code: number): string {
  return quoteWith(validRune(code), "'", true)
}

function validRune(code: number): string {
  const valid = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
  return String.fromCodePoint(valid ? code : 0xfffd)
}

/** What is written with a backslash, by the mark around the text, when all of it is printable ASCII. */
const MARKED: Readonly<Record<string, RegExp>> = { '"': /["\\]/g, "'": /['\\]/g }
const ASCII_PRINT = /^[ -~]*$/
const NOT_PLAIN = /["'\\]|[^ -~]/gu

/** V8 ends the process when it is to replace something in texts that are much longer. */
const LONGEST_QUOTED = 1 << 24

function quoteWith(text: string, mark: string, asciiOnly: boolean): string {
  if (text.length > LONGEST_QUOTED) throw outOfRange(`a text of ${text.length} characters is too long to be quoted`)
  const marked = MARKED[mark]
  if (marked !== undefined && ASCII_PRINT.test(text)) return `${mark}${text.replace(marked, '\\$&')}${mark}`
  return `${mark}${text.replace(NOT_PLAIN, (char) => escapeRune(char, mark, asciiOnly))}${mark}`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

function escapeRune(char: string, mark: string, asciiOnly: boolean): string {
  const code = char.codePointAt(0) ?? 0
  if (char === mark || char === '\\') return `\\${char}`
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`
  if (code < 0x80 ? code >= 0x20 && code < 0x7f : !asciiOnly && isPrint(code)) return char
  const short = ESCAPES[char]
  if (short !== undefined) return short
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0')
}

/** Whether a string can be written unchanged between back quotes: `strconv.CanBackquote`. */
export function canBackquote(text: string): boolean {
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (code === 0xfeff || (code >= 0xd800 && code <= 0xdfff)) return false
    if ((code < 0x20 && char !== '\t') || char === '`' || code === 0x7f) return false
  }
  return true
}

/** Reads a Go string or character literal: `strconv.Unquote`. Throws "invalid syntax". */
export function unquote(literal: string): string {
  const mark = literal[0]
  if (literal.length < 2 || mark === undefined || mark !== literal[literal.length - 1]) throw invalidSyntax()
  const body = literal.slice(1, -1)
  if (mark === '`') {
    if (body.includes('`')) throw invalidSyntax()
    return body.replaceAll('\r', '')
  }
  if (mark !== '"' && mark !== "'") throw invalidSyntax()
  if (body.includes('\n')) throw invalidSyntax()
  // Go takes two single quotes for an empty literal.
  if (body === '') return ''
  if (!body.includes('\\') && !body.includes(mark) && mark === '"') return body
  const pieces = new Pieces()
  let rest = body
  let count = 0
  while (rest !== '') {
    if (mark === "'" && count === 1) throw invalidSyntax()
    const char = unquoteChar(rest, mark)
    pieces.add(char)
    rest = char.tail
    count++
  }
  return pieces.text()
}

/** One character read by `unquoteChar`. */
export interface UnquotedChar {
  readonly code: number
  /** The code is one raw byte (`\x..` or octal), not a rune. */
  readonly isByte: boolean
  readonly tail: string
}

/** Collects characters and raw bytes; only when raw bytes occur does it go through bytes. */
class Pieces {
  private out = ''
  private raw: number[] | undefined
  add(char: UnquotedChar): void {
    if (char.isByte && char.code >= 0x80) {
      this.raw ??= []
      this.raw.push(char.code)
      return
    }
    this.flush()
    this.out += String.fromCodePoint(char.code)
  }
  text(): string {
    this.flush()
    return this.out
  }
  private flush(): void {
    if (this.raw === undefined) return
    this.out += fromBytes(Uint8Array.from(this.raw))
    this.raw = undefined
  }
}

/** Reads the first character of the inside of a literal: `strconv.UnquoteChar`. */
export function unquoteChar(text: string, mark: string): UnquotedChar {
  const first = text[0]
  if (first === undefined || (first === mark && (mark === '"' || mark === "'"))) throw invalidSyntax()
  if (first !== '\\') {
    const code = text.codePointAt(0) ?? 0
    return { code, isByte: false, tail: text.slice(code > 0xffff ? 2 : 1) }
  }
  const kind = text[1]
  if (kind === undefined) throw invalidSyntax()
  const rest = text.slice(2)
  const simple = SIMPLE[kind]
  if (simple !== undefined) return { code: simple, isByte: false, tail: rest }
  const width = { x: 2, u: 4, U: 8 }[kind]
  if (width !== undefined) return hexEscape(kind, width, rest)
  if (kind >= '0' && kind <= '7') {
    const digits = text.slice(1, 4)
    if (!/^[0-7]{3}$/.test(digits)) throw invalidSyntax()
    const code = Number.parseInt(digits, 8)
    if (code > 255) throw invalidSyntax()
    return { code, isByte: true, tail: text.slice(4) }
  }
  if (kind === "'" || kind === '"') {
    if (kind !== mark) throw invalidSyntax()
    return { code: kind.charCodeAt(0), isByte: false, tail: rest }
  }
  throw invalidSyntax()
}

const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 }

function hexEscape(kind: string, width: number, rest: string): UnquotedChar {
  const digits = rest.slice(0, width)
  if (digits.length < width || !/^[0-9a-fA-F]+$/.test(digits) || !isAscii(digits)) throw invalidSyntax()
  const code = Number.parseInt(digits, 16)
  if (kind === 'x') return { code, isByte: true, tail: rest.slice(width) }
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw invalidSyntax()
  return { code, isByte: false, tail: rest.slice(width) }
}
