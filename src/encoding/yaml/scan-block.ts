import { isBlank, isBreak, isBreakOrEnd } from './characters.ts'
import type { Cursor } from './cursor.ts'

interface Header {
  /** -1 strip, 0 clip, 1 keep. */
  readonly chomping: number
  /** The indentation indicator; 0 when absent. */
  readonly increment: number
}

/** Scans a literal (`|`) or folded (`>`) scalar, the indicator included. */
export function scanBlockScalar(cursor: Cursor, literal: boolean): string {
  const { chomping, increment } = scanHeader(cursor)
  const fixed = increment === 0 ? 0 : cursor.indent >= 0 ? cursor.indent + increment : increment
  let { indent, breaks: trailing } = scanBreaks(cursor, fixed)
  const text = cursor.text
  let value = ''
  let leadingBreak = ''
  let leadingBlank = false
  while (cursor.pos - cursor.lineStart === indent) {
    const c = text.charCodeAt(cursor.pos)
    if (c === 0) break
    const blank = isBlank(c)
    if (!literal && !leadingBlank && !blank && leadingBreak === '\n') {
      if (trailing === '') value += ' '
    } else {
      value += leadingBreak
    }
    value += trailing
    leadingBlank = blank
    const from = cursor.pos
    let to = from
    while (!isBreakOrEnd(text.charCodeAt(to))) to++
    value += text.slice(from, to)
    cursor.pos = to
    leadingBreak = cursor.readBreak()
    ;({ indent, breaks: trailing } = scanBreaks(cursor, indent))
  }
  if (chomping !== -1) value += leadingBreak
  if (chomping === 1) value += trailing
  return value
}

function scanHeader(cursor: Cursor): Header {
  cursor.pos++
  let chomping = 0
  let increment = 0
  const takeChomping = (): boolean => {
    const c = cursor.peek(0)
    if (c !== 0x2b && c !== 0x2d) return false
    chomping = c === 0x2b ? 1 : -1
    cursor.pos++
    return true
  }
  const takeIncrement = (): boolean => {
    const c = cursor.peek(0)
    if (c < 0x30 || c > 0x39) return false
    if (c === 0x30) cursor.fail('found an indentation indicator equal to 0')
    increment = c - 0x30
    cursor.pos++
    return true
  }
  if (takeChomping()) takeIncrement()
  else if (takeIncrement()) takeChomping()
  while (isBlank(cursor.peek(0))) cursor.pos++
  if (cursor.peek(0) === 0x23) while (!isBreakOrEnd(cursor.peek(0))) cursor.pos++
  if (!isBreakOrEnd(cursor.peek(0))) cursor.fail('did not find expected comment or line break')
  if (isBreak(cursor.peek(0))) cursor.skipBreak()
  return { chomping, increment }
}

/** Eats indentation and empty lines; finds the indentation when it is not known yet (0). */
function scanBreaks(cursor: Cursor, known: number): { indent: number; breaks: string } {
  const text = cursor.text
  let breaks = ''
  let deepest = 0
  for (;;) {
    let column = cursor.pos - cursor.lineStart
    while ((known === 0 || column < known) && text.charCodeAt(cursor.pos) === 0x20) {
      cursor.pos++
      column++
    }
    if (column > deepest) deepest = column
    const c = text.charCodeAt(cursor.pos)
    if ((known === 0 || column < known) && c === 0x09) {
      cursor.fail('found a tab character where an indentation space is expected')
    }
    if (!isBreak(c)) break
    breaks += cursor.readBreak()
  }
  return { indent: known === 0 ? Math.max(deepest, cursor.indent + 1, 1) : known, breaks }
}
