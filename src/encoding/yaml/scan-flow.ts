import { hexValue, isBlank, isBlankOrEnd, isBreak, isFlowStop } from './characters.ts'
import type { Cursor } from './cursor.ts'

/** Line breaks met inside a scalar: the first one, and the ones after it, as they fold. */
interface Breaks {
  first: string
  rest: string
}

/** What a run of line breaks inside a flow scalar becomes: a space for one, the remaining ones for more. */
function fold(breaks: Breaks): string {
  if (breaks.first === '\n') return breaks.rest === '' ? ' ' : breaks.rest
  return breaks.first + breaks.rest
}

/** Scans a plain scalar from the cursor on. In brackets it also ends at `,?[]{}`. */
export function scanPlainScalar(cursor: Cursor): string {
  const text = cursor.text
  const inFlow = cursor.flowLevel > 0
  const indent = cursor.indent + 1
  let value = ''
  let between = ''
  let leadingBlanks = false
  for (;;) {
    if (cursor.atDocumentIndicator()) break
    const from = cursor.pos
    if (text.charCodeAt(from) === 0x23) break
    const to = plainEnd(text, from, inFlow)
    if (to > from) {
      value += between + text.slice(from, to)
      between = ''
      leadingBlanks = false
      cursor.pos = to
    }
    const c = text.charCodeAt(to)
    if (!isBlank(c) && !isBreak(c)) break
    const gap = scanGap(cursor, false, indent)
    leadingBlanks = gap.breaks !== undefined
    between = gap.breaks === undefined ? gap.blanks : fold(gap.breaks)
    if (!inFlow && cursor.pos - cursor.lineStart < indent) break
  }
  if (leadingBlanks) cursor.simpleKeyAllowed = true
  return value
}

/** End of the run of characters that belong to a plain scalar. */
function plainEnd(text: string, from: number, inFlow: boolean): number {
  let pos = from
  for (;;) {
    const c = text.charCodeAt(pos)
    if (isBlankOrEnd(c)) return pos
    if (c === 0x3a) {
      if (isBlankOrEnd(text.charCodeAt(pos + 1))) return pos
    } else if (inFlow && isFlowStop(c)) {
      return pos
    }
    pos++
  }
}

/** What stands between two words of a scalar: `blanks` on one line, or `breaks`. */
interface Gap {
  readonly blanks: string
  readonly breaks: Breaks | undefined
}

/**
 * Consumes blanks and breaks between the words of a scalar. `continued` says that an escaped break came before;
 * tabs left of `indent` are refused.
 */
function scanGap(cursor: Cursor, continued: boolean, indent: number): Gap {
  const text = cursor.text
  const from = cursor.pos
  let breaks: Breaks | undefined = continued ? { first: '', rest: '' } : undefined
  for (;;) {
    const c = text.charCodeAt(cursor.pos)
    if (isBlank(c)) {
      if (breaks !== undefined && c === 0x09 && cursor.pos - cursor.lineStart < indent) {
        cursor.fail('found a tab character that violates indentation')
      }
      cursor.pos++
    } else if (isBreak(c)) {
      const ending = cursor.readBreak()
      if (breaks === undefined) breaks = { first: ending, rest: '' }
      else breaks.rest += ending
    } else {
      return { blanks: breaks === undefined ? text.slice(from, cursor.pos) : '', breaks }
    }
  }
}

/** Scans a quoted scalar, the opening quote included. */
export function scanQuotedScalar(cursor: Cursor, single: boolean): string {
  const text = cursor.text
  const quote = single ? 0x27 : 0x22
  let value = ''
  cursor.pos++
  for (;;) {
    if (cursor.atDocumentIndicator()) cursor.fail('found unexpected document indicator')
    if (text.charCodeAt(cursor.pos) === 0) cursor.fail('found unexpected end of stream')
    let continued = false
    for (;;) {
      const from = cursor.pos
      const to = quotedEnd(text, from, quote)
      if (to > from) value += text.slice(from, to)
      cursor.pos = to
      const c = text.charCodeAt(to)
      if (c === quote) {
        if (!single || text.charCodeAt(to + 1) !== quote) break
        value += "'"
        cursor.pos += 2
      } else if (c === 0x5c) {
        if (isBreak(text.charCodeAt(to + 1))) {
          cursor.pos++
          cursor.skipBreak()
          continued = true
          break
        }
        value += scanEscape(cursor)
      } else {
        break
      }
    }
    if (text.charCodeAt(cursor.pos) === quote) break
    const gap = scanGap(cursor, continued, -1)
    value += gap.breaks === undefined ? gap.blanks : fold(gap.breaks)
  }
  cursor.pos++
  return value
}

/** End of the run of characters that stand for themselves in a quoted scalar. */
function quotedEnd(text: string, from: number, quote: number): number {
  let pos = from
  for (;;) {
    const c = text.charCodeAt(pos)
    if (c === quote || (c === 0x5c && quote === 0x22) || isBlankOrEnd(c)) return pos
    pos++
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['N', '\x85'],
  ['_', '\xa0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
])

const HEX_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
])

function scanEscape(cursor: Cursor): string {
  const letter = cursor.text[cursor.pos + 1] as string
  const simple = ESCAPES.get(letter)
  if (simple !== undefined) {
    cursor.pos += 2
    return simple
  }
  const length = HEX_LENGTHS.get(letter)
  if (length === undefined) cursor.fail('found unknown escape character')
  cursor.pos += 2
  let code = 0
  for (let k = 0; k < length; k++) {
    const digit = hexValue(cursor.peek(k))
    if (digit < 0) cursor.fail('did not find expected hexdecimal number')
    code = code * 16 + digit
  }
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
    cursor.fail('found invalid Unicode character escape code')
  }
  cursor.pos += length
  return String.fromCodePoint(code)
}
