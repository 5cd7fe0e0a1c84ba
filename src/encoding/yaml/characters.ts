/** Classes of characters in YAML, by code unit. Code units above 0xFF are handled by `isBreak`. */
const BLANK = 1
const BREAK = 2
const END = 4
const FLOW_STOP = 8
const WORD = 16

const CLASSES = new Uint8Array(256)
for (const c of [0x20, 0x09]) CLASSES[c] = BLANK
for (const c of [0x0a, 0x0d, 0x85]) CLASSES[c] = BREAK
CLASSES[0] = END
for (const c of ',?[]{}') CLASSES[c.charCodeAt(0)] = FLOW_STOP
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-') CLASSES[c.charCodeAt(0)] = WORD

const classOf = (c: number): number => (c < 256 ? (CLASSES[c] as number) : c === 0x2028 || c === 0x2029 ? BREAK : 0)

/** Space or tab. */
export const isBlank = (c: number): boolean => c === 0x20 || c === 0x09

/** Line feed, carriage return, NEL, line or paragraph separator. */
export const isBreak = (c: number): boolean => classOf(c) === BREAK

/** A break or the end of the text. */
export const isBreakOrEnd = (c: number): boolean => (classOf(c) & (BREAK | END)) !== 0

/** A blank, a break or the end of the text. */
export const isBlankOrEnd = (c: number): boolean => (classOf(c) & (BLANK | BREAK | END)) !== 0

/** One of the characters that end a plain scalar inside brackets. */
export const isFlowStop = (c: number): boolean => classOf(c) === FLOW_STOP

/** A letter, digit, `_` or `-`. */
export const isWord = (c: number): boolean => classOf(c) === WORD

/** The value of a hexadecimal digit, or -1. */
export function hexValue(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30
  if (c >= 0x41 && c <= 0x46) return c - 0x37
  if (c >= 0x61 && c <= 0x66) return c - 0x57
  return -1
}
