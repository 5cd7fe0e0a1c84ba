/** The little of ASN.1's DER that keys and certificates need, both ways. */

const concat = (parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts)

/** An element: tag, length, content. */
export function derElement(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = concat(content)
  const { length } = body
  if (length < 0x80) return concat([Uint8Array.of(tag, length), body])
  const digits: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return concat([Uint8Array.of(tag, 0x80 | digits.length, ...digits), body])
}

/** SEQUENCE. */
export const derSequence = (...content: readonly Uint8Array[]): Buffer => derElement(0x30, ...content)

/** SET. */
export const derSet = (...content: readonly Uint8Array[]): Buffer => derElement(0x31, ...content)

/** INTEGER, from big-endian bytes without sign. */
export function derInteger(bytes: Uint8Array): Buffer {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  const trimmed = bytes.length === 0 ? Uint8Array.of(0) : bytes.subarray(start)
  return derElement(0x02, (trimmed[0] as number) >= 0x80 ? concat([Uint8Array.of(0), trimmed]) : trimmed)
}

/** OBJECT IDENTIFIER, from its dotted form. */
export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const digits = [arc & 0x7f]
    for (let value = arc >>> 7; value > 0; value >>>= 7) digits.unshift((value & 0x7f) | 0x80)
    bytes.push(...digits)
  }
  return derElement(0x06, Uint8Array.from(bytes))
}

/** BIT STRING with whole bytes, or with `unused` bits at the end. */
export const derBits = (bytes: Uint8Array, unused = 0): Buffer => derElement(0x03, Uint8Array.of(unused), bytes)

/** OCTET STRING. */
export const derOctets = (...content: readonly Uint8Array[]): Buffer => derElement(0x04, ...content)

/** BOOLEAN. */
export const derBoolean = (value: boolean): Buffer => derElement(0x01, Uint8Array.of(value ? 0xff : 0))

/** PrintableString where its alphabet suffices, else UTF8String, as Go's encoding/asn1 chooses. */
export function derText(text: string): Buffer {
  const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text)
  return printable ? derElement(0x13, Buffer.from(text, 'utf8')) : derUtf8(text)
}

/** UTF8String. */
export const derUtf8 = (text: string): Buffer => derElement(0x0c, Buffer.from(text, 'utf8'))

/** A context-specific tag; constructed when it wraps other values. */
export const derContext = (number: number, content: Uint8Array, constructed: boolean): Buffer =>
  derElement((constructed ? 0xa0 : 0x80) | number, content)

/** UTCTime from 1950 to 2049, GeneralizedTime for other years. */
export function derTime(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '')
  const year = new Date(ms).getUTCFullYear()
  return year >= 1950 && year < 2050
    ? derElement(0x17, Buffer.from(text.slice(2)))
    : derElement(0x18, Buffer.from(text))
}

/** An element that was read: `raw` with its header, `content` without. */
export interface DerNode {
  readonly tag: number
  readonly raw: Uint8Array
  readonly content: Uint8Array
}

/** The elements that follow each other in `bytes`; undefined when they are malformed. */
export function readDer(bytes: Uint8Array): DerNode[] | undefined {
  const nodes: DerNode[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] as number
    const first = bytes[at + 1]
    if (first === undefined) return undefined
    let length = first
    let start = at + 2
    if (first >= 0x80) {
      const count = first & 0x7f
      if (count === 0 || count > 4) return undefined
      length = 0
      for (let k = 0; k < count; k++) length = length * 256 + (bytes[start + k] ?? 0)
      start += count
    }
    const end = start + length
    if (end > bytes.length) return undefined
    nodes.push({ tag, raw: bytes.subarray(at, end), content: bytes.subarray(start, end) })
    at = end
  }
  return nodes
}

/** An OBJECT IDENTIFIER in dotted form, from its content. */
export function readDerOid(content: Uint8Array): string {
  const first = content[0] ?? 0
  const root = Math.min(2, Math.floor(first / 40))
  const arcs = [root, first - 40 * root]
  let arc = 0
  for (const byte of content.subarray(1)) {
    arc = arc * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      arcs.push(arc)
      arc = 0
    }
  }
  return arcs.join('.')
}
