import {
  CLASSES,
  COLON,
  DASH,
  DOUBLE_QUOTE,
  HASH,
  KEY_PART,
  KEY_START,
  NEWLINE,
  SINGLE_QUOTE,
  SPACE,
  TAB,
} from './plain-characters.ts'
import { resolvePlain } from './resolve.ts'

/** Keys longer than this go to the parser: libyaml wants their colon within 1024 characters. */
const MAX_KEY = 1000

/** What a mapping becomes. */
export type PlainMapping = Map<string, unknown> | Record<string, unknown>

/** How a text becomes values; see `DecodeOptions`. */
export interface PlainOptions {
  readonly plain: boolean
  readonly strict: boolean
  readonly integers?: boolean
}

/**
 * A text and the place in it to which it has been read. Once it turns out to need the parser, `failed` is set and the text counts
 * as read, so that every function of the plain reader returns as soon as it can.
 */
export class PlainSource {
  failed = false
  readonly text: string
  /** Mappings become plain objects, else Maps. */
  readonly plain: boolean
  /** A key that stands twice is for the parser. */
  readonly strict: boolean
  /** Integers become bigint. */
  readonly integers: boolean
  /** The next character to read. */
  pos = 0
  lineStart = 0
  /** A comment stood behind the plain scalar's line that was read last. */
  isCommented = false
  /** Column of `pos` at the start of a line's content; -1 at the end of the text. */
  column = 0
  /** Collections that are open. */
  depth = 0

  constructor(text: string, options: PlainOptions) {
    this.text = text
    this.plain = options.plain
    this.strict = options.strict
    this.integers = options.integers === true
  }

  /** Notes that the text needs the parser. */
  fail(): undefined {
    this.failed = true
    this.column = -1
    return undefined
  }

  /** Goes from the start of a line to the next content, over empty lines and comments. */
  nextLine(): void {
    const text = this.text
    let start = this.pos
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
        this.lineStart = start
        this.pos = pos
        this.column = pos - start
        return
      }
      start = pos + 1
    }
    this.pos = text.length
    this.column = -1
  }

  /** Ends a line behind its content: only spaces and a comment may be left of it. */
  endLine(): void {
    const text = this.text
    let pos = this.pos
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
      this.fail()
      return
    }
    this.pos = pos + 1
    this.nextLine()
  }

  /** Whether an entry of a sequence begins here. */
  isDash(): boolean {
    const text = this.text
    const next = text.charCodeAt(this.pos + 1)
    return text.charCodeAt(this.pos) === DASH && (next === SPACE || next === NEWLINE || Number.isNaN(next))
  }

  /** Passes over spaces; whether only a comment is left of the line. */
  isAtLineEnd(): boolean {
    const text = this.text
    let pos = this.pos
    while (text.charCodeAt(pos) === SPACE) pos++
    const c = text.charCodeAt(pos)
    if (c === NEWLINE || pos >= text.length) {
      this.pos = pos
      return true
    }
    // A comment needs the space before it that `endLine` looks for.
    this.pos = c === HASH ? pos - 1 : pos
    return c === HASH
  }

  /** Passes over spaces within a line. */
  skipSpaces(): void {
    while (this.text.charCodeAt(this.pos) === SPACE) this.pos++
  }

  /** Takes a key and its colon; undefined, and nothing taken, when there is none that is plain. */
  key(): string | undefined {
    const text = this.text
    const start = this.pos
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
    this.pos = end + 1
    return key
  }
}

/** Whether a mapping has a key. */
export function has(map: PlainMapping, key: string): boolean {
  return map instanceof Map ? map.has(key) : Object.hasOwn(map, key)
}
