const INTEGER = 2
const SEQUENCE = 16
const UNIVERSAL = 0

const CLASS_BITS = 6
const PLAIN_FIELD =
  '{optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 ' +
  'timeType:0 set:false omitEmpty:false}'

interface Header {
  readonly class: number
  readonly tag: number
  readonly compound: boolean
  readonly length: number
  /** Where the content begins. */
  readonly start: number
}

/** Reads tag and length, or says in Go's words why they cannot be read. */
function readHeader(bytes: Uint8Array): Header | string {
  const first = bytes[0]
  if (first === undefined) return 'asn1: syntax error: sequence truncated'
  const size = bytes[1]
  if (size === undefined || (first & 0x1f) === 0x1f) return 'asn1: syntax error: truncated tag or length'
  const base = { class: first >> CLASS_BITS, tag: first & 0x1f, compound: (first & 0x20) !== 0 }
  if (size < 0x80) return { ...base, length: size, start: 2 }
  const count = size & 0x7f
  if (count === 0) return 'asn1: syntax error: indefinite length found (not DER)'
  let length = 0
  for (let k = 0; k < count; k++) {
    const byte = bytes[2 + k]
    if (byte === undefined) return 'asn1: syntax error: truncated tag or length'
    if (length >= 1 << 23) return 'asn1: structure error: length too large'
    length = length * 256 + byte
    if (length === 0) return 'asn1: structure error: superfluous leading zeros in length'
  }
  if (length < 0x80) return 'asn1: structure error: non-minimal length'
  return { ...base, length, start: 2 + count }
}

function checkField(bytes: Uint8Array, wanted: number, type: string): Uint8Array | string {
  const header = readHeader(bytes)
  if (typeof header === 'string') return header
  if (header.class !== UNIVERSAL || header.tag !== wanted || header.compound !== (wanted === SEQUENCE)) {
    const found = `{class:${header.class} tag:${header.tag} length:${header.length} isCompound:${header.compound}}`
    return `asn1: structure error: tags don't match (${wanted} vs ${found}) ${PLAIN_FIELD} ${type} @2`
  }
  const content = bytes.subarray(header.start, header.start + header.length)
  return content.length < header.length ? 'asn1: syntax error: data truncated' : content
}

/**
 * Why bytes are not a private key, in the words of Go's asn1 package: the outer sequence (`type` is Go's name for it) and the version
 * number in it are checked; what is wrong behind them counts as cut off.
 */
export function derProblem(bytes: Uint8Array, type: string): string {
  const body = checkField(bytes, SEQUENCE, type)
  if (typeof body === 'string') return body
  const version = checkField(body, INTEGER, 'int')
  return typeof version === 'string' ? version : 'asn1: syntax error: sequence truncated'
}
