import { codeAt, isAlphaNumeric } from './characters.ts'

const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y

/** Passes over what may be a number, as Go's `scanNumber`; a letter or digit right after it makes it bad and belongs to it. */
export function scanNumber(text: string, start: number): { end: number; isGood: boolean } {
  NUMBER.lastIndex = start
  const end = start + (NUMBER.exec(text)?.[0].length ?? 0)
  const next = codeAt(text, end)
  if (!isAlphaNumeric(next)) return { end, isGood: true }
  return { end: end + (next > 0xffff ? 2 : 1), isGood: false }
}
