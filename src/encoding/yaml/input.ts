/** A character that YAML does not allow, or bytes that are not UTF-8, with the place where it stands (from 1). */
export interface InputProblem {
  readonly message: string
  readonly line: number
  readonly column: number
  /** Where the text must be cut, see Cursor. */
  readonly cut: number
}

/** Bytes that go-yaml takes from its input at a time. */
const BLOCK_BYTES = 512

/** Control characters, and surrogates, which may be paired: a quick test that most texts pass. */
const SUSPICIOUS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]/
const FORBIDDEN = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

/** Finds the first character that go-yaml's reader refuses; undefined when the text is fine. */
export function findInputProblem(text: string): InputProblem | undefined {
  if (!SUSPICIOUS.test(text)) return undefined
  const match = FORBIDDEN.exec(text)
  if (match === null) return undefined
  const before = text.slice(0, match.index)
  const lineStart = before.lastIndexOf('\n') + 1
  return {
    message: describe(text, match.index),
    line: before.split('\n').length,
    column: match.index - lineStart + 1,
    cut: blockStart(before),
  }
}

/** Start of the block that holds the character after `before`: blocks hold whole characters, at most BLOCK_BYTES bytes. */
function blockStart(before: string): number {
  let start = 0
  let room = BLOCK_BYTES
  for (let i = 0; i < before.length; ) {
    const code = before.codePointAt(i) as number
    const width = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    if (width > room) {
      start = i
      room = BLOCK_BYTES
    }
    room -= width
    i += code > 0xffff ? 2 : 1
  }
  return room === 0 ? before.length : start
}

const isEscapedByte = (code: number): boolean => code >= 0xdc80 && code <= 0xdcff

/** The text of the error for the character at `index`. Bytes that are not UTF-8 are lone surrogates, see go/value.ts. */
function describe(text: string, index: number): string {
  const code = text.charCodeAt(index)
  if (!isEscapedByte(code)) return 'control characters are not allowed'
  const lead = code & 0xff
  const width = (lead & 0xe0) === 0xc0 ? 2 : (lead & 0xf0) === 0xe0 ? 3 : (lead & 0xf8) === 0xf0 ? 4 : 0
  if (width === 0) return 'invalid leading UTF-8 octet'
  const bytes = followingBytes(text, index, width)
  if (bytes.length < width) return 'incomplete UTF-8 octet sequence'
  let value = lead & (0xff >> (width + 1))
  for (let k = 1; k < width; k++) {
    const octet = bytes[k] as number
    if ((octet & 0xc0) !== 0x80) return 'invalid trailing UTF-8 octet'
    value = value * 64 + (octet & 0x3f)
  }
  const least = width === 2 ? 0x80 : width === 3 ? 0x800 : 0x10000
  if (value < least) return 'invalid length of a UTF-8 sequence'
  return 'invalid Unicode character'
}

/** The first `count` bytes of the text from `index` on; fewer at its end. */
function followingBytes(text: string, index: number, count: number): number[] {
  const bytes: number[] = []
  for (let i = index; i < text.length && bytes.length < count; i++) {
    const unit = text.charCodeAt(i)
    if (isEscapedByte(unit)) bytes.push(unit & 0xff)
    else for (const byte of Buffer.from(text.slice(i, i + 1), 'utf8')) bytes.push(byte)
  }
  return bytes.slice(0, count)
}
