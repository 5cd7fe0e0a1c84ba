import type { GoValue } from '../../go/index.ts'
import { setError } from './set-value.ts'

/** A JSON value at the start of a text, and how many UTF-16 units it took. */
export interface JsonPrefix {
  readonly value: GoValue
  readonly length: number
}

/** Reads one JSON value and ignores what follows, as Go's json.Decoder does. Objects give maps. */
export function parseJsonPrefix(text: string): JsonPrefix {
  const start = text.search(/[^ \t\r\n]/)
  if (start < 0) throw setError('unexpected EOF')
  const end = endOfValue(text, start)
  try {
    return { value: toGoValue(JSON.parse(text.slice(start, end))), length: end }
  } catch (error) {
    throw setError(error instanceof Error ? error.message : 'invalid JSON')
  }
}

/** Reads a text that is one JSON value as a whole. */
export function parseJsonText(text: string): GoValue {
  return toGoValue(JSON.parse(text))
}

function endOfValue(text: string, start: number): number {
  const first = text.charAt(start)
  if (first === '"') return endOfString(text, start)
  if (first === '{' || first === '[') return endOfContainer(text, start)
  const literal = /^(?:true|false|null)/.exec(text.slice(start))?.[0]
  if (literal !== undefined) return start + literal.length
  const number = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/.exec(text.slice(start))
  if (!number) throw setError('invalid character')
  const end = start + number[0].length
  const next = text.charAt(end)
  const cutFraction = next === '.' && number[1] === undefined && number[2] === undefined
  if (cutFraction || (/[eE]/.test(next) && number[2] === undefined)) throw setError('invalid character')
  return end
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text.charAt(at) === '\\') at++
    else if (text.charAt(at) === '"') return at + 1
  }
  throw setError('unexpected EOF')
}

function endOfContainer(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '"') at = endOfString(text, at) - 1
    else if (char === '{' || char === '[') depth++
    else if ((char === '}' || char === ']') && --depth === 0) return at + 1
  }
  throw setError('unexpected EOF')
}

function toGoValue(value: unknown): GoValue {
  if (Array.isArray(value)) return value.map(toGoValue)
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, item]) => [key, toGoValue(item)]))
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw setError('number out of range')
  return value as GoValue
}
