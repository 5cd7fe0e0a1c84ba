/** Escaped bytes show as U+FFFD. */
export function validRune(code: number): number {
  return code >= 0xd800 && code <= 0xdfff ? 0xfffd : code
}

/** Newlines in a part of a text. */
export function countLines(text: string, from: number, to: number): number {
  let count = 0
  if (to - from < 40) {
    for (let at = from; at < to; at++) if (text.charCodeAt(at) === 10) count++
    return count
  }
  const part = text.slice(from, to)
  for (let at = part.indexOf('\n'); at >= 0; at = part.indexOf('\n', at + 1)) count++
  return count
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
