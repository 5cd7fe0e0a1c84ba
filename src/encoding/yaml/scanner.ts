import { isBlankOrEnd, isBreak, isBreakOrEnd } from './characters.ts'
import { Cursor, type Mark } from './cursor.ts'
import { type InputProblem } from './input.ts'
import { scanAnchorName, scanDirective, scanTag } from './scan-properties.ts'
import { scanBlockScalar } from './scan-block.ts'
import { scanPlainScalar, scanQuotedScalar } from './scan-flow.ts'
import { type SimpleKey, STYLE, TOKEN, Token } from './token.ts'

/** Brackets or indentation deeper than this are refused, as in go-yaml. */
const MAX_DEPTH = 10_000

/** A key without `?` must find its `:` within this many characters. */
const MAX_SIMPLE_KEY = 1024

/**
 * Turns text into tokens, with libyaml's rules and errors.
 *
 * The hard part is a key such as `a: 1`: only the `:` tells that `a` was a key. So the scanner remembers where a simple key may
 * have begun (one candidate per bracket level) and, at the `:`, inserts KEY (and, if the line is indented deeper, BLOCK-MAPPING-START)
 * in front of tokens that are still queued. `peek` therefore scans on while the token at the head is such a candidate.
 */
export class Scanner {
  readonly cursor: Cursor
  #queue: Token[] = []
  #head = 0
  /** Number of tokens already handed out. */
  #taken = 0
  #started = false
  #done = false
  #indents: number[] = []
  #keys: SimpleKey[] = []
  /** The candidate that the next queued token begins. */
  #pendingKey: SimpleKey | undefined

  constructor(text: string, problem: InputProblem | undefined) {
    this.cursor = new Cursor(text, problem)
  }

  /** The next token, which stays where it is. */
  peek(): Token {
    for (;;) {
      const token = this.#queue[this.#head]
      if (token !== undefined) {
        const key = token.key
        if (key === undefined || key.tokenNumber !== this.#taken || !this.#isValid(key)) return token
      }
      this.#fetch()
    }
  }

  /** Drops the token that `peek` gave. */
  skip(): void {
    this.#head++
    this.#taken++
    if (this.#head === this.#queue.length) {
      this.#queue.length = 0
      this.#head = 0
    }
  }

  #push(type: number, mark: Mark, value = '', style = 0, suffix = ''): void {
    const token = new Token(type, mark.line, mark.column, value, suffix, style)
    if (this.#pendingKey !== undefined) {
      token.key = this.#pendingKey
      this.#pendingKey = undefined
    }
    this.#queue.push(token)
  }

  #insert(tokenNumber: number, type: number, mark: Mark): void {
    const token = new Token(type, mark.line, mark.column, '', '', 0)
    this.#queue.splice(this.#head + tokenNumber - this.#taken, 0, token)
  }

  #fetch(): void {
    const cursor = this.cursor
    if (!this.#started) {
      this.#started = true
      this.#keys.push({ possible: false, required: false, tokenNumber: -1, offset: 0, line: 0, column: 0 })
      this.#push(TOKEN.streamStart, cursor.mark())
      return
    }
    this.#skipToToken()
    this.#unrollIndent(cursor.pos - cursor.lineStart)
    const c = cursor.text.charCodeAt(cursor.pos)
    if (c === 0) {
      cursor.checkInput()
      this.#fetchStreamEnd()
      return
    }
    if (cursor.pos === cursor.lineStart) {
      if (c === 0x25) {
        this.#fetchDirective()
        return
      }
      if (cursor.atDocumentIndicator()) {
        this.#fetchDocumentIndicator(c === 0x2d ? TOKEN.documentStart : TOKEN.documentEnd)
        return
      }
    }
    this.#fetchContent(c)
  }

  #fetchContent(c: number): void {
    const cursor = this.cursor
    const inFlow = cursor.flowLevel > 0
    switch (c) {
      case 0x5b:
        return this.#fetchFlowStart(TOKEN.flowSequenceStart)
      case 0x7b:
        return this.#fetchFlowStart(TOKEN.flowMappingStart)
      case 0x5d:
        return this.#fetchFlowEnd(TOKEN.flowSequenceEnd)
      case 0x7d:
        return this.#fetchFlowEnd(TOKEN.flowMappingEnd)
      case 0x2c:
        return this.#fetchFlowEntry()
      case 0x2d:
        if (isBlankOrEnd(cursor.peek(1))) return this.#fetchBlockEntry()
        return this.#fetchPlain()
      case 0x3f:
        if (inFlow || isBlankOrEnd(cursor.peek(1))) return this.#fetchKey()
        return this.#fetchPlain()
      case 0x3a:
        if (inFlow || isBlankOrEnd(cursor.peek(1))) return this.#fetchValue()
        return this.#fetchPlain()
      case 0x2a:
        return this.#fetchAnchor(TOKEN.alias)
      case 0x26:
        return this.#fetchAnchor(TOKEN.anchor)
      case 0x21:
        return this.#fetchTag()
      case 0x27:
      case 0x22:
        return this.#fetchQuoted(c === 0x27)
      case 0x7c:
      case 0x3e:
        if (!inFlow) return this.#fetchBlockScalar(c === 0x7c)
        break
      case 0x20:
      case 0x09:
      case 0x23:
      case 0x25:
      case 0x40:
      case 0x60:
        break
      default:
        return this.#fetchPlain()
    }
    cursor.fail('found character that cannot start any token', cursor.mark())
  }

  #skipToToken(): void {
    const cursor = this.cursor
    const text = cursor.text
    for (;;) {
      if (cursor.pos === 0 && text.charCodeAt(0) === 0xfeff) cursor.pos++
      const tabs = cursor.flowLevel > 0 || !cursor.simpleKeyAllowed
      let pos = cursor.pos
      let c = text.charCodeAt(pos)
      while (c === 0x20 || (tabs && c === 0x09)) c = text.charCodeAt(++pos)
      if (c === 0x23) while (!isBreakOrEnd(c)) c = text.charCodeAt(++pos)
      cursor.pos = pos
      if (!isBreak(c)) return
      cursor.skipBreak()
      if (cursor.flowLevel === 0) cursor.simpleKeyAllowed = true
    }
  }

  #isValid(key: SimpleKey): boolean {
    if (!key.possible) return false
    const cursor = this.cursor
    if (key.line < cursor.line || this.#distance(key) > MAX_SIMPLE_KEY) {
      if (key.required) cursor.fail("could not find expected ':'", key)
      key.possible = false
      return false
    }
    return true
  }

  /** Characters from the start of `key` to the cursor. */
  #distance(key: SimpleKey): number {
    const units = this.cursor.pos - key.offset
    if (units <= MAX_SIMPLE_KEY || units > 2 * MAX_SIMPLE_KEY) return units
    return Array.from(this.cursor.text.slice(key.offset, this.cursor.pos)).length
  }

  #saveKey(): void {
    const cursor = this.cursor
    if (!cursor.simpleKeyAllowed) return
    const column = cursor.pos - cursor.lineStart
    this.#removeKey()
    const key: SimpleKey = {
      possible: true,
      required: cursor.flowLevel === 0 && cursor.indent === column,
      tokenNumber: this.#taken + this.#queue.length - this.#head,
      offset: cursor.pos,
      line: cursor.line,
      column,
    }
    this.#keys[this.#keys.length - 1] = key
    this.#pendingKey = key
  }

  #removeKey(): void {
    const key = this.#keys[this.#keys.length - 1] as SimpleKey
    if (!key.possible) return
    if (key.required) this.cursor.fail("could not find expected ':'", key)
    key.possible = false
  }

  /** Opens a block when the column is deeper; `tokenNumber` says before which queued token it opens (-1: at the end). */
  #rollIndent(column: number, tokenNumber: number, type: number, mark: Mark): void {
    const cursor = this.cursor
    if (cursor.flowLevel > 0 || cursor.indent >= column) return
    this.#indents.push(cursor.indent)
    cursor.indent = column
    if (this.#indents.length > MAX_DEPTH) {
      cursor.fail(`exceeded max depth of ${MAX_DEPTH}`, this.#keys[this.#keys.length - 1] as SimpleKey)
    }
    if (tokenNumber < 0) this.#push(type, mark)
    else this.#insert(tokenNumber, type, mark)
  }

  #unrollIndent(column: number): void {
    const cursor = this.cursor
    if (cursor.flowLevel > 0 || cursor.indent <= column) return
    const mark = cursor.mark()
    while (cursor.indent > column) {
      this.#push(TOKEN.blockEnd, mark)
      cursor.indent = this.#indents.pop() as number
    }
  }

  #fetchStreamEnd(): void {
    if (this.#done) return
    const cursor = this.cursor
    if (cursor.pos !== cursor.lineStart) {
      cursor.line++
      cursor.lineStart = cursor.pos
    }
    this.#unrollIndent(-1)
    this.#removeKey()
    cursor.simpleKeyAllowed = false
    this.#push(TOKEN.streamEnd, cursor.mark())
    this.#done = true
  }

  #fetchDirective(): void {
    this.#unrollIndent(-1)
    this.#removeKey()
    this.cursor.simpleKeyAllowed = false
    const mark = this.cursor.mark()
    const directive = scanDirective(this.cursor)
    if (directive.name === 'YAML') this.#push(TOKEN.versionDirective, mark, directive.value)
    else this.#push(TOKEN.tagDirective, mark, directive.value, 0, directive.prefix)
  }

  #fetchDocumentIndicator(type: number): void {
    this.#unrollIndent(-1)
    this.#removeKey()
    this.cursor.simpleKeyAllowed = false
    this.#push(type, this.cursor.mark())
    this.cursor.pos += 3
  }

  #fetchFlowStart(type: number): void {
    const cursor = this.cursor
    this.#saveKey()
    const mark = cursor.mark()
    const { line, column } = mark
    this.#keys.push({ possible: false, required: false, tokenNumber: -1, offset: cursor.pos, line, column })
    cursor.flowLevel++
    if (cursor.flowLevel > MAX_DEPTH) cursor.fail(`exceeded max depth of ${MAX_DEPTH}`, mark)
    cursor.simpleKeyAllowed = true
    cursor.pos++
    this.#push(type, mark)
  }

  #fetchFlowEnd(type: number): void {
    const cursor = this.cursor
    this.#removeKey()
    if (cursor.flowLevel > 0) {
      cursor.flowLevel--
      this.#keys.pop()
    }
    cursor.simpleKeyAllowed = false
    this.#push(type, cursor.mark())
    cursor.pos++
  }

  #fetchFlowEntry(): void {
    this.#removeKey()
    this.cursor.simpleKeyAllowed = true
    this.#push(TOKEN.flowEntry, this.cursor.mark())
    this.cursor.pos++
  }

  #fetchBlockEntry(): void {
    const cursor = this.cursor
    const mark = cursor.mark()
    // Inside brackets the parser reports it, because only the parser knows which collection is open.
    if (cursor.flowLevel === 0) {
      if (!cursor.simpleKeyAllowed) cursor.fail('block sequence entries are not allowed in this context', mark)
      this.#rollIndent(mark.column, -1, TOKEN.blockSequenceStart, mark)
    }
    this.#removeKey()
    cursor.simpleKeyAllowed = true
    this.#push(TOKEN.blockEntry, mark)
    cursor.pos++
  }

  #fetchKey(): void {
    const cursor = this.cursor
    const mark = cursor.mark()
    if (cursor.flowLevel === 0) {
      if (!cursor.simpleKeyAllowed) cursor.fail('mapping keys are not allowed in this context', mark)
      this.#rollIndent(mark.column, -1, TOKEN.blockMappingStart, mark)
    }
    this.#removeKey()
    cursor.simpleKeyAllowed = cursor.flowLevel === 0
    this.#push(TOKEN.key, mark)
    cursor.pos++
  }

  #fetchValue(): void {
    const cursor = this.cursor
    const key = this.#keys[this.#keys.length - 1] as SimpleKey
    const mark = cursor.mark()
    if (this.#isValid(key)) {
      this.#insert(key.tokenNumber, TOKEN.key, key)
      this.#rollIndent(key.column, key.tokenNumber, TOKEN.blockMappingStart, key)
      key.possible = false
      cursor.simpleKeyAllowed = false
    } else {
      if (cursor.flowLevel === 0) {
        if (!cursor.simpleKeyAllowed) cursor.fail('mapping values are not allowed in this context', mark)
        this.#rollIndent(mark.column, -1, TOKEN.blockMappingStart, mark)
      }
      cursor.simpleKeyAllowed = cursor.flowLevel === 0
    }
    this.#push(TOKEN.value, mark)
    cursor.pos++
  }

  #fetchAnchor(type: number): void {
    this.#saveKey()
    this.cursor.simpleKeyAllowed = false
    const mark = this.cursor.mark()
    this.#push(type, mark, scanAnchorName(this.cursor))
  }

  #fetchTag(): void {
    this.#saveKey()
    this.cursor.simpleKeyAllowed = false
    const mark = this.cursor.mark()
    const { handle, suffix } = scanTag(this.cursor)
    this.#push(TOKEN.tag, mark, handle, 0, suffix)
  }

  #fetchBlockScalar(literal: boolean): void {
    this.#removeKey()
    this.cursor.simpleKeyAllowed = true
    const mark = this.cursor.mark()
    const value = scanBlockScalar(this.cursor, literal)
    this.#push(TOKEN.scalar, mark, value, literal ? STYLE.literal : STYLE.folded)
  }

  #fetchQuoted(single: boolean): void {
    this.#saveKey()
    this.cursor.simpleKeyAllowed = false
    const mark = this.cursor.mark()
    const value = scanQuotedScalar(this.cursor, single)
    this.#push(TOKEN.scalar, mark, value, single ? STYLE.singleQuoted : STYLE.doubleQuoted)
  }

  #fetchPlain(): void {
    this.#saveKey()
    this.cursor.simpleKeyAllowed = false
    const mark = this.cursor.mark()
    const value = scanPlainScalar(this.cursor)
    this.#push(TOKEN.scalar, mark, value, STYLE.plain)
  }
}
