/** Codes of the characters that mean something in YAML. */
export const NEWLINE = 0x0a
export const SPACE = 0x20
export const TAB = 0x09
export const DASH = 0x2d
export const COLON = 0x3a
export const HASH = 0x23
export const QUESTION = 0x3f
export const BACKSLASH = 0x5c
export const COMMA = 0x2c
export const DOUBLE_QUOTE = 0x22
export const SINGLE_QUOTE = 0x27

/** The character may begin a plain key. */
export const KEY_START = 1
/** It may stand in one. */
export const KEY_PART = 2
/** It may begin a plain scalar; a dash only before something. */
export const SCALAR_START = 4
/** Which of these hold, for each ASCII character. */
export const CLASSES = new Uint8Array(128)
for (let c = 0x21; c < 0x7f; c++) if (!`?:,[]{}#&*!|>'"%@\``.includes(String.fromCharCode(c))) CLASSES[c] = SCALAR_START
for (const c of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_') {
  CLASSES[c.charCodeAt(0)] = KEY_START | KEY_PART | SCALAR_START
}
for (const c of '0123456789./') CLASSES[c.charCodeAt(0)] = KEY_START | KEY_PART | SCALAR_START
CLASSES[DASH] = KEY_PART | SCALAR_START
