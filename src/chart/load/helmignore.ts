import { trimSpace } from '../../go/index.ts'
import { chartError } from '../errors.ts'
import { matchPath } from './path-match.ts'

interface Rule {
  readonly negated: boolean
  readonly directoryOnly: boolean
  readonly matches: (path: string) => boolean
}

/** The rules of a .helmignore file. */
export interface IgnoreRules {
  /** Whether the file or folder at `path` (relative, with slashes) is left out. */
  ignores(path: string, isDirectory: boolean): boolean
}

/**
 * Reads .helmignore. As Helm 4.2 `pkg/ignore`: one pattern a line, `#` comments, `!` negates, a trailing slash means folders
 * only, a pattern without slash matches the last path element; `**` is refused. Dot files in templates/ are always ignored.
 */
export function parseIgnoreRules(
  text: string,
  options: { readonly defaults: boolean } = { defaults: true },
): IgnoreRules {
  const rules: Rule[] = []
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  for (const line of options.defaults ? [...lines, 'templates/.?*'] : lines) {
    const rule = parseRule(line)
    if (rule) rules.push(rule)
  }
  return { ignores: (path, isDirectory) => ignores(rules, path, isDirectory) }
}

function ignores(rules: readonly Rule[], path: string, isDirectory: boolean): boolean {
  if (path === '' || path === '.' || path === './') return false
  for (const rule of rules) {
    if (rule.negated) {
      if ((rule.directoryOnly && !isDirectory) || !rule.matches(path)) return true
    } else if ((!rule.directoryOnly || isDirectory) && rule.matches(path)) return true
  }
  return false
}

function parseRule(line: string): Rule | undefined {
  let pattern = trimSpace(line)
  if (pattern === '' || pattern.startsWith('#')) return undefined
  if (pattern.includes('**')) throw chartError('IGNORE_RULES', 'double-star (**) syntax is not supported')
  matchPath(pattern, 'abc')
  const negated = pattern.startsWith('!')
  if (negated) pattern = pattern.slice(1)
  const directoryOnly = pattern.endsWith('/')
  if (directoryOnly) pattern = pattern.slice(0, -1)
  if (pattern.startsWith('/')) return { negated, directoryOnly, matches: matcher(pattern.slice(1)) }
  if (pattern.includes('/')) return { negated, directoryOnly, matches: matcher(pattern) }
  const matches = matcher(pattern)
  return { negated, directoryOnly, matches: (path) => matches(lastElement(path)) }
}

/** A pattern that only turns out malformed while matching matches nothing. */
function matcher(pattern: string): (path: string) => boolean {
  return (path) => {
    try {
      return matchPath(pattern, path)
    } catch {
      return false
    }
  }
}

function lastElement(path: string): string {
  const trimmed = path.replace(/\/+$/, '')
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1)
}
