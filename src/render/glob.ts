/**
 * Compiles a `.Files.Glob` pattern; undefined when it is malformed. As gobwas/glob with `/` as separator: `*` and `?` stop at
 * slashes, `**` does not, `[a-z]`, `[!abc]`, `{one,two}` (nested too), backslash escapes.
 */
export function compileGlob(pattern: string): RegExp | undefined {
  const source = new GlobCompiler(Array.from(pattern)).compile()
  return source === undefined ? undefined : new RegExp(`^(?:${source})$`, 'su')
}

class GlobCompiler {
  readonly #runes: readonly string[]
  #at = 0
  #depth = 0

  constructor(runes: readonly string[]) {
    this.#runes = runes
  }

  compile(): string | undefined {
    let source = ''
    while (this.#at < this.#runes.length) {
      const part = this.#part(this.#runes[this.#at++] ?? '')
      if (part === undefined) return undefined
      source += part
    }
    // An unclosed brace ends with the pattern.
    return source + ')'.repeat(this.#depth)
  }

  #part(rune: string): string | undefined {
    if (rune === '*') {
      if (this.#runes[this.#at] !== '*') return '[^/]*'
      this.#at++
      return '.*'
    }
    if (rune === '?') return '[^/]'
    if (rune === '[') return this.#range()
    if (rune === '{') {
      this.#depth++
      return '(?:'
    }
    if (this.#depth > 0 && rune === ',') return '|'
    if (this.#depth > 0 && rune === '}') {
      this.#depth--
      return ')'
    }
    if (rune !== '\\') return escapeRegExp(rune)
    const escaped = this.#runes[this.#at++]
    return escaped === undefined ? '' : escapeRegExp(escaped)
  }

  #range(): string | undefined {
    const negated = this.#runes[this.#at] === '!'
    if (negated) this.#at++
    const sign = negated ? '^' : ''
    const low = this.#runes[this.#at]
    if (low !== undefined && this.#runes[this.#at + 1] === '-') {
      const high = this.#runes[this.#at + 2]
      if (high === undefined || this.#runes[this.#at + 3] !== ']' || high < low) return undefined
      this.#at += 4
      return `[${sign}${escapeMember(low)}-${escapeMember(high)}]`
    }
    let members = ''
    for (;;) {
      let rune = this.#runes[this.#at++]
      if (rune === ']') break
      if (rune === '\\') rune = this.#runes[this.#at++]
      if (rune === undefined) return undefined
      members += escapeMember(rune)
    }
    return members === '' ? undefined : `[${sign}${members}]`
  }
}

function escapeRegExp(rune: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(rune) ? `\\${rune}` : rune
}

function escapeMember(rune: string): string {
  return rune === '-' ? '\\-' : escapeRegExp(rune)
}
