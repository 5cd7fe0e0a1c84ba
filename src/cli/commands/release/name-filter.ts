import { GoRegexp } from '../../../go/index.ts'

/** A name filter by a regular expression of Go's syntax, found anywhere in the name. Throws with Go's text. */
export function compileFilter(pattern: string): (name: string) => boolean {
  const regexp = GoRegexp.compile(pattern)
  return (name) => regexp.matches(name)
}
