import { RE2JS, RE2JSException } from 're2js'
import { GoError } from '../errors.ts'
import { expandTemplate } from './expand.ts'
import { withUniqueNames } from './group-names.ts'
import { translatePattern, type NativePattern } from './native.ts'

/** Start and end of the whole match, then of each group; -1 for a group that took no part. UTF-16 indexes. */
export type MatchIndexes = readonly number[]

const MAX_CACHED = 500

/** Length of text times unlimited repetitions up to which JavaScript's engine is used. */
const MAX_NATIVE_WORK = 4000

const cache = new Map<string, GoRegexp>()

/**
 * A regular expression of Go's `regexp` (RE2 syntax, linear time). Texts are matched by characters, not bytes; indexes
 * are those of JavaScript strings.
 */
export class GoRegexp {
  readonly pattern: string
  private readonly native: NativePattern | undefined
  private compiled: RE2JS | undefined
  /** Names that a group has for the engine only, because another has its own. */
  private renamed: ReadonlyMap<string, string> = new Map()

  private constructor(pattern: string) {
    this.pattern = pattern
    this.native = translatePattern(pattern)
    if (this.native === undefined) this.compiled = this.compileProgram()
  }

  /** Compiles a pattern, or takes it from the cache. Throws GoError with Go's text. */
  static compile(pattern: string): GoRegexp {
    const known = cache.get(pattern)
    if (known !== undefined) return known
    const regexp = new GoRegexp(pattern)
    if (cache.size >= MAX_CACHED) cache.clear()
    cache.set(pattern, regexp)
    return regexp
  }

  private get program(): RE2JS {
    this.compiled ??= this.compileProgram()
    return this.compiled
  }

  private compileProgram(): RE2JS {
    checkUtf8(this.pattern)
    try {
      return compileProgram(this.pattern)
    } catch (error) {
      if (!(error instanceof GoError) || !error.message.includes('duplicate capture group name')) throw error
    }
    const { pattern, original } = withUniqueNames(this.pattern)
    this.renamed = original
    try {
      return compileProgram(pattern)
    } catch (error) {
      if (!(error instanceof GoError)) throw error
      // The text of the error quotes the pattern.
      let text = error.message
      for (const [unique, name] of original) text = text.replaceAll(unique, name)
      throw new GoError(error.code, text)
    }
  }

  /** The translated pattern, where matching a text with it takes no long time. */
  private nativeFor(text: string): RegExp | undefined {
    const { native } = this
    if (native === undefined || text.length * native.unlimited > MAX_NATIVE_WORK) return undefined
    native.regexp.lastIndex = 0
    return native.regexp
  }

  /** Number of groups. */
  get groupCount(): number {
    return this.native?.groups ?? this.program.groupCount()
  }

  /** Numbers of the groups of a name, in order; Go allows several. */
  private groupsNamed(name: string): number[] {
    if (this.native !== undefined) return []
    const groups = Object.entries(this.program.namedGroups() as Record<string, number>)
    const same = groups.filter(([own]) => (this.renamed.get(own) ?? own) === name)
    return same.map(([, group]) => group).sort((a, b) => a - b)
  }

  /** Whether the text contains a match. */
  matches(text: string): boolean {
    return this.nativeFor(text)?.test(text) ?? this.program.test(text)
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
        const groups = /^[0-9]+$/.test(name) ? [Number(name)] : this.groupsNamed(name)
        for (const group of groups) {
          const found = group <= this.groupCount ? groupText(text, indexes, group) : undefined
          if (found !== undefined) return found
        }
        return ''
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
    const native = this.nativeFor(text)
    if (native !== undefined) {
      yield* scanNative(native, text)
      return
    }
    const matcher = this.program.matcher(text)
    const groups = this.groupCount
    while (matcher.find()) {
      const indexes: number[] = []
      for (let group = 0; group <= groups; group++) indexes.push(matcher.start(group), matcher.end(group))
      yield indexes
    }
  }
}

const NO_GROUP: [number, number] = [-1, -1]

function* scanNative(pattern: RegExp, text: string): Generator<MatchIndexes> {
  // An own expression: the position is kept in it, and the caller may use the shared one in between.
  const regexp = new RegExp(pattern.source, pattern.flags)
  for (let match = regexp.exec(text); match !== null; match = regexp.exec(text)) {
    const end = match.index + match[0].length
    yield match.indices === undefined ? [match.index, end] : match.indices.flatMap((pair) => pair ?? NO_GROUP)
    if (match[0] === '') regexp.lastIndex = end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1)
  }
}

function groupText(text: string, indexes: MatchIndexes, group: number): string | undefined {
  const start = indexes[2 * group] ?? -1
  return start < 0 ? undefined : text.slice(start, indexes[2 * group + 1])
}

function groupsOf(text: string, indexes: MatchIndexes): (string | undefined)[] {
  return Array.from({ length: indexes.length / 2 }, (_, group) => groupText(text, indexes, group))
}

/** Go refuses a pattern at its first byte that is not UTF-8, unless something before it is wrong. */
function checkUtf8(pattern: string): void {
  const at = pattern.search(/[\ud800-\udfff]/u)
  if (at < 0) return
  try {
    compileProgram(pattern.slice(0, at))
  } catch (error) {
    if (error instanceof GoError && !/missing closing|trailing backslash/.test(error.message)) throw error
  }
  throw new GoError('REGEXP_SYNTAX', `error parsing regexp: invalid UTF-8: \`${pattern.slice(at)}\``)
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
