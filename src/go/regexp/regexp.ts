import { RE2JS, RE2JSException } from 're2js'
import { GoError } from '../errors.ts'
import { expandTemplate } from './expand.ts'

/** Start and end of the whole match, then of each group; -1 for a group that took no part. UTF-16 indexes. */
export type MatchIndexes = readonly number[]

const MAX_CACHED = 500
const cache = new Map<string, GoRegexp>()

/**
 * A regular expression of Go's `regexp` (RE2 syntax, linear time). Texts are matched by characters, not bytes; indexes
 * are those of JavaScript strings.
 */
export class GoRegexp {
  readonly pattern: string
  private readonly program: RE2JS

  private constructor(pattern: string, program: RE2JS) {
    this.pattern = pattern
    this.program = program
  }

  /** Compiles a pattern, or takes it from the cache. Throws GoError with Go's text. */
  static compile(pattern: string): GoRegexp {
    const known = cache.get(pattern)
    if (known !== undefined) return known
    const regexp = new GoRegexp(pattern, compileProgram(pattern))
    if (cache.size >= MAX_CACHED) cache.clear()
    cache.set(pattern, regexp)
    return regexp
  }

  /** Number of groups. */
  get groupCount(): number {
    return this.program.groupCount()
  }

  /** Number of the named group, or undefined. */
  groupNamed(name: string): number | undefined {
    return (this.program.namedGroups() as Record<string, number>)[name]
  }

  /** Whether the text contains a match. */
  matches(text: string): boolean {
    return this.program.test(text)
  }

  /** The first match, or undefined. */
  find(text: string): string | undefined {
    const [indexes] = this.findAllIndexes(text, 1)
    return indexes === undefined ? undefined : text.slice(indexes[0], indexes[1])
  }

  /** The first match and its groups, or undefined; a group that took no part is undefined. */
  findGroups(text: string): (string | undefined)[] | undefined {
    const [indexes] = this.findAllIndexes(text, 1)
    return indexes === undefined ? undefined : groupsOf(text, indexes)
  }

  /** Matches that do not overlap, at most `limit` (negative: all): `FindAllString`. */
  findAll(text: string, limit = -1): string[] {
    return this.findAllIndexes(text, limit).map((indexes) => text.slice(indexes[0], indexes[1]))
  }

  /** As `findAll`, with places of match and groups. An empty match right after another match does not count. */
  findAllIndexes(text: string, limit = -1): MatchIndexes[] {
    const found: MatchIndexes[] = []
    if (limit === 0) return found
    let previousEnd = -1
    for (const indexes of this.scan(text)) {
      const [start = 0, end = 0] = indexes
      if (start !== end || start !== previousEnd) found.push(indexes)
      previousEnd = end
      if (found.length === limit) break
    }
    return found
  }

  /** Replaces all matches; `$1`, `${name}` and `$$` in the template are expanded: `ReplaceAllString`. */
  replaceAll(text: string, template: string): string {
    if (!template.includes('$')) return this.replaceAllLiteral(text, template)
    return this.replaceWith(text, (indexes) =>
      expandTemplate(template, (name) => {
        const group = /^[0-9]+$/.test(name) ? Number(name) : this.groupNamed(name)
        if (group === undefined || group > this.groupCount) return ''
        return groupText(text, indexes, group) ?? ''
      }),
    )
  }

  /** Replaces all matches by a text as it is: `ReplaceAllLiteralString`. */
  replaceAllLiteral(text: string, replacement: string): string {
    return this.replaceWith(text, () => replacement)
  }

  private replaceWith(text: string, replacement: (indexes: MatchIndexes) => string): string {
    let out = ''
    let lastEnd = 0
    for (const indexes of this.scan(text)) {
      const [start = 0, end = 0] = indexes
      out += text.slice(lastEnd, start)
      if (end > lastEnd || start === 0) out += replacement(indexes)
      lastEnd = end
    }
    return out + text.slice(lastEnd)
  }

  /** The pieces between matches, at most `limit` (negative: all, zero: none): `Split`. */
  split(text: string, limit = -1): string[] {
    if (limit === 0) return []
    if (this.pattern !== '' && text === '') return ['']
    const pieces: string[] = []
    let begin = 0
    let end = 0
    for (const [start = 0, stop = 0] of this.findAllIndexes(text, limit)) {
      if (limit > 0 && pieces.length === limit - 1) break
      end = start
      if (stop !== 0) pieces.push(text.slice(begin, end))
      begin = stop
    }
    if (end !== text.length) pieces.push(text.slice(begin))
    return pieces
  }

  private *scan(text: string): Generator<MatchIndexes> {
    const matcher = this.program.matcher(text)
    const groups = this.groupCount
    while (matcher.find()) {
      const indexes: number[] = []
      for (let group = 0; group <= groups; group++) indexes.push(matcher.start(group), matcher.end(group))
      yield indexes
    }
  }
}

function groupText(text: string, indexes: MatchIndexes, group: number): string | undefined {
  const start = indexes[2 * group] ?? -1
  return start < 0 ? undefined : text.slice(start, indexes[2 * group + 1])
}

function groupsOf(text: string, indexes: MatchIndexes): (string | undefined)[] {
  return Array.from({ length: indexes.length / 2 }, (_, group) => groupText(text, indexes, group))
}

function compileProgram(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    const trailing = error.message.endsWith('trailing backslash at end of expression')
    throw new GoError('REGEXP_SYNTAX', trailing ? `${error.message}: \`\`` : error.message)
  }
}

/** Escapes all characters that mean something in a pattern: `QuoteMeta`. */
export function quoteRegexp(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}
