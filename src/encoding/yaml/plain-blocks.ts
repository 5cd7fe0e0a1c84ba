import { resolvePlain } from './resolve.ts'

/** What `readPlainBlocks` gives for a text that needs the parser. */
export const NEEDS_PARSER = Symbol('needs the parser')

/** Texts with a character that ends lines besides LF, is refused, or is a surrogate go to the parser. */
const UNUSUAL = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/

/** Blocks nested deeper go to the parser. */
const MAX_DEPTH = 200
/** Keys longer than this go to the parser: libyaml wants their colon within 1024 characters. */
const MAX_KEY = 1000

const NEWLINE = 0x0a
const SPACE = 0x20
const TAB = 0x09
const DASH = 0x2d
const COLON = 0x3a
const HASH = 0x23
const QUESTION = 0x3f
const BACKSLASH = 0x5c
const COMMA = 0x2c
const DOUBLE_QUOTE = 0x22
const SINGLE_QUOTE = 0x27

/** Of a character: may begin a plain key, may stand in one, may begin a plain scalar (a dash only before something). */
const KEY_START = 1
const KEY_PART = 2
const SCALAR_START = 4
const CLASSES = new Uint8Array(128)
for (let c = 0x21; c < 0x7f; c++) if (!`?:,[]{}#&*!|>'"%@\``.includes(String.fromCharCode(c))) CLASSES[c] = SCALAR_START
for (const c of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_') {
  CLASSES[c.charCodeAt(0)] = KEY_START | KEY_PART | SCALAR_START
}
for (const c of '0123456789./') CLASSES[c.charCodeAt(0)] = KEY_START | KEY_PART | SCALAR_START
CLASSES[DASH] = KEY_PART | SCALAR_START

type Container = Map<string, unknown> | Record<string, unknown>

/**
 * Reads a document line by line, as most values files and manifests allow: block mappings and sequences, literal block scalars, plain
 * and quoted scalars, collections in brackets on one line. Anything else (several documents, anchors, tags, folded blocks, rare
 * escapes, odd words, and everything that is wrong) gives `NEEDS_PARSER`, so errors always come from the parser. What it does give is
 * what the parser gives, at a fraction of the time: no tokens, no events. With `strict` a key that stands twice goes to the parser, too.
 */
export function readPlainBlocks(text: string, options: { readonly plain: boolean; readonly strict: boolean }): unknown {
  if (UNUSUAL.test(text)) return NEEDS_PARSER
  const reader = new PlainReader(text, options.plain, options.strict)
  const value = reader.document()
  return reader.failed ? NEEDS_PARSER : value
}

class PlainReader {
  /** Set once the text turned out to need the parser; then every method returns as soon as it can. */
  failed = false
  readonly #text: string
  readonly #plain: boolean
  readonly #strict: boolean
  /** The next character to read. */
  #pos = 0
  #lineStart = 0
  /** A comment stood behind the plain scalar's line that was read last. */
  #isCommented = false
  /** Column of `#pos` at the start of a line's content; -1 at the end of the text. */
  #column = 0
  #depth = 0

  constructor(text: string, plain: boolean, strict: boolean) {
    this.#text = text
    this.#plain = plain
    this.#strict = strict
  }

  document(): unknown {
    if (this.#text.startsWith('---\n')) this.#pos = 4
    this.#nextLine()
    if (this.failed || this.#column < 0) return null
    const value = this.#content(-1)
    if (this.#column >= 0) this.failed = true
    return value
  }

  #fail(): undefined {
    this.failed = true
    this.#column = -1
    return undefined
  }

  /** Goes from the start of a line to the next content, over empty lines and comments. */
  #nextLine(): void {
    const text = this.#text
    let start = this.#pos
    while (!this.failed) {
      let pos = start
      let c = text.charCodeAt(pos)
      while (c === SPACE) c = text.charCodeAt(++pos)
      if (c === HASH) {
        pos = text.indexOf('\n', pos)
        if (pos < 0) break
      } else if (c !== NEWLINE) {
        if (c === TAB) this.failed = true
        if (c === TAB || pos >= text.length) break
        this.#lineStart = start
        this.#pos = pos
        this.#column = pos - start
        return
      }
      start = pos + 1
    }
    this.#pos = text.length
    this.#column = -1
  }

  /** Ends a line behind its content: only spaces and a comment may be left of it. */
  #endLine(): void {
    const text = this.#text
    let pos = this.#pos
    let c = text.charCodeAt(pos)
    if (c === SPACE) {
      while (c === SPACE) c = text.charCodeAt(++pos)
      if (c === HASH) {
        const end = text.indexOf('\n', pos)
        pos = end < 0 ? text.length : end
        c = NEWLINE
      }
    }
    if (pos < text.length && c !== NEWLINE) {
      this.#fail()
      return
    }
    this.#pos = pos + 1
    this.#nextLine()
  }

  /** What begins at the content of a line, in a block of this column. */
  #content(column: number): unknown {
    const inner = this.#column
    if (this.#isDash()) return this.#sequence(inner, false)
    const key = this.#key()
    return key === undefined ? this.#scalar(column) : this.#mapping(inner, key)
  }

  #isDash(): boolean {
    const text = this.#text
    const next = text.charCodeAt(this.#pos + 1)
    return text.charCodeAt(this.#pos) === DASH && (next === SPACE || next === NEWLINE)
  }

  /** Takes a key and its colon; undefined, and nothing taken, when there is none that is plain. */
  #key(): string | undefined {
    const text = this.#text
    const start = this.#pos
    const first = text.charCodeAt(start)
    let end = start
    let key: string
    if (first === DOUBLE_QUOTE || first === SINGLE_QUOTE) {
      const close = text.indexOf(first === DOUBLE_QUOTE ? '"' : "'", start + 1)
      if (close < 0 || text.charCodeAt(close + 1) !== COLON) return undefined
      key = text.slice(start + 1, close)
      if (/[\n\t\\]/.test(key)) return undefined
      end = close + 1
    } else {
      if (((CLASSES[first] ?? 0) & KEY_START) === 0) return undefined
      while (((CLASSES[text.charCodeAt(end)] ?? 0) & KEY_PART) !== 0) end++
      if (text.charCodeAt(end) !== COLON) return undefined
      key = text.slice(start, end)
      if (resolvePlain(key, 2, false) !== undefined) return undefined
    }
    const next = text.charCodeAt(end + 1)
    if ((next !== SPACE && next !== NEWLINE) || key.length > MAX_KEY || key === '__proto__') return undefined
    this.#pos = end + 1
    return key
  }

  /** Reads a mapping whose first key has been taken. */
  #mapping(column: number, firstKey: string): Container {
    const map: Container = this.#plain ? {} : new Map<string, unknown>()
    if (++this.#depth > MAX_DEPTH) this.#fail()
    if (this.failed) return map
    for (let key: string | undefined = firstKey; ; key = this.#key()) {
      if (key === undefined || (this.#strict && has(map, key))) {
        this.#fail()
        return map
      }
      const value = this.#mappingValue(column)
      if (map instanceof Map) map.set(key, value)
      else map[key] = value
      if (this.#column < column) break
      if (this.#column > column) {
        this.#fail()
        break
      }
    }
    this.#depth--
    return map
  }

  #mappingValue(column: number): unknown {
    if (!this.#isAtLineEnd()) return this.#scalar(column)
    this.#endLine()
    if (this.#column > column) return this.#content(column)
    return this.#column === column && this.#isDash() ? this.#sequence(column, true) : null
  }

  /** Passes over spaces; whether only a comment is left of the line. */
  #isAtLineEnd(): boolean {
    const text = this.#text
    let pos = this.#pos
    while (text.charCodeAt(pos) === SPACE) pos++
    const c = text.charCodeAt(pos)
    if (c === NEWLINE || pos >= text.length) {
      this.#pos = pos
      return true
    }
    // A comment needs the space before it that `#endLine` looks for.
    this.#pos = c === HASH ? pos - 1 : pos
    return c === HASH
  }

  /** Reads the sequence whose first dash is next; `isIndentless` when it stands no deeper than the key above it. */
  #sequence(column: number, isIndentless: boolean): unknown[] {
    const list: unknown[] = []
    if (++this.#depth > MAX_DEPTH) this.#fail()
    if (this.failed) return list
    do {
      list.push(this.#item(column))
      if (this.#column < column) break
      if (this.#column > column) this.#fail()
    } while (this.#isDash() && !this.failed)
    if (this.#column === column && !isIndentless) this.#fail()
    this.#depth--
    return list
  }

  #item(column: number): unknown {
    this.#pos++
    if (this.#isAtLineEnd()) {
      this.#endLine()
      return this.#column > column ? this.#content(column) : null
    }
    this.#column = this.#pos - this.#lineStart
    return this.#content(column)
  }

  /** Reads a scalar, or a collection in brackets, in a block of this column; then goes to the next content, which must not be deeper. */
  #scalar(column: number): unknown {
    if (column < 0) return this.#fail()
    const value = this.#scalarHere(column)
    if (this.#column > column) this.#fail()
    return value
  }

  #scalarHere(column: number): unknown {
    const c = this.#text.charCodeAt(this.#pos)
    if (c === 0x7c) return this.#literal(column)
    if (((c < 128 ? CLASSES[c] : SCALAR_START) as number) & SCALAR_START && !this.#isDash())
      return this.#plainScalar(column)
    if (c === COLON || c === QUESTION) {
      const next = this.#text.charCodeAt(this.#pos + 1)
      return next > SPACE ? this.#plainScalar(column) : this.#fail()
    }
    const value = this.#flowItem()
    this.#endLine()
    return value
  }

  /** Takes a quoted scalar; folded when it goes over several lines. */
  #quoted(mark: number): string | undefined {
    const text = this.#text
    const isDouble = mark === DOUBLE_QUOTE
    const start = this.#pos + 1
    let isPlain = true
    let at = start
    for (; ; at++) {
      const c = text.charCodeAt(at)
      if (c === mark) {
        if (isDouble || text.charCodeAt(at + 1) !== mark) break
        isPlain = false
        at++
      } else if (c === NEWLINE) isPlain = false
      else if (c === BACKSLASH && isDouble) {
        isPlain = false
        at++
      } else if (c === TAB || at >= text.length) return this.#fail()
    }
    this.#pos = at + 1
    const raw = text.slice(start, at)
    if (isPlain) return raw
    const folded = raw.includes('\n') ? this.#folded(raw) : raw
    if (folded === undefined) return undefined
    return isDouble ? this.#unescaped(folded) : folded.replaceAll("''", "'")
  }

  /** Lines of a quoted scalar as one text. */
  #folded(raw: string): string | undefined {
    // A backslash at the end of a line, and what might end the document, are for the parser.
    if (/\\ *\n|\n(?:---|\.\.\.)/.test(raw)) return this.#fail()
    return raw.replace(/ *\n(?: *\n)* */g, (gap) => {
      const breaks = gap.replaceAll(' ', '').length
      return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1)
    })
  }

  #unescaped(text: string): string | undefined {
    if (/\\[^"\\nrt]/.test(text.replaceAll('\\\\', ''))) return this.#fail()
    return text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c === 'r' ? '\r' : c))
  }

  /** Takes a plain scalar, with the deeper lines that go on with it. */
  #plainScalar(column: number): unknown {
    const text = this.#text
    let value = this.#plainLine()
    while (!this.#isCommented) {
      let start = this.#pos
      let breaks = 0
      let at = start
      for (;;) {
        while (text.charCodeAt(at) === SPACE) at++
        if (text.charCodeAt(at) !== NEWLINE) break
        breaks++
        start = ++at
      }
      if (at - start <= column || at >= text.length || text.charCodeAt(at) === HASH) break
      this.#lineStart = start
      this.#pos = at
      value += (breaks === 0 ? ' ' : '\n'.repeat(breaks)) + this.#plainLine()
    }
    this.#nextLine()
    return this.#resolved(value)
  }

  /** The rest of a line of a plain scalar, without a comment; notes whether there is one, and goes to the start of the next line. */
  #plainLine(): string {
    const text = this.#text
    const newline = text.indexOf('\n', this.#pos)
    const end = newline < 0 ? text.length : newline
    let line = text.slice(this.#pos, end)
    const comment = line.indexOf(' #')
    let last = comment < 0 ? line.length : comment
    while (line.charCodeAt(last - 1) === SPACE) last--
    if (last < line.length) line = line.slice(0, last)
    this.#isCommented = comment >= 0
    this.#pos = Math.min(end + 1, text.length)
    if (line.includes(': ') || line.endsWith(':') || line.includes('\t')) {
      this.#isCommented = true
      this.#fail()
    }
    return line
  }

  /** What a plain scalar means. */
  #resolved(text: string): unknown {
    const resolved = resolvePlain(text, 2, false)
    if (resolved === undefined) return text
    const { value } = resolved
    if (typeof value === 'bigint') return Number(value)
    return typeof value === 'number' && !Number.isFinite(value) ? this.#fail() : value
  }

  /** Takes a quoted scalar, or a collection in brackets that ends on this line. */
  #flowItem(): unknown {
    const c = this.#text.charCodeAt(this.#pos)
    if (c === DOUBLE_QUOTE || c === SINGLE_QUOTE) return this.#quoted(c)
    if (c !== 0x5b && c !== 0x7b) return this.#fail()
    if (++this.#depth > MAX_DEPTH) return this.#fail()
    this.#pos++
    const value = c === 0x5b ? this.#flowSequence() : this.#flowMapping()
    this.#depth--
    return value
  }

  #flowSequence(): unknown[] {
    const list: unknown[] = []
    if (this.#takeClosing(0x5d)) return list
    do {
      list.push(this.#flowValue())
    } while (this.#takeComma(0x5d))
    return list
  }

  #flowMapping(): Container {
    const map: Container = this.#plain ? {} : new Map<string, unknown>()
    if (this.#takeClosing(0x7d)) return map
    do {
      const key = this.#key()
      if (key === undefined || (this.#strict && has(map, key))) {
        this.#fail()
        break
      }
      this.#skipSpaces()
      const value = this.#flowValue()
      if (map instanceof Map) map.set(key, value)
      else map[key] = value
    } while (this.#takeComma(0x7d))
    return map
  }

  #flowValue(): unknown {
    const text = this.#text
    const start = this.#pos
    if (((CLASSES[text.charCodeAt(start)] ?? 0) & KEY_START) === 0) return this.#flowItem()
    let end = start
    while (((CLASSES[text.charCodeAt(end)] ?? 0) & KEY_PART) !== 0) end++
    this.#pos = end
    return this.#resolved(text.slice(start, end))
  }

  #takeClosing(mark: number): boolean {
    this.#skipSpaces()
    if (this.#text.charCodeAt(this.#pos) !== mark) return false
    this.#pos++
    return true
  }

  /** Passes over a comma and gives true, or over the bracket that closes; a comma before the bracket is for the parser. */
  #takeComma(closing: number): boolean {
    if (this.failed || this.#takeClosing(closing)) return false
    if (this.#text.charCodeAt(this.#pos++) !== COMMA) this.#fail()
    this.#skipSpaces()
    if (this.#text.charCodeAt(this.#pos) === closing) this.#fail()
    return !this.failed
  }

  #skipSpaces(): void {
    while (this.#text.charCodeAt(this.#pos) === SPACE) this.#pos++
  }

  /** A literal block scalar (`|`, `|-`, `|+`) without an indentation indicator. */
  #literal(column: number): string | undefined {
    const text = this.#text
    let pos = this.#pos + 1
    const mark = text.charCodeAt(pos)
    if (mark === DASH || mark === 0x2b) pos++
    if (text.charCodeAt(pos) !== NEWLINE) return this.#fail()
    let start = pos + 1
    const indent = this.#literalIndent(start)
    if (indent < 0 || (indent <= column && mark === 0x2b)) return this.#fail()
    let value = ''
    /** Line feeds that belong to the text if more of it follows. */
    let breaks = ''
    let hasEnd = false
    while (start < text.length && indent > column) {
      let at = start
      while (at < start + indent && text.charCodeAt(at) === SPACE) at++
      const newline = text.indexOf('\n', at)
      const end = newline < 0 ? text.length : newline
      if (at === end) {
        // An empty line; spaces at the very end of the text are none.
        if (newline >= 0) breaks += '\n'
      } else if (at < start + indent) {
        if (text.charCodeAt(at) === TAB) return this.#fail()
        break
      } else {
        value += breaks + text.slice(at, end)
        breaks = newline < 0 ? '' : '\n'
        hasEnd = newline >= 0
      }
      start = end + 1
    }
    this.#pos = Math.min(start, text.length)
    this.#nextLine()
    if (mark === DASH) return value
    return mark === 0x2b ? value + breaks : hasEnd ? `${value}\n` : value
  }

  /** Indentation of the first line of a literal that begins at `start`; -1 when the parser must find it. */
  #literalIndent(start: number): number {
    const text = this.#text
    let deepest = 0
    for (let line = start; line < text.length; ) {
      let at = line
      while (text.charCodeAt(at) === SPACE) at++
      const c = text.charCodeAt(at)
      if (c !== NEWLINE) return c === TAB || at - line < deepest ? -1 : at >= text.length ? 0 : at - line
      deepest = Math.max(deepest, at - line)
      line = at + 1
    }
    return deepest > 0 ? -1 : 0
  }
}

function has(map: Container, key: string): boolean {
  return map instanceof Map ? map.has(key) : Object.hasOwn(map, key)
}
