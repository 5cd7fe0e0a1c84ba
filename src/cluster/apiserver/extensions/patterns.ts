import { GoError, GoRegexp } from '../../../go/index.ts'

const compiled = new Map<string, ((text: string) => boolean) | string>()

/** A pattern with RE2's syntax and linear time, compiled once; a text says why it is none. */
export function compilePattern(pattern: string): ((text: string) => boolean) | string {
  let found = compiled.get(pattern)
  if (found === undefined) {
    found = compile(pattern)
    compiled.set(pattern, found)
  }
  return found
}

function compile(pattern: string): ((text: string) => boolean) | string {
  try {
    const expression = GoRegexp.compile(pattern)
    return (text) => expression.matches(text)
  } catch (error) {
    if (error instanceof GoError) return error.message
    throw error
  }
}
