import { byteLength, sprintf } from '../go/index.ts'

/** Kinds of tokens. Keywords come last, after `keyword`, so that one comparison recognises them. */
export const Token = {
  error: 0,
  bool: 1,
  char: 2,
  charConstant: 3,
  complex: 4,
  assign: 5,
  declare: 6,
  eof: 7,
  field: 8,
  identifier: 9,
  leftDelim: 10,
  leftParen: 11,
  number: 12,
  pipe: 13,
  rawString: 14,
  rightDelim: 15,
  rightParen: 16,
  known: 17,
  string: 18,
  text: 19,
  variable: 20,
  keyword: 21,
  block: 22,
  break: 23,
  continue: 24,
  dot: 25,
  define: 26,
  else: 27,
  end: 28,
  if: 29,
  nil: 30,
  range: 31,
  template: 32,
  with: 33,
} as const

/** One of `Token`. */
export type TokenKind = (typeof Token)[keyof typeof Token]

/** Words that are no names of functions. */
export const KEYWORDS: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ['block', Token.block],
  ['break', Token.break],
  ['continue', Token.continue],
  ['define', Token.define],
  ['else', Token.else],
  ['end', Token.end],
  ['false', Token.bool],
  ['if', Token.if],
  ['range', Token.range],
  ['nil', Token.nil],
  ['template', Token.template],
  ['true', Token.bool],
  ['with', Token.with],
])

/** Flag of a kind: spaces stand before the token. */
export const SPACED = 64

/** Mask of a kind without `SPACED`. */
export const KIND = SPACED - 1

/**
 * The tokens of a template, by index: many small tokens, so each column is an array of its own. Two more tokens like the
 * last follow it, for look-ahead. The arrays are reused: they hold until the next text is split.
 */
export interface Tokens {
  /** Kind, with `SPACED`. */
  readonly kinds: Uint8Array
  /** Index of the first UTF-16 unit. */
  readonly starts: Int32Array
  /** Index after the last unit; of a `leftDelim` and of a `known` action: the number of the action, if it has one. */
  readonly ends: Int32Array
  readonly count: number
  /** Text of the `error` token that comes last. */
  readonly error: string | undefined
}

/** A token as parse errors show it. */
export function describeToken(kind: TokenKind, text: string): string {
  if (kind === Token.eof) return 'EOF'
  if (kind === Token.error) return text
  if (kind > Token.keyword) return `<${text}>`
  return byteLength(text) > 10 ? sprintf('%.10q...', text) : sprintf('%q', text)
}
