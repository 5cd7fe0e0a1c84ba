import { GoError, GoRegexp } from '../../../go/index.ts'

/** A pattern with RE2's syntax and linear time; a text says why it is none. */
export function compilePattern(pattern: string): ((text: string) => boolean) | string {
  try {
    const expression = GoRegexp.compile(pattern)
    return (text) => expression.matches(text)
  } catch (error) {
    if (error instanceof GoError) return error.message
    throw error
  }
}
