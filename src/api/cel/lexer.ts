import type { CelIssue } from './source.ts'
import { Uint } from './values.ts'
import type { CelLiteral } from './ast.ts'

/** A token; `literal` holds the value of number, string and bytes tokens. */
export interface Token {
  readonly kind: 'ident' | 'escaped' | 'int' | 'uint' | 'float' | 'string' | 'bytes' | 'symbol' | 'end'
  readonly text: string
  readonly at: number
  readonly literal?: CelLiteral
}

const SYMBOLS = ['==', '!=', '<=', '>=', '&&', '||', ...'[]{}().,-!?:+*/%<>']
const SPACE = /[\t \r\n\f]+|\/\/[^\n]*/y
const NUMBER = /0x[0-9a-fA-F]+[uU]?|(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)|\d+[uU]?/y
const IDENT = /[A-Za-z_][A-Za-z0-9_]*/y
const ESCAPED = /`[A-Za-z0-9_.\-/ ]+`/y
const ESC = String.raw`\\(?:[abfnrtv"'\\?\x60]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})`
const STRING = new RegExp(
  [
    String.raw`[bB]?[rR](?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n\r]*"|'[^'\n\r]*')`,
    String.raw`[bB]?(?:"""(?:${ESC}|[^\\])*?"""|'''(?:${ESC}|[^\\])*?'''|"(?:${ESC}|[^\\"\n\r])*"|'(?:${ESC}|[^\\'\n\r])*')`,
  ].join('|'),
  'y',
)

/** Splits an expression into tokens, with the findings about text that is none. The last token is the end. */
export function tokenize(source: string): { tokens: Token[]; issues: CelIssue[] } {
  const tokens: Token[] = []
  const issues: CelIssue[] = []
  let at = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }
  while (at < source.length) {
    const space = match(SPACE)
    if (space !== undefined) {
      at += space.length
      continue
    }
    const token =
      stringToken(match(STRING), at, issues) ?? numberToken(match(NUMBER), at, issues) ?? wordToken(match, at)
    if (token === undefined) {
      const point = String.fromCodePoint(source.codePointAt(at) ?? 0)
      // An opened string takes the rest of its line with it.
      const bad = point === '"' || point === "'" ? (/^.[^\n\r]*/u.exec(source.slice(at))?.[0] ?? point) : point
      issues.push({ at, message: `Syntax error: token recognition error at: '${bad}'` })
      at += bad.length
      continue
    }
    tokens.push(token)
    at += token.text.length
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: source.length })
  return { tokens, issues }
}

function wordToken(match: (pattern: RegExp) => string | undefined, at: number): Token | undefined {
  const ident = match(IDENT)
  if (ident !== undefined) return { kind: 'ident', text: ident, at }
  const escaped = match(ESCAPED)
  if (escaped !== undefined) return { kind: 'escaped', text: escaped, at }
  const symbol = SYMBOLS.find((each) => match(literally(each)) !== undefined)
  return symbol === undefined ? undefined : { kind: 'symbol', text: symbol, at }
}

const symbolPatterns = new Map<string, RegExp>()

function literally(symbol: string): RegExp {
  let pattern = symbolPatterns.get(symbol)
  if (pattern === undefined) {
    pattern = new RegExp(symbol.replaceAll(/./g, String.raw`\$&`), 'y')
    symbolPatterns.set(symbol, pattern)
  }
  return pattern
}

const MAX_INT = (1n << 63n) - 1n
const MAX_UINT = (1n << 64n) - 1n

function numberToken(text: string | undefined, at: number, issues: CelIssue[]): Token | undefined {
  if (text === undefined) return undefined
  if (/[uU]$/.test(text)) {
    const value = BigInt(text.slice(0, -1))
    if (value > MAX_UINT) issues.push({ at, message: 'invalid uint literal' })
    return { kind: 'uint', text, at, literal: new Uint(BigInt.asUintN(64, value)) }
  }
  if (/^0x/.test(text) || /^\d+$/.test(text)) {
    // One more than the greatest is fine where a minus stands before it; the parser looks at that.
    return { kind: 'int', text, at, literal: BigInt(text) }
  }
  return { kind: 'float', text, at, literal: Number(text) }
}

/** Whether a whole number is an int. */
export function fitsInt(value: bigint): boolean {
  return value >= -MAX_INT - 1n && value <= MAX_INT
}

function stringToken(text: string | undefined, at: number, issues: CelIssue[]): Token | undefined {
  if (text === undefined) return undefined
  const prefix = /^[bBrR]*/.exec(text)?.[0].toLowerCase() ?? ''
  const quoted = text.slice(prefix.length)
  const mark = /^("""|''')/.test(quoted) ? 3 : 1
  const inner = quoted.slice(mark, -mark)
  const isBytes = prefix.includes('b')
  try {
    const literal = isBytes ? bytesOf(inner, prefix.includes('r')) : prefix.includes('r') ? inner : unescaped(inner)
    return { kind: isBytes ? 'bytes' : 'string', text, at, literal }
  } catch {
    issues.push({ at, message: 'invalid unicode code point' })
    return { kind: 'string', text, at, literal: '' }
  }
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

const ESCAPES = new RegExp(ESC, 'g')

function codeOf(sequence: string): number | undefined {
  if (/^\\[0-3]/.test(sequence)) return Number.parseInt(sequence.slice(1), 8)
  return /^\\[xXuU]/.test(sequence) ? Number.parseInt(sequence.slice(2), 16) : undefined
}

function unescaped(text: string): string {
  return text.replaceAll(ESCAPES, (sequence) => {
    const code = codeOf(sequence)
    if (code === undefined) return SIMPLE[sequence.slice(1)] ?? sequence.slice(1)
    if (code >= 0xd800 && code <= 0xdfff) throw new RangeError('surrogate')
    return String.fromCodePoint(code)
  })
}

/** Escapes of bytes are bytes, not characters. */
function bytesOf(text: string, raw: boolean): Uint8Array {
  if (raw) return Buffer.from(text)
  const parts: Buffer[] = []
  let from = 0
  for (const match of text.matchAll(ESCAPES)) {
    parts.push(Buffer.from(text.slice(from, match.index)))
    const code = codeOf(match[0])
    const isByte = code !== undefined && !/^\\[uU]/.test(match[0])
    parts.push(isByte ? Buffer.from([code]) : Buffer.from(unescaped(match[0])))
    from = match.index + match[0].length
  }
  parts.push(Buffer.from(text.slice(from)))
  return Buffer.concat(parts)
}
