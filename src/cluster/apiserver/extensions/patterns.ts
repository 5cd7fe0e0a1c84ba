import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

interface Re2Module {
  RE2JS: { compile(pattern: string): { matcher(text: string): { find(): boolean } } }
}

const compiled = new Map<string, ((text: string) => boolean) | undefined>()

/** A pattern with RE2's syntax and linear time, compiled once; undefined when it is none. Loaded on first use. */
export function compilePattern(pattern: string): ((text: string) => boolean) | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern)
  const matches = compile(pattern)
  compiled.set(pattern, matches)
  return matches
}

function compile(pattern: string): ((text: string) => boolean) | undefined {
  const { RE2JS } = require('re2js') as Re2Module
  try {
    const expression = RE2JS.compile(pattern)
    return (text) => expression.matcher(text).find()
  } catch {
    return undefined
  }
}
