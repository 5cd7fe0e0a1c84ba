import { GoRegexp } from '../../go/index.ts'
import type { SchemaPattern } from './model.ts'

/** Compiles a regular expression of a schema, in Go's syntax. Throws with Go's text. */
export function compilePattern(source: string): SchemaPattern {
  const compiled = GoRegexp.compile(source)
  return { source, matches: (text) => compiled.matches(text) }
}
