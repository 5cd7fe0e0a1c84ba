import { quote, quoteRune } from '../../go/index.ts'

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
type State = (() => State) | undefined

/** What `next` gives at the end of the text. */
const END = 0

/** What `next` gives in place of a character that is not allowed. */
const BAD = 0xfffd

const isBlank = (c: number): boolean => c === 0x09 || c === 0x20
const isNewline = (c: number): boolean => c === 0x0a || c === 0x0d
const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39
const isBinary = (c: number): boolean => c === 0x30 || c === 0x31
const isOctal = (c: number): boolean => c >= 0x30 && c <= 0x37
const isHex = (c: number): boolean => isDigit(c) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66)
const isBare = (c: number): boolean => c < 0x80 && /[A-Za-z0-9_-]/.test(String.fromCharCode(c))
const isLetter = (c: number): boolean => /^\p{L}$/u.test(String.fromCodePoint(c))
const among = (c: number, characters: string): boolean => c !== END && characters.includes(String.fromCodePoint(c))
const named = (c: number): string => (c === END ? 'end of file' : `'${String.fromCodePoint(c)}'`)

const BASES: Readonly<Record<string, readonly [digit: (c: number) => boolean, name: string]>> = {
  b: [isBinary, 'a binary'],
  o: [isOctal, 'an octal'],
  x: [isHex, 'a hexadecimal'],
}

/**
 * Splits TOML into items with the states, messages and line numbers of BurntSushi/toml. Where a value or a comment may stand in
 * several places, the state to return to is on a stack.
 */
export class Lexer {
  readonly #text: string
  #pos = 0
  #start = 0
  #line = 1
  #atEnd = false
  #escaped = false
  #widths: number[] = []
  #state: State
  readonly #stack: NonNullable<State>[] = []
  readonly #items: Item[] = []

  constructor(text: string) {
    this.#text = text
    this.#state = this.#top
  }

  /** The next item; after an error there is none. */
  nextItem(): Item {
    for (;;) {
      const item = this.#items.shift()
      if (item !== undefined) return item
      if (this.#state === undefined) return { kind: 'eof', value: '', line: this.#line }
      this.#state = this.#state()
    }
  }

  #current(): string {
    return this.#text.slice(this.#start, this.#pos)
  }

  #emit(kind: ItemKind, value = this.#current()): void {
    this.#items.push({ kind, value, line: this.#line })
    this.#start = this.#pos
  }

  #next(): number {
    if (this.#pos >= this.#text.length) {
      this.#atEnd = true
      return END
    }
    const code = this.#text.codePointAt(this.#pos) as number
    if (code === 0x0a) this.#line++
    if (code >= 0xdc80 && code <= 0xdcff) {
      this.#fail(`invalid UTF-8 byte: 0x${(code & 0xff).toString(16)}`)
      return BAD
    }
    const lonely = code === 0x0d && this.#text.charCodeAt(this.#pos + 1) !== 0x0a
    if (code < 0x09 || (code > 0x0a && code < 0x20 && code !== 0x0d) || code === 0x7f || lonely) {
      const shown = code.toString(16).padStart(2, '0')
      this.#fail(`TOML files cannot contain control characters: '0x${shown}'`)
      return BAD
    }
    const width = code > 0xffff ? 2 : 1
    this.#widths.push(width)
    if (this.#widths.length > 8) this.#widths.shift()
    this.#pos += width
    return code
  }

  #back(): void {
    if (this.#atEnd) {
      this.#atEnd = false
      return
    }
    this.#pos -= this.#widths.pop() ?? 0
    if (this.#text.charCodeAt(this.#pos) === 0x0a) this.#line--
  }

  #peek(): number {
    const c = this.#next()
    this.#back()
    return c
  }

  #accept(char: string): boolean {
    if (this.#next() === char.charCodeAt(0)) return true
    this.#back()
    return false
  }

  #ignore(): void {
    this.#start = this.#pos
  }

  #skip(state: State): State {
    this.#ignore()
    return state
  }

  #skipBlanks(): void {
    let c = this.#next()
    while (isBlank(c)) c = this.#next()
    this.#back()
    this.#ignore()
  }

  #pop(): State {
    return this.#stack.pop()
  }

  /** An error here; at the end of the text, on the line that ended last. */
  #fail(message: string): State {
    const onNewLine = this.#atEnd && this.#text.charCodeAt(this.#pos - 1) === 0x0a
    this.#items.push({ kind: 'error', value: message, line: onNewLine ? this.#line - 1 : this.#line })
    return undefined
  }

  /** An error at the end of the line before. */
  #failBefore(message: string): State {
    this.#items.push({ kind: 'error', value: message, line: this.#line - 1 })
    return undefined
  }

  #top = (): State => {
    const c = this.#next()
    if (isBlank(c) || isNewline(c)) return this.#skip(this.#top)
    if (among(c, '#')) {
      this.#stack.push(this.#top)
      return this.#commentStart
    }
    if (among(c, '[')) return this.#tableStart
    if (c === END) {
      this.#emit('eof')
      return undefined
    }
    this.#back()
    this.#stack.push(this.#topEnd)
    return this.#keyStart
  }

  #topEnd = (): State => {
    const c = this.#next()
    if (among(c, '#')) {
      this.#stack.push(this.#top)
      return this.#commentStart
    }
    if (isBlank(c)) return this.#topEnd
    if (isNewline(c)) return this.#skip(this.#top)
    if (c === END) {
      this.#emit('eof')
      return undefined
    }
    return this.#fail(
      `expected a top-level item to end with a newline, comment, or EOF, but got ${quoteRune(c)} instead`,
    )
  }

  #tableStart = (): State => {
    if (among(this.#peek(), '[')) {
      this.#next()
      this.#emit('tablesStart')
      this.#stack.push(this.#tablesEnd)
    } else {
      this.#emit('tableStart')
      this.#stack.push(this.#tableEnd)
    }
    return this.#tableNameStart
  }

  #tableEnd = (): State => {
    this.#emit('tableEnd')
    return this.#topEnd
  }

  #tablesEnd = (): State => {
    const c = this.#next()
    if (!among(c, ']')) {
      return this.#fail(`expected end of table array name delimiter ']', but got ${quoteRune(c)} instead`)
    }
    this.#emit('tablesEnd')
    return this.#topEnd
  }

  #tableNameStart = (): State => {
    this.#skipBlanks()
    const c = this.#peek()
    if (c === END || among(c, ']')) return this.#fail('unexpected end of table name (table names cannot be empty)')
    if (among(c, '.')) return this.#fail('unexpected table separator (table names cannot be empty)')
    this.#stack.push(this.#tableNameEnd)
    return among(c, '"\'') ? this.#skip(this.#quotedName) : this.#bareName
  }

  #tableNameEnd = (): State => {
    this.#skipBlanks()
    const c = this.#next()
    if (among(c, '.')) return this.#skip(this.#tableNameStart)
    if (among(c, ']')) return this.#pop()
    return this.#fail(`expected '.' or ']' to end table name, but got ${quoteRune(c)} instead`)
  }

  #bareName = (): State => {
    if (isBare(this.#next())) return this.#bareName
    this.#back()
    this.#emit('text')
    return this.#pop()
  }

  #quotedName = (): State => {
    const c = this.#next()
    return this.#skip(among(c, '"') ? this.#string : this.#rawString)
  }

  #keyStart = (): State => {
    this.#skipBlanks()
    const c = this.#peek()
    if (c === END || among(c, '=')) return this.#fail("unexpected '=': key name appears blank")
    if (among(c, '.')) return this.#fail("unexpected '.': keys cannot start with a '.'")
    this.#emit('keyStart')
    return this.#keyNameStart
  }

  #keyNameStart = (): State => {
    this.#skipBlanks()
    const c = this.#peek()
    if (c === END || among(c, '=')) return this.#fail("unexpected '='")
    if (among(c, '.')) return this.#fail("unexpected '.'")
    this.#stack.push(this.#keyEnd)
    return among(c, '"\'') ? this.#skip(this.#quotedName) : this.#bareName
  }

  #keyEnd = (): State => {
    this.#skipBlanks()
    const c = this.#next()
    if (c === END) return this.#fail("unexpected EOF; expected key separator '='")
    if (among(c, '.')) return this.#skip(this.#keyNameStart)
    if (among(c, '=')) {
      this.#emit('keyEnd')
      return this.#skip(this.#value)
    }
    const message = `expected '.' or '=', but got ${quoteRune(c)} instead`
    return c === 0x0a ? this.#failBefore(message) : this.#fail(message)
  }

  #value = (): State => {
    const c = this.#next()
    if (isBlank(c)) return this.#skip(this.#value)
    if (isDigit(c)) {
      this.#back()
      return this.#numberStart
    }
    switch (String.fromCodePoint(c)) {
      case '[':
        this.#ignore()
        this.#emit('array')
        return this.#arrayValue
      case '{':
        this.#ignore()
        this.#emit('inlineTable')
        return this.#inlineValue
      case '"':
        return this.#quoted('"', this.#string, this.#multilineString)
      case "'":
        return this.#quoted("'", this.#rawString, this.#rawMultilineString)
      case '.':
        return this.#fail("floats must start with a digit, not '.'")
      case 'i':
      case 'n':
        if ((this.#accept('n') && this.#accept('f')) || (this.#accept('a') && this.#accept('n'))) {
          this.#emit('float')
          return this.#pop()
        }
        break
      case '-':
      case '+':
        return this.#signedStart
    }
    if (isLetter(c)) {
      this.#back()
      return this.#word
    }
    if (c === END) return this.#fail('unexpected EOF; expected value')
    const message = `expected value but found ${quoteRune(c)} instead`
    return c === 0x0a ? this.#failBefore(message) : this.#fail(message)
  }

  #quoted(mark: string, single: State, multiline: State): State {
    if (this.#accept(mark)) {
      if (this.#accept(mark)) return this.#skip(multiline)
      this.#back()
    }
    return this.#skip(single)
  }

  #arrayValue = (): State => {
    const c = this.#next()
    if (isBlank(c) || isNewline(c)) return this.#skip(this.#arrayValue)
    if (among(c, '#')) {
      this.#stack.push(this.#arrayValue)
      return this.#commentStart
    }
    if (among(c, ',')) return this.#fail('unexpected comma')
    if (among(c, ']')) return this.#arrayEnd
    this.#back()
    this.#stack.push(this.#arrayValueEnd)
    return this.#value
  }

  #arrayValueEnd = (): State => {
    const c = this.#next()
    if (isBlank(c) || isNewline(c)) return this.#skip(this.#arrayValueEnd)
    if (among(c, '#')) {
      this.#stack.push(this.#arrayValueEnd)
      return this.#commentStart
    }
    if (among(c, ',')) return this.#skip(this.#arrayValue)
    if (among(c, ']')) return this.#arrayEnd
    return this.#fail(`expected a comma (',') or array terminator (']'), but got ${named(c)}`)
  }

  #arrayEnd = (): State => {
    this.#ignore()
    this.#emit('arrayEnd')
    return this.#pop()
  }

  #inlineValue = (): State => {
    const c = this.#next()
    if (isBlank(c) || isNewline(c)) return this.#skip(this.#inlineValue)
    if (among(c, '#')) {
      this.#stack.push(this.#inlineValue)
      return this.#commentStart
    }
    if (among(c, ',')) return this.#fail('unexpected comma')
    if (among(c, '}')) return this.#inlineEnd
    this.#back()
    this.#stack.push(this.#inlineValueEnd)
    return this.#keyStart
  }

  #inlineValueEnd = (): State => {
    const c = this.#next()
    if (isBlank(c) || isNewline(c)) return this.#skip(this.#inlineValueEnd)
    if (among(c, '#')) {
      this.#stack.push(this.#inlineValueEnd)
      return this.#commentStart
    }
    if (among(c, ',')) {
      this.#ignore()
      this.#skipBlanks()
      return among(this.#peek(), '}') ? this.#inlineValueEnd : this.#inlineValue
    }
    if (among(c, '}')) return this.#inlineEnd
    return this.#fail(`expected a comma or an inline table terminator '}', but got ${named(c)} instead`)
  }

  #inlineEnd = (): State => {
    this.#ignore()
    this.#emit('inlineTableEnd')
    return this.#pop()
  }

  /** Ends a string at its closing quotes, which are not part of it. */
  #closeString(kind: ItemKind, quotes: number): State {
    for (let i = 0; i < quotes; i++) this.#back()
    this.#emit(kind)
    for (let i = 0; i < quotes; i++) this.#next()
    return this.#skip(this.#pop())
  }

  #string = (): State => {
    const c = this.#next()
    if (c === END) return this.#fail("unexpected EOF; expected '\"'")
    if (isNewline(c)) return this.#failBefore('strings cannot contain newlines')
    if (among(c, '\\')) {
      this.#stack.push(this.#string)
      return this.#escape
    }
    if (!among(c, '"')) return this.#string
    const kind = this.#escaped ? 'escapedString' : 'string'
    this.#escaped = false
    return this.#closeString(kind, 1)
  }

  #rawString = (): State => {
    const c = this.#next()
    if (c === END) return this.#fail('unexpected EOF; expected "\'"')
    if (isNewline(c)) return this.#failBefore('strings cannot contain newlines')
    return among(c, "'") ? this.#closeString('rawString', 1) : this.#rawString
  }

  #multilineString = (): State => {
    const c = this.#next()
    if (c === END) return this.#fail('unexpected EOF; expected \'"""\'')
    if (among(c, '\\')) {
      if (isNewline(this.#next())) return this.#multilineString
      this.#back()
      this.#stack.push(this.#multilineString)
      return this.#escape
    }
    if (!among(c, '"')) return this.#multilineString
    return this.#tripleQuote('"', 'multilineString', this.#multilineString)
  }

  #rawMultilineString = (): State => {
    const c = this.#next()
    if (c === END) return this.#fail("unexpected EOF; expected \"'''\"")
    if (!among(c, "'")) return this.#rawMultilineString
    return this.#tripleQuote("'", 'rawMultilineString', this.#rawMultilineString)
  }

  /** After one quote: the end, if two more follow and no further one does. Up to two quotes may stand before the end. */
  #tripleQuote(mark: string, kind: ItemKind, self: State): State {
    if (!this.#accept(mark)) return self
    if (!this.#accept(mark)) {
      this.#back()
      return self
    }
    if (this.#peek() === mark.charCodeAt(0)) {
      const five = mark.repeat(5)
      const current = this.#current()
      if (current.endsWith(five) && !(mark === '"' && current.endsWith(`\\${five}`))) {
        const outer = mark === '"' ? "'" : '"'
        return this.#fail(`unexpected ${outer}${mark.repeat(6)}${outer}`)
      }
      this.#back()
      this.#back()
      return self
    }
    if (mark === '"') this.#escaped = false
    return this.#closeString(kind, 3)
  }

  #escape = (): State => {
    this.#escaped = true
    const c = this.#next()
    if (among(c, 'ebtnfr" \t\\')) return this.#pop()
    if (among(c, 'x')) return this.#hexEscape(2, "two hexadecimal digits after '\\x'")
    if (among(c, 'u')) return this.#hexEscape(4, "four hexadecimal digits after '\\u'")
    if (among(c, 'U')) return this.#hexEscape(8, "eight hexadecimal digits after '\\U'")
    const message = `invalid escape in string '\\${String.fromCodePoint(c)}'`
    return this.#atEnd ? this.#failBefore(message) : this.#fail(message)
  }

  #hexEscape(digits: number, what: string): State {
    for (let i = 0; i < digits; i++) {
      if (!isHex(this.#next())) return this.#fail(`expected ${what}, but got ${quote(this.#current())} instead`)
    }
    return this.#pop()
  }

  #finish(kind: ItemKind, value?: string): State {
    this.#back()
    this.#emit(kind, value ?? this.#current())
    return this.#pop()
  }

  #numberStart = (): State => (among(this.#next(), '0') ? this.#baseNumber : this.#numberOrDate)

  #numberOrDate = (): State => {
    const c = this.#next()
    if (isDigit(c)) return this.#numberOrDate
    if (among(c, '-:')) return this.#datetime
    if (among(c, '_')) return this.#decimal
    if (among(c, '.eE')) return this.#float
    return this.#finish('integer')
  }

  #datetime = (): State => {
    const c = this.#next()
    if (isDigit(c) || among(c, '-:Tt .Zz+')) return this.#datetime
    this.#back()
    this.#emit('datetime', this.#current().trim())
    return this.#pop()
  }

  #decimal = (): State => {
    const c = this.#next()
    if (isDigit(c) || among(c, '_')) return this.#decimal
    if (among(c, '.eE')) return this.#float
    return this.#finish('integer')
  }

  #float = (): State => {
    const c = this.#next()
    if (isDigit(c) || among(c, '_.-+eE')) return this.#float
    return this.#finish('float')
  }

  #signedStart = (): State => {
    const c = this.#next()
    if (among(c, 'in')) {
      const [second, third] = among(c, 'i') ? ['n', 'f'] : ['a', 'n']
      if (!this.#accept(second as string) || !this.#accept(third as string)) {
        return this.#fail(`invalid float: '${this.#current()}'`)
      }
      this.#emit('float')
      return this.#pop()
    }
    if (among(c, '0')) {
      const base = this.#peek()
      if (among(base, 'box')) {
        return this.#fail(`cannot use sign with non-decimal numbers: '${this.#current()}${String.fromCodePoint(base)}'`)
      }
    }
    if (among(c, '.')) return this.#fail("floats must start with a digit, not '.'")
    if (isDigit(c)) return this.#decimal
    return this.#fail(`expected a digit but got ${quoteRune(c)}`)
  }

  #baseNumber = (): State => {
    const c = this.#next()
    if (isDigit(c)) return this.#numberOrDate
    if (among(c, '_')) return this.#decimal
    if (among(c, '.eE')) return this.#float
    const base = c === END ? undefined : BASES[String.fromCodePoint(c)]
    if (base === undefined) return this.#finish('integer')
    const [holds, name] = base
    const first = this.#peek()
    if (!holds(first)) this.#fail(`not ${name} number: '${this.#current()}${String.fromCodePoint(first)}'`)
    const digits = (): State => {
      const digit = this.#next()
      return holds(digit) || among(digit, '_') ? digits : this.#finish('integer')
    }
    return digits
  }

  #word = (): State => {
    let word = ''
    for (let c = this.#next(); c !== END && isLetter(c); c = this.#next()) word += String.fromCodePoint(c)
    this.#back()
    if (word === 'true' || word === 'false') {
      this.#emit('bool')
      return this.#pop()
    }
    return this.#fail(`expected value but found ${quote(word)} instead`)
  }

  #commentStart = (): State => {
    this.#ignore()
    this.#emit('comment')
    return this.#comment
  }

  #comment = (): State => {
    const c = this.#next()
    return isNewline(c) || c === END ? this.#finish('text') : this.#comment
  }
}
