import { byteLength, sliceBytes, toBytes } from '../../go/index.ts'

/** How `wrap` breaks lines. */
export interface WrapOptions {
  /** Bytes on a line; at least 1. */
  readonly width: number
  /** What ends a line; empty: a line feed. */
  readonly lineBreak: string
  /** Cut words that are longer than a line. */
  readonly breakWords: boolean
}

const SPACE = 0x20

/** Wraps at spaces, counting bytes, as goutils does: blanks at the start of a line go, the rest stays. */
export function wrap(text: Uint8Array, options: WrapOptions): Uint8Array {
  const width = Math.max(options.width, 1)
  const lineBreak = Buffer.from(toBytes(options.lineBreak === '' ? '\n' : options.lineBreak))
  const source = Buffer.from(text)
  const parts: Uint8Array[] = []
  let at = 0
  const line = (end: number, next: number): void => {
    parts.push(source.subarray(at, end), lineBreak)
    at = next
  }
  while (source.length - at > width) {
    if (source[at] === SPACE) {
      at++
      continue
    }
    const space = source.subarray(at, at + width + 1).lastIndexOf(SPACE)
    if (space >= 0) {
      line(at + space, at + space + 1)
    } else if (options.breakWords) {
      line(at + width, at + width)
    } else {
      const later = source.indexOf(SPACE, at + width)
      if (later < 0) break
      line(later, later + 1)
    }
  }
  parts.push(source.subarray(at))
  return Buffer.concat(parts)
}

/** Bytes that `unicode.IsSpace` takes for a space when each byte counts as a character. */
const isSpaceByte = (byte: number): boolean =>
  byte === SPACE || (byte >= 0x09 && byte <= 0x0d) || byte === 0x85 || byte === 0xa0

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text)

/** Removes blanks byte by byte, as goutils does: other bytes then count as Latin-1 characters. */
export function removeSpace(text: string): string {
  if (isAscii(text)) return text.replace(/[\t-\r ]/g, '')
  const bytes = toBytes(text)
  const kept = bytes.filter((byte) => !isSpaceByte(byte))
  return kept.length === bytes.length ? text : Buffer.from(kept).toString('latin1')
}

/** The first byte of every word, as Latin-1 characters, as goutils takes them. */
export function initials(text: string): string {
  let out = ''
  let gap = true
  for (const byte of toBytes(text)) {
    if (isSpaceByte(byte)) gap = true
    else if (gap) {
      out += String.fromCharCode(byte)
      gap = false
    }
  }
  return out
}

const MARK = '...'

/** Shortens to `width` bytes with dots at the end. */
export function abbreviate(width: number, text: string): string {
  return width < 4 ? text : abbreviateFrom(0, width, text)
}

/** Shortens to `width` bytes with dots at both ends, showing what is at `offset`. */
export function abbreviateBoth(offset: number, width: number, text: string): string {
  if (width < 4 || (offset > 0 && width < 7)) return text
  return abbreviateFrom(offset, width, text)
}

function abbreviateFrom(left: number, width: number, text: string): string {
  const length = byteLength(text)
  if (length <= width) return text
  let offset = Math.min(left, length)
  if (length - offset < width - MARK.length) offset = length - (width - MARK.length)
  if (offset <= 4) return sliceBytes(text, 0, width - MARK.length) + MARK
  if (width < 7) return ''
  if (offset + width - MARK.length < length) {
    const rest = sliceBytes(text, offset)
    const inner = width - MARK.length
    return MARK + (inner < 4 ? '' : abbreviateFrom(0, inner, rest))
  }
  return MARK + sliceBytes(text, length - (width - MARK.length))
}
