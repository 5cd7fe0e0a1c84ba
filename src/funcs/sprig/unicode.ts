/** Go's idea of character classes and of simple case mappings (one character to one character). */

const LETTER = /^\p{L}$/u
const UPPER = /^\p{Lu}$/u
const LOWER = /^\p{Ll}$/u
const TITLE = /^\p{Lt}$/u
const DIGIT = /^\p{Nd}$/u
const NUMBER = /^\p{N}$/u
const PUNCTUATION = /^\p{P}$/u

/** `unicode.IsLetter`. */
export const isLetter = (char: string): boolean => LETTER.test(char)

/** `unicode.IsUpper`. */
export const isUpper = (char: string): boolean => UPPER.test(char)

/** `unicode.IsLower`. */
export const isLower = (char: string): boolean => LOWER.test(char)

/** `unicode.IsTitle`. */
export const isTitle = (char: string): boolean => TITLE.test(char)

/** `unicode.IsDigit`. */
export const isDigit = (char: string): boolean => DIGIT.test(char)

/** `unicode.IsNumber`. */
export const isNumber = (char: string): boolean => NUMBER.test(char)

/** `unicode.IsPunct`. */
export const isPunctuation = (char: string): boolean => PUNCTUATION.test(char)

const isSingle = (text: string): boolean =>
  text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff)

/** Capitals with iota subscript, whose full mapping has two characters but whose simple one has one. */
function iotaCapital(code: number): number | undefined {
  if (code >= 0x1f80 && code <= 0x1faf) return code | 8
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return code + 9
  return undefined
}

/** `unicode.ToUpper`. */
export function toUpper(char: string): string {
  const upper = char.toUpperCase()
  if (isSingle(upper)) return upper
  const iota = iotaCapital(char.codePointAt(0) ?? 0)
  return iota === undefined ? char : String.fromCodePoint(iota)
}

/** `unicode.ToLower`. */
export function toLower(char: string): string {
  const lower = char.toLowerCase()
  if (isSingle(lower)) return lower
  return char === '\u0130' ? 'i' : char
}

/** Characters whose title case differs from their upper case: the digraphs of Croatian. */
const TITLE_CASE: ReadonlyMap<string, string> = new Map(
  ['\u01c4\u01c5\u01c6', '\u01c7\u01c8\u01c9', '\u01ca\u01cb\u01cc', '\u01f1\u01f2\u01f3'].flatMap((family) =>
    Array.from(family, (char) => [char, family.charAt(1)] as const),
  ),
)

/** `unicode.ToTitle`. */
export function toTitle(char: string): string {
  const code = char.charCodeAt(0)
  // Georgian letters have capitals, but title case leaves them.
  if (code >= 0x10d0 && code <= 0x10ff) return char
  return TITLE_CASE.get(char) ?? toUpper(char)
}

/** The characters of a text; a byte that is not UTF-8 becomes a replacement character, as in `[]rune`. */
export function charsOf(text: string): string[] {
  return Array.from(text, (char) => {
    const code = char.charCodeAt(0)
    return char.length === 1 && code >= 0xd800 && code <= 0xdfff ? '\ufffd' : char
  })
}
