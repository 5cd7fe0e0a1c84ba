import { RE2JS } from 're2js'
import type { SchemaPattern } from './model.ts'

/** Compiles a regular expression of a schema, in Go's syntax. Throws with Go's text. */
export function compilePattern(source: string): SchemaPattern {
  const compiled = RE2JS.compile(source)
  return { source, matches: (text) => compiled.matcher(text).find() }
}
