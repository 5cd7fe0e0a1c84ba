/** Kinds of items that the lexer finds. */
export type ItemKind =
  | 'error'
  | 'eof'
  | 'text'
  | 'string'
  | 'escapedString'
  | 'rawString'
  | 'multilineString'
  | 'rawMultilineString'
  | 'bool'
  | 'integer'
  | 'float'
  | 'datetime'
  | 'array'
  | 'arrayEnd'
  | 'tableStart'
  | 'tableEnd'
  | 'tablesStart'
  | 'tablesEnd'
  | 'keyStart'
  | 'keyEnd'
  | 'comment'
  | 'inlineTable'
  | 'inlineTableEnd'

/** A piece of the text; `value` of an error is its message. Lines count from 1. */
export interface Item {
  readonly kind: ItemKind
  readonly value: string
  readonly line: number
}

/** A state reads on and names the next state; undefined ends the lexing. */
export type State = ((lexer: TomlInput) => State) | undefined

/** What `next` gives at the end of the text. */
export const END = 0

/** What `next` gives in place of a character that is not allowed. */
const BAD = 0xfffd

/** A space or tab. */
export const isBlank = (c: number): boolean => c === 0x09 || c === 0x20
/** A line feed or carriage return. */
export const isNewline = (c: number): boolean => c === 0x0a || c === 0x0d
/** A decimal digit. */
export const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39
/** 0 or 1. */
export const isBinary = (c: number): boolean => c === 0x30 || c === 0x31
/** An octal digit. */
export const isOctal = (c: number): boolean => c >= 0x30 && c <= 0x37
/** A hexadecimal digit. */
export const isHex = (c: number): boolean => isDigit(c) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66)
/** A character of a bare key. */
export const isBare = (c: number): boolean => c < 0x80 && /[A-Za-z0-9_-]/.test(String.fromCharCode(c))
/** A letter of any script. */
export const isLetter = (c: number): boolean => /^\p{L}$/u.test(String.fromCodePoint(c))
/** Whether `c` is one of the characters; the end of the text is none. */
export const among = (c: number, characters: string): boolean =>
  c !== END && characters.includes(String.fromCodePoint(c))

/**
 * The text under the lexer, with the items found so far, the states to return to, and the line numbers of BurntSushi/toml.
 */
export class TomlInput {
  readonly #text: string
  #pos = 0
  #start = 0
  #line = 1
  #atEnd = false
  /** The string being read has escapes. */
  escaped = false
  #widths: number[] = []
  #state: State
  readonly #stack: NonNullable<State>[] = []
  readonly #items: Item[] = []

  constructor(text: string, start: State) {
    this.#text = text
    this.#state = start
  }

  /** The next item; after an error there is none. */
  nextItem(): Item {
    for (;;) {
      const item = this.#items.shift()
      if (item !== undefined) return item
      if (this.#state === undefined) return { kind: 'eof', value: '', line: this.#line }
      this.#state = this.#state(this)
    }
  }

  /** The text since the last item. */
  current(): string {
    return this.#text.slice(this.#start, this.#pos)
  }

  /** Adds an item, by default the text since the last one. */
  emit(kind: ItemKind, value = this.current()): void {
    this.#items.push({ kind, value, line: this.#line })
    this.#start = this.#pos
  }

  /** Takes the next character. One that TOML forbids is reported and not taken. */
  next(): number {
    if (this.#pos >= this.#text.length) {
      this.#atEnd = true
      return END
    }
    const code = this.#text.codePointAt(this.#pos) as number
    if (code === 0x0a) this.#line++
    if (code >= 0xdc80 && code <= 0xdcff) {
      this.fail(`invalid UTF-8 byte: 0x${(code & 0xff).toString(16)}`)
      return BAD
    }
    const lonely = code === 0x0d && this.#text.charCodeAt(this.#pos + 1) !== 0x0a
    if (code < 0x09 || (code > 0x0a && code < 0x20 && code !== 0x0d) || code === 0x7f || lonely) {
      const shown = code.toString(16).padStart(2, '0')
      this.fail(`TOML files cannot contain control characters: '0x${shown}'`)
      return BAD
    }
    const width = code > 0xffff ? 2 : 1
    this.#widths.push(width)
    if (this.#widths.length > 8) this.#widths.shift()
    this.#pos += width
    return code
  }

  /** Gives the last character back. */
  back(): void {
    if (this.#atEnd) {
      this.#atEnd = false
      return
    }
    this.#pos -= this.#widths.pop() ?? 0
    if (this.#text.charCodeAt(this.#pos) === 0x0a) this.#line--
  }

  /** The next character, which stays. */
  peek(): number {
    const c = this.next()
    this.back()
    return c
  }

  /** Takes the character if it comes next. */
  accept(char: string): boolean {
    if (this.next() === char.charCodeAt(0)) return true
    this.back()
    return false
  }

  /** Drops the text since the last item. */
  ignore(): void {
    this.#start = this.#pos
  }

  /** Drops the text since the last item and goes on with `state`. */
  skip(state: State): State {
    this.ignore()
    return state
  }

  /** Drops blanks. */
  skipBlanks(): void {
    let c = this.next()
    while (isBlank(c)) c = this.next()
    this.back()
    this.ignore()
  }

  /** The state to return to. */
  pop(): State {
    return this.#stack.pop()
  }

  /** An error here; at the end of the text, on the line that ended last. */
  fail(message: string): State {
    const onNewLine = this.#atEnd && this.#text.charCodeAt(this.#pos - 1) === 0x0a
    this.#items.push({ kind: 'error', value: message, line: onNewLine ? this.#line - 1 : this.#line })
    return undefined
  }

  /** An error at the end of the line before. */
  failBefore(message: string): State {
    this.#items.push({ kind: 'error', value: message, line: this.#line - 1 })
    return undefined
  }

  /** Remembers the state that follows when a value, name or comment ends. */
  push(state: NonNullable<State>): void {
    this.#stack.push(state)
  }

  /** Whether `next` has met the end of the text. */
  isAtEnd(): boolean {
    return this.#atEnd
  }
}
