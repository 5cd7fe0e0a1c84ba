import { chartError } from '../errors.ts'

/**
 * Whether `name` as a whole matches the shell pattern. As Go's path/filepath.Match on Unix: `*`, `?`, `[a-z]`, `[^a]`, `\`;
 * neither `*` nor `?` matches a slash. A malformed pattern throws `syntax error in pattern`, also when it did not match.
 */
export function matchPath(pattern: string, name: string): boolean {
  let rest = Array.from(name)
  let remaining = Array.from(pattern)
  next: while (remaining.length > 0) {
    const { star, chunk, after } = scanChunk(remaining)
    remaining = after
    if (star && chunk.length === 0) return !rest.includes('/')
    const tail = matchChunk(chunk, rest)
    if (tail && (tail.length === 0 || remaining.length > 0)) {
      rest = tail
      continue
    }
    if (star) {
      for (let i = 0; i < rest.length && rest[i] !== '/'; i++) {
        const later = matchChunk(chunk, rest.slice(i + 1))
        if (!later || (remaining.length === 0 && later.length > 0)) continue
        rest = later
        continue next
      }
    }
    while (remaining.length > 0) {
      const following = scanChunk(remaining)
      remaining = following.after
      matchChunk(following.chunk, [])
    }
    return false
  }
  return rest.length === 0
}

interface Chunk {
  readonly star: boolean
  readonly chunk: string[]
  readonly after: string[]
}

function scanChunk(pattern: string[]): Chunk {
  let start = 0
  while (pattern[start] === '*') start++
  let inRange = false
  let end = start
  for (; end < pattern.length; end++) {
    const char = pattern[end]
    if (char === '\\') {
      if (end + 1 < pattern.length) end++
    } else if (char === '[') inRange = true
    else if (char === ']') inRange = false
    else if (char === '*' && !inRange) break
  }
  return { star: start > 0, chunk: pattern.slice(start, end), after: pattern.slice(end) }
}

/** What is left of `text` after the chunk, or undefined when it does not match. The whole chunk is checked for syntax. */
function matchChunk(chunk: string[], text: string[]): string[] | undefined {
  let at = 0
  let used = 0
  let failed = false
  while (at < chunk.length) {
    if (used >= text.length) failed = true
    const char = chunk[at]
    if (char === '[') {
      const candidate = failed ? '' : (text[used++] ?? '')
      const range = matchRange(chunk, at + 1, candidate)
      if (!range.matched) failed = true
      at = range.end
    } else if (char === '?') {
      if (!failed && text[used++] === '/') failed = true
      at++
    } else {
      if (char === '\\') {
        at++
        if (at >= chunk.length) throw badPattern()
      }
      if (!failed && text[used++] !== chunk[at]) failed = true
      at++
    }
  }
  return failed ? undefined : text.slice(used)
}

function matchRange(chunk: string[], from: number, candidate: string): { matched: boolean; end: number } {
  let at = from
  const negated = chunk[at] === '^'
  if (negated) at++
  const code = candidate === '' ? -1 : (candidate.codePointAt(0) ?? -1)
  let matched = false
  for (let count = 0; ; count++) {
    if (chunk[at] === ']' && count > 0) return { matched: matched !== negated, end: at + 1 }
    const low = escaped(chunk, at)
    let high = low
    if (chunk[low.end] === '-') high = escaped(chunk, low.end + 1)
    if (low.code <= code && code <= high.code) matched = true
    at = high.end
  }
}

function escaped(chunk: string[], from: number): { code: number; end: number } {
  let at = from
  const first = chunk[at]
  if (first === undefined || first === '-' || first === ']') throw badPattern()
  if (first === '\\') at++
  const char = chunk[at]
  if (char === undefined || at + 1 >= chunk.length) throw badPattern()
  return { code: char.codePointAt(0) ?? 0, end: at + 1 }
}

function badPattern(): Error {
  return chartError('IGNORE_RULES', 'syntax error in pattern')
}
