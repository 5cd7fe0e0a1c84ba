/** Escaped bytes show as U+FFFD. */
export function validRune(code: number): number {
  return code >= 0xd800 && code <= 0xdfff ? 0xfffd : code
}

/** The code point at an index; -1 at the end. */
export function codeAt(text: string, at: number): number {
  return text.codePointAt(at) ?? -1
}

/** Line of an index, from 1. */
export function lineAt(text: string, at: number): number {
  let line = 1
  const before = text.slice(0, at)
  for (let i = before.indexOf('\n'); i >= 0; i = before.indexOf('\n', i + 1)) line++
  return line
}

/** Index of the first character that is no space. */
export function skipSpaces(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

/** Whether a dash and a space follow. */
export function hasLeftMarker(text: string, at: number): boolean {
  return text.charCodeAt(at) === 0x2d && isSpace(text.charCodeAt(at + 1))
}

/** The space characters of Go. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a
}

/** ASCII digits. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

const LETTER_OR_DIGIT = /^[\p{L}\p{Nd}]$/u

/** ASCII letters, digits and underscore. */
export function isAsciiWord(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || code === 0x5f
  )
}

/** Letters, digits and underscore. */
export function isAlphaNumeric(code: number): boolean {
  return code < 0x80 ? isAsciiWord(code) : LETTER_OR_DIGIT.test(String.fromCodePoint(code))
}
