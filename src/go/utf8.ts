/**
 * Go strings are bytes; ours are UTF-16, where a byte that is not part of valid UTF-8 is one lone surrogate
 * U+DC80–U+DCFF. These helpers count, cut and compare by bytes.
 */

const LONE_SURROGATE = /[\ud800-\udfff]/u
const NOT_ASCII = /[^\0-\x7f]/

/** Whether every character is ASCII, so that bytes and UTF-16 units coincide. */
export function isAscii(text: string): boolean {
  return !NOT_ASCII.test(text)
}

/** Number of bytes: Go's `len(s)`. */
export function byteLength(text: string): number {
  const length = text.length
  let bytes = length
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) bytes += 1
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 2
    else if (unit < 0xdc00) {
      // A pair is two units and four bytes.
      bytes += 2
      i++
    }
    // A lone low surrogate is an escaped byte: one unit, one byte.
  }
  return bytes
}

/** The bytes of a Go string. */
export function toBytes(text: string): Uint8Array {
  if (!LONE_SURROGATE.test(text)) return Buffer.from(text, 'utf8')
  const bytes: number[] = []
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00)
    else for (const byte of Buffer.from(char, 'utf8')) bytes.push(byte)
  }
  return Uint8Array.from(bytes)
}

/** The Go string that holds these bytes; invalid UTF-8 is kept, escaped. */
export function fromBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = buffer.toString('utf8')
  if (!text.includes('\ufffd')) return text
  let out = ''
  for (let i = 0; i < bytes.length; ) {
    const size = runeSize(bytes, i)
    if (size === 0) {
      out += String.fromCharCode(0xdc00 + (bytes[i] ?? 0))
      i++
    } else {
      out += buffer.toString('utf8', i, i + size)
      i += size
    }
  }
  return out
}

/** Size of the valid UTF-8 sequence at `at`, or 0 when there is none. */
function runeSize(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return 0
  const second = bytes[at + 1] ?? 0
  let low = 0x80
  let high = 0xbf
  if (first === 0xe0) low = 0xa0
  if (first === 0xed) high = 0x9f
  if (first === 0xf0) low = 0x90
  if (first === 0xf4) high = 0x8f
  if (second < low || second > high) return 0
  if (first < 0xe0) return 2
  if (!isContinuation(bytes[at + 2])) return 0
  if (first < 0xf0) return 3
  return isContinuation(bytes[at + 3]) ? 4 : 0
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

/** Go's `s[from:to]`, by bytes; the caller checks the range. */
export function sliceBytes(text: string, from: number, to?: number): string {
  if (isAscii(text)) return text.slice(from, to)
  return fromBytes(toBytes(text).subarray(from, to))
}

/** The byte at an index: Go's `s[i]`; undefined outside the string. */
export function byteAt(text: string, index: number): number | undefined {
  if (isAscii(text)) return index >= 0 && index < text.length ? text.charCodeAt(index) : undefined
  return toBytes(text)[index]
}

/** The runes of a Go string; an escaped byte gives U+FFFD, as Go's range over a string does. */
export function runes(text: string): number[] {
  const result: number[] = []
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    result.push(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code)
  }
  return result
}

/** Number of runes: `utf8.RuneCountInString`. */
export function runeCount(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length - 1; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit <= 0xdbff) {
      count--
      i++
    }
  }
  return count
}

/** Text of a code point; one that is no valid rune gives U+FFFD, as Go's `string(rune)`. */
export function runeText(code: number): string {
  if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd'
  return String.fromCodePoint(code)
}

/** Replaces escaped bytes by U+FFFD, as a conversion through runes or JSON does. */
export function toValidUtf8(text: string, replacement = '\ufffd'): string {
  return LONE_SURROGATE.test(text) ? text.replace(/[\ud800-\udfff]/gu, replacement) : text
}

/** Whether the string holds only valid UTF-8: `utf8.ValidString`. */
export function isValidUtf8(text: string): boolean {
  return !LONE_SURROGATE.test(text)
}

/** Orders two Go strings by their bytes: negative, zero or positive. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    if (x < 0xd800 && y < 0xd800) return x - y
    const start = i > 0 && (a.charCodeAt(i - 1) & 0xfc00) === 0xd800 ? i - 1 : i
    return Buffer.compare(toBytes(a.slice(start)), toBytes(b.slice(start)))
  }
  return a.length - b.length
}
