/** A pattern in which no two groups share a name, and what the groups were called. */
export interface UniqueNames {
  readonly pattern: string
  /** Names made up for this pattern, by the name that stood there. */
  readonly original: ReadonlyMap<string, string>
}

/** Escapes, quoted texts, classes and named groups; everything else is one character. */
const TOKEN = /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\[:\^?\w*:\]|\\[\s\S]|[^\]\\])*\]|\(\?P?<(\w+)>|[\s\S]/g

/**
 * Renames groups whose name another group has already: Go allows a name twice, the engine does not. The names made up have no
 * other use.
 */
export function withUniqueNames(pattern: string): UniqueNames {
  const seen = new Set<string>()
  const original = new Map<string, string>()
  const renamed = pattern.replace(TOKEN, (token: string, name: string | undefined) => {
    if (name === undefined) return token
    if (!seen.has(name)) {
      seen.add(name)
      return token
    }
    const unique = `${name}__again${original.size + 1}`
    original.set(unique, name)
    return token.replace(`<${name}>`, `<${unique}>`)
  })
  return { pattern: renamed, original }
}
