import { BACKSLASH, DASH, DOUBLE_QUOTE, HASH, NEWLINE, SPACE, TAB } from './plain-characters.ts'
import type { PlainSource } from './plain-source.ts'
import { integerIn, resolvePlain } from './resolve.ts'

/** Takes a quoted scalar; folded when it goes over several lines. */
export function quoted(source: PlainSource, mark: number): string | undefined {
  const text = source.text
  const isDouble = mark === DOUBLE_QUOTE
  const start = source.pos + 1
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
    } else if (c === TAB || at >= text.length) return source.fail()
  }
  source.pos = at + 1
  const raw = text.slice(start, at)
  if (isPlain) return raw
  const folded = raw.includes('\n') ? foldLines(source, raw) : raw
  if (folded === undefined) return undefined
  return isDouble ? unescaped(source, folded) : folded.replaceAll("''", "'")
}

/** Lines of a quoted scalar as one text. */
function foldLines(source: PlainSource, raw: string): string | undefined {
  // A backslash at the end of a line, and what might end the document, are for the parser.
  if (/\\ *\n|\n(?:---|\.\.\.)/.test(raw)) return source.fail()
  return raw.replace(/ *\n(?: *\n)* */g, (gap) => {
    const breaks = gap.replaceAll(' ', '').length
    return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1)
  })
}

/** A double-quoted scalar without its escapes; rare ones are for the parser. */
function unescaped(source: PlainSource, text: string): string | undefined {
  if (/\\[^"\\nrt]/.test(text.replaceAll('\\\\', ''))) return source.fail()
  return text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c === 'r' ? '\r' : c))
}

/** Takes a plain scalar, with the deeper lines that go on with it. */
export function plainScalar(source: PlainSource, column: number): unknown {
  const text = source.text
  let value = plainLine(source)
  while (!source.isCommented) {
    let start = source.pos
    let breaks = 0
    let at = start
    for (;;) {
      while (text.charCodeAt(at) === SPACE) at++
      if (text.charCodeAt(at) !== NEWLINE) break
      breaks++
      start = ++at
    }
    if (at - start <= column || at >= text.length || text.charCodeAt(at) === HASH) break
    source.lineStart = start
    source.pos = at
    value += (breaks === 0 ? ' ' : '\n'.repeat(breaks)) + plainLine(source)
  }
  source.nextLine()
  return resolved(source, value)
}

/** The rest of a line of a plain scalar, without a comment; notes whether there is one, and goes to the start of the next line. */
function plainLine(source: PlainSource): string {
  const text = source.text
  const newline = text.indexOf('\n', source.pos)
  const end = newline < 0 ? text.length : newline
  let line = text.slice(source.pos, end)
  const comment = line.indexOf(' #')
  let last = comment < 0 ? line.length : comment
  while (line.charCodeAt(last - 1) === SPACE) last--
  if (last < line.length) line = line.slice(0, last)
  source.isCommented = comment >= 0
  source.pos = Math.min(end + 1, text.length)
  if (line.includes(': ') || line.endsWith(':') || line.includes('\t')) {
    source.isCommented = true
    source.fail()
  }
  return line
}

/** What a plain scalar means. */
export function resolved(source: PlainSource, text: string): unknown {
  const resolved = resolvePlain(text, 2, false)
  if (resolved === undefined) return text
  const { value, tag } = resolved
  if (tag === '!!int') return integerIn(resolved, source.integers)
  return typeof value === 'number' && !Number.isFinite(value) ? source.fail() : value
}

/** A literal block scalar (`|`, `|-`, `|+`) without an indentation indicator. */
export function literal(source: PlainSource, column: number): string | undefined {
  const text = source.text
  let pos = source.pos + 1
  const mark = text.charCodeAt(pos)
  if (mark === DASH || mark === 0x2b) pos++
  if (text.charCodeAt(pos) !== NEWLINE) return source.fail()
  let start = pos + 1
  const indent = literalIndent(source, start)
  if (indent < 0 || (indent <= column && mark === 0x2b)) return source.fail()
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
      if (text.charCodeAt(at) === TAB) return source.fail()
      break
    } else {
      value += breaks + text.slice(at, end)
      breaks = newline < 0 ? '' : '\n'
      hasEnd = newline >= 0
    }
    start = end + 1
  }
  source.pos = Math.min(start, text.length)
  source.nextLine()
  if (mark === DASH) return value
  return mark === 0x2b ? value + breaks : hasEnd ? `${value}\n` : value
}

/** Indentation of the first line of a literal that begins at `start`; -1 when the parser must find it. */
function literalIndent(source: PlainSource, start: number): number {
  const text = source.text
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
