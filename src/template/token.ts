import { sprintf } from '../go/index.ts'

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
  space: 17,
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

/** A piece of template text. */
export interface Lexeme {
  readonly kind: TokenKind
  /** Index of its first UTF-16 unit in the template. */
  readonly pos: number
  readonly text: string
  /** Line, from 1, as Go's lexer counts it at the start of the token. */
  readonly line: number
}

/** A token as parse errors show it. */
export function describeLexeme(lexeme: Lexeme): string {
  if (lexeme.kind === Token.eof) return 'EOF'
  if (lexeme.kind === Token.error) return lexeme.text
  if (lexeme.kind > Token.keyword) return `<${lexeme.text}>`
  return lexeme.text.length > 10 ? sprintf('%.10q...', lexeme.text) : sprintf('%q', lexeme.text)
}
