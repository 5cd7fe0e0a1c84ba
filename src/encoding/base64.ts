import { fromBytes, toBytes } from '../go/index.ts'
import { EncodingError } from './errors.ts'

/** Bytes of a Go string in standard base64. */
export function encodeBase64(text: string): string {
  return Buffer.from(toBytes(text)).toString('base64')
}

const corrupt = (kind: string, at: number): EncodingError =>
  new EncodingError('BASE64_CORRUPT', `illegal ${kind} data at input byte ${at}`, { offset: at })

const CLEAN = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * Decodes standard base64 with padding, as Go's `base64.StdEncoding`: line breaks are skipped, anything else that does not fit is an
 * error that names the byte.
 */
export function decodeBase64Bytes(text: string): Buffer {
  const clean = text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]/g, '') : text
  const bytes = Buffer.from(clean, 'base64')
  // Node skips what is not base64: of long texts, whether something is missing says sooner that all of it was.
  if (clean.length > LONG ? isWhole(clean, bytes.length) : CLEAN.test(clean)) return bytes
  throw corrupt('base64', base64Problem(toBytes(text)))
}

const LONG = 256

/** Whether all of a text was read. Node reads the letters of base64 for URLs too. */
function isWhole(text: string, bytes: number): boolean {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const isPlain = !text.includes('-') && !text.includes('_')
  return isPlain && text.length % 4 === 0 && bytes === (text.length / 4) * 3 - padding
}

/** As `decodeBase64Bytes`, as a Go string. */
export function decodeBase64(text: string): string {
  return fromBytes(decodeBase64Bytes(text))
}

const PAD = 0x3d
const isNewline = (byte: number | undefined): boolean => byte === 0x0a || byte === 0x0d

function isBase64(byte: number): boolean {
  return (
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2b ||
    byte === 0x2f
  )
}

/** The offset that Go reports for bad base64. */
function base64Problem(bytes: Uint8Array): number {
  let at = 0
  const skipNewlines = (): void => {
    while (isNewline(bytes[at])) at++
  }
  for (;;) {
    for (let digit = 0; digit < 4; ) {
      const byte = bytes[at]
      if (byte === undefined) return at - digit
      at++
      if (isBase64(byte)) {
        digit++
        continue
      }
      if (isNewline(byte)) continue
      if (byte !== PAD || digit < 2) return at - 1
      if (digit === 2) {
        skipNewlines()
        if (at === bytes.length) return at
        if (bytes[at] !== PAD) return at - 1
        at++
      }
      skipNewlines()
      return at
    }
  }
}

const ALPHABET_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Bytes of a Go string in standard base32. */
export function encodeBase32(text: string): string {
  const bytes = toBytes(text)
  let out = ''
  for (let i = 0; i < bytes.length; i += 5) {
    const block = bytes.subarray(i, i + 5)
    let bits = 0n
    for (let k = 0; k < 5; k++) bits = (bits << 8n) | BigInt(block[k] ?? 0)
    const digits = Math.ceil((block.length * 8) / 5)
    for (let k = 0; k < digits; k++) out += ALPHABET_32[Number((bits >> BigInt(35 - 5 * k)) & 31n)]
    out += '='.repeat(8 - digits)
  }
  return out
}

/** Decodes standard base32 with padding into a Go string; line breaks are skipped, errors name the byte. */
export function decodeBase32(text: string): string {
  const source = toBytes(text.replace(/[\r\n]/g, ''))
  const bytes: number[] = []
  for (let at = 0; at < source.length; at += 8) {
    const digits = quantum32(source, at)
    let bits = 0n
    for (let k = 0; k < 8; k++) bits = (bits << 5n) | BigInt(digits[k] ?? 0)
    const count = Math.floor((digits.length * 5) / 8)
    for (let k = 0; k < count; k++) bytes.push(Number((bits >> BigInt(32 - 8 * k)) & 255n))
    if (digits.length < 8) break
  }
  return fromBytes(Uint8Array.from(bytes))
}

/** The digits of the block at `start`; fewer than eight when padding ends the text. */
function quantum32(source: Uint8Array, start: number): number[] {
  const length = source.length
  const digits: number[] = []
  for (let at = start; digits.length < 8; at++) {
    const count = digits.length
    if (at >= length) throw corrupt('base32', length - count)
    const byte = source[at] as number
    const left = length - at - 1
    if (byte === PAD && count >= 2 && left < 8) {
      if (left + count < 7) throw corrupt('base32', length)
      for (let k = 0; k < 7 - count; k++) {
        if (left > k && source[at + 1 + k] !== PAD) throw corrupt('base32', at + k)
      }
      if (count === 3 || count === 6) throw corrupt('base32', at)
      return digits
    }
    const digit = ALPHABET_32.indexOf(String.fromCharCode(byte))
    if (digit < 0) throw corrupt('base32', at)
    digits.push(digit)
  }
  return digits
}
