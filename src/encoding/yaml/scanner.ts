import { isBlankOrEnd, isBreak, isBreakOrEnd } from './characters.ts'
import { Cursor } from './cursor.ts'
import type { InputProblem } from './input.ts'
import { scanAnchorName, scanDirective, scanTag } from './scan-properties.ts'
import { scanBlockScalar } from './scan-block.ts'
import { scanPlainScalar, scanQuotedScalar } from './scan-flow.ts'
import { STYLE, TOKEN, Token, type TokenPlace } from './token.ts'

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
export class Scanner implements TokenPlace {
  readonly cursor: Cursor
  /** Where the token being scanned starts. */
  line = 0
  column = 0
  offset = 0
  #queue: Token[] = []
  #head = 0
  /** Number of tokens already handed out. */
  #taken = 0
  #started = false
  #done = false
  #indents: number[] = []
  /** The candidate for a simple key at each bracket level. */
  #keys: (Token | undefined)[] = [undefined]
  /** The level at which the next queued token is a candidate; -1: it is none. */
  #keyLevel = -1
  #keyRequired = false

  constructor(text: string, problem: InputProblem | undefined) {
    this.cursor = new Cursor(text, problem)
  }

  /** The next token, which stays where it is. */
  peek(): Token {
    for (;;) {
      if (this.#head < this.#queue.length) {
        const token = this.#queue[this.#head] as Token
        if (!token.holdsBack || !this.#isValid(token)) return token
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

  /** Notes that a token starts here. */
  #begin(): void {
    const cursor = this.cursor
    this.line = cursor.line
    this.column = cursor.pos - cursor.lineStart
    this.offset = cursor.pos
    cursor.contextLine = cursor.line
  }

  /** Queues a token that starts where `#begin` was called last. */
  #push(type: number, value = '', style = 0, suffix = ''): void {
    const token = new Token(type, this, value, style, suffix)
    if (this.#keyLevel >= 0) {
      token.possibleKey = true
      token.holdsBack = true
      token.requiredKey = this.#keyRequired
      token.number = this.#taken + this.#queue.length - this.#head
      this.#keys[this.#keyLevel] = token
      this.#keyLevel = -1
    }
    this.#queue.push(token)
  }

  /** Queues a token in front of the candidate `key`; at the end, as go-yaml, when that was handed out already. */
  #insert(key: Token, type: number): void {
    const token = new Token(type, key, '', 0, '')
    if (key.number < this.#taken) this.#queue.push(token)
    else this.#queue.splice(this.#head + key.number - this.#taken, 0, token)
  }

  #fetch(): void {
    const cursor = this.cursor
    if (!this.#started) {
      this.#started = true
      this.#push(TOKEN.streamStart)
      return
    }
    this.#skipToToken()
    this.#begin()
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
        this.#fetchFlowStart(TOKEN.flowSequenceStart)
        return
      case 0x7b:
        this.#fetchFlowStart(TOKEN.flowMappingStart)
        return
      case 0x5d:
        this.#fetchFlowEnd(TOKEN.flowSequenceEnd)
        return
      case 0x7d:
        this.#fetchFlowEnd(TOKEN.flowMappingEnd)
        return
      case 0x2c:
        this.#fetchFlowEntry()
        return
      case 0x2d:
        if (isBlankOrEnd(cursor.peek(1))) this.#fetchBlockEntry()
        else this.#fetchPlain()
        return
      case 0x3f:
        if (inFlow || isBlankOrEnd(cursor.peek(1))) this.#fetchKey()
        else this.#fetchPlain()
        return
      case 0x3a:
        if (inFlow || isBlankOrEnd(cursor.peek(1))) this.#fetchValue()
        else this.#fetchPlain()
        return
      case 0x2a:
        this.#fetchAnchor(TOKEN.alias)
        return
      case 0x26:
        this.#fetchAnchor(TOKEN.anchor)
        return
      case 0x21:
        this.#fetchTag()
        return
      case 0x27:
      case 0x22:
        this.#fetchQuoted(c === 0x27)
        return
      case 0x7c:
      case 0x3e:
        if (inFlow) break
        this.#fetchBlockScalar(c === 0x7c)
        return
      case 0x20:
      case 0x09:
      case 0x23:
      case 0x25:
      case 0x40:
      case 0x60:
        break
      default:
        this.#fetchPlain()
        return
    }
    cursor.fail('found character that cannot start any token')
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

  #isValid(key: Token): boolean {
    if (!key.possibleKey) return false
    const cursor = this.cursor
    if (key.line >= cursor.line && this.#distance(key) <= MAX_SIMPLE_KEY) return true
    key.possibleKey = false
    if (key.requiredKey) this.#failKey(key)
    return false
  }

  #failKey(key: Token): never {
    this.cursor.contextLine = key.line
    this.cursor.fail("could not find expected ':'")
  }

  /** Characters from the start of `key` to the cursor. */
  #distance(key: Token): number {
    const units = this.cursor.pos - key.offset
    if (units <= MAX_SIMPLE_KEY || units > 2 * MAX_SIMPLE_KEY) return units
    return Array.from(this.cursor.text.slice(key.offset, this.cursor.pos)).length
  }

  /** Makes the next queued token a candidate for a key, if one may start here. */
  #saveKey(): void {
    const cursor = this.cursor
    if (!cursor.simpleKeyAllowed) return
    this.#removeKey()
    this.#keyLevel = this.#keys.length - 1
    this.#keyRequired = cursor.flowLevel === 0 && cursor.indent === this.column
  }

  #removeKey(): void {
    const key = this.#keys[this.#keys.length - 1]
    if (key === undefined || !key.possibleKey) return
    if (key.requiredKey) this.#failKey(key)
    key.possibleKey = false
  }

  /** Opens a block when the column is deeper: in front of the candidate `key`, or at the end of the queue. */
  #rollIndent(column: number, type: number, key: Token | undefined): void {
    const cursor = this.cursor
    if (cursor.flowLevel > 0 || cursor.indent >= column) return
    this.#indents.push(cursor.indent)
    cursor.indent = column
    if (this.#indents.length > MAX_DEPTH) cursor.fail(`exceeded max depth of ${MAX_DEPTH}`)
    if (key === undefined) this.#push(type)
    else this.#insert(key, type)
  }

  #unrollIndent(column: number): void {
    const cursor = this.cursor
    if (cursor.flowLevel > 0) return
    while (cursor.indent > column) {
      this.#push(TOKEN.blockEnd)
      cursor.indent = this.#indents.pop() as number
    }
  }

  #fetchStreamEnd(): void {
    if (this.#done) return
    const cursor = this.cursor
    if (cursor.pos !== cursor.lineStart) {
      cursor.line++
      cursor.lineStart = cursor.pos
      this.#begin()
    }
    this.#endBlocks()
    this.#push(TOKEN.streamEnd)
    this.#done = true
  }

  /** Closes all blocks and forgets a started key, as directives and document borders do. */
  #endBlocks(): void {
    this.#unrollIndent(-1)
    this.#removeKey()
    this.cursor.simpleKeyAllowed = false
  }

  #fetchDirective(): void {
    this.#endBlocks()
    const directive = scanDirective(this.cursor)
    if (directive.name === 'YAML') this.#push(TOKEN.versionDirective, directive.value)
    else this.#push(TOKEN.tagDirective, directive.value, 0, directive.prefix)
  }

  #fetchDocumentIndicator(type: number): void {
    this.#endBlocks()
    this.#push(type)
    this.cursor.pos += 3
  }

  #fetchFlowStart(type: number): void {
    const cursor = this.cursor
    this.#saveKey()
    this.#keys.push(undefined)
    cursor.flowLevel++
    if (cursor.flowLevel > MAX_DEPTH) cursor.fail(`exceeded max depth of ${MAX_DEPTH}`)
    cursor.simpleKeyAllowed = true
    cursor.pos++
    this.#push(type)
  }

  #fetchFlowEnd(type: number): void {
    const cursor = this.cursor
    this.#removeKey()
    if (cursor.flowLevel > 0) {
      cursor.flowLevel--
      const inner = this.#keys.pop()
      // go-yaml forgets here that empty brackets may be a key: the parser gets them before a `:` behind them is seen. With a tag or
      // an anchor before them the key begins there, and is not forgotten.
      const opening = this.#keys[this.#keys.length - 1]
      const isBracket = opening?.type === TOKEN.flowSequenceStart || opening?.type === TOKEN.flowMappingStart
      if (inner === undefined && opening !== undefined && isBracket) opening.holdsBack = false
    }
    cursor.simpleKeyAllowed = false
    cursor.pos++
    this.#push(type)
  }

  #fetchFlowEntry(): void {
    this.#removeKey()
    this.cursor.simpleKeyAllowed = true
    this.cursor.pos++
    this.#push(TOKEN.flowEntry)
  }

  #fetchBlockEntry(): void {
    const cursor = this.cursor
    // Inside brackets the parser reports it, because only the parser knows which collection is open.
    if (cursor.flowLevel === 0) {
      if (!cursor.simpleKeyAllowed) cursor.fail('block sequence entries are not allowed in this context')
      this.#rollIndent(this.column, TOKEN.blockSequenceStart, undefined)
    }
    this.#removeKey()
    cursor.simpleKeyAllowed = true
    cursor.pos++
    this.#push(TOKEN.blockEntry)
  }

  #fetchKey(): void {
    const cursor = this.cursor
    if (cursor.flowLevel === 0) {
      if (!cursor.simpleKeyAllowed) cursor.fail('mapping keys are not allowed in this context')
      this.#rollIndent(this.column, TOKEN.blockMappingStart, undefined)
    }
    this.#removeKey()
    cursor.simpleKeyAllowed = cursor.flowLevel === 0
    cursor.pos++
    this.#push(TOKEN.key)
  }

  #fetchValue(): void {
    const cursor = this.cursor
    const key = this.#keys[this.#keys.length - 1]
    if (key?.possibleKey && this.#isValid(key)) {
      this.#insert(key, TOKEN.key)
      this.#rollIndent(key.column, TOKEN.blockMappingStart, key)
      key.possibleKey = false
      cursor.simpleKeyAllowed = false
    } else {
      if (cursor.flowLevel === 0) {
        if (!cursor.simpleKeyAllowed) cursor.fail('mapping values are not allowed in this context')
        this.#rollIndent(this.column, TOKEN.blockMappingStart, undefined)
      }
      cursor.simpleKeyAllowed = cursor.flowLevel === 0
    }
    cursor.pos++
    this.#push(TOKEN.value)
  }

  #fetchAnchor(type: number): void {
    this.#saveKey()
    this.cursor.simpleKeyAllowed = false
    this.#push(type, scanAnchorName(this.cursor))
  }

  #fetchTag(): void {
    this.#saveKey()
    this.cursor.simpleKeyAllowed = false
    const { handle, suffix } = scanTag(this.cursor)
    this.#push(TOKEN.tag, handle, 0, suffix)
  }

  #fetchBlockScalar(literal: boolean): void {
    this.#removeKey()
    this.cursor.simpleKeyAllowed = true
    this.#push(TOKEN.scalar, scanBlockScalar(this.cursor, literal), literal ? STYLE.literal : STYLE.folded)
  }

  #fetchQuoted(single: boolean): void {
    this.#saveKey()
    this.cursor.simpleKeyAllowed = false
    const value = scanQuotedScalar(this.cursor, single)
    this.#push(TOKEN.scalar, value, single ? STYLE.singleQuoted : STYLE.doubleQuoted)
  }

  #fetchPlain(): void {
    this.#saveKey()
    this.cursor.simpleKeyAllowed = false
    this.#push(TOKEN.scalar, scanPlainScalar(this.cursor), STYLE.plain)
  }
}
