import { argumentError } from '../errors.ts'

/** What a field of a structure holds, as Go's asn1 package tells types apart. */
export type Asn1Type =
  | { readonly kind: 'int' | 'bigint' | 'oid' | 'bytes' | 'bits' | 'any' }
  | { readonly kind: 'struct'; readonly name: string; readonly fields: readonly Asn1Field[] }
  | { readonly kind: 'list'; readonly item: Asn1Type }

/** A field: where `explicit` is given, it is wrapped in a context tag of that number. */
export interface Asn1Field {
  readonly type: Asn1Type
  readonly optional?: boolean
  readonly explicit?: number
  readonly omitEmpty?: boolean
}

/** What was read: integers, dotted identifiers, bytes (`any`: with their header), lists for structures and lists. */
export type Asn1Value = bigint | string | Uint8Array | readonly Asn1Value[] | undefined

const structural = (text: string): Error => argumentError(`asn1: structure error: ${text}`)
const syntactic = (text: string): Error => argumentError(`asn1: syntax error: ${text}`)

interface Header {
  readonly class: number
  readonly tag: number
  readonly compound: boolean
  readonly length: number
  /** Where the content begins. */
  readonly start: number
}

const CONTEXT = 2
const LONG_TAG = 0x1f

function readHeader(bytes: Uint8Array, at: number): Header {
  const first = bytes[at] ?? 0
  let offset = at + 1
  let tag = first & LONG_TAG
  if (tag === LONG_TAG) {
    const number = readBase128(bytes, offset)
    offset = number.end
    tag = number.value
    if (tag < LONG_TAG) throw syntactic('non-minimal tag')
  }
  const { length, start } = readLength(bytes, offset)
  return { class: first >> 6, tag, compound: (first & 0x20) !== 0, length, start }
}

function readLength(bytes: Uint8Array, at: number): { readonly length: number; readonly start: number } {
  const size = bytes[at]
  if (size === undefined) throw syntactic('truncated tag or length')
  if (size < 0x80) return { length: size, start: at + 1 }
  const count = size & 0x7f
  if (count === 0) throw syntactic('indefinite length found (not DER)')
  let length = 0
  for (let k = 1; k <= count; k++) {
    const byte = bytes[at + k]
    if (byte === undefined) throw syntactic('truncated tag or length')
    if (length >= 1 << 23) throw structural('length too large')
    length = length * 256 + byte
    if (length === 0) throw structural('superfluous leading zeros in length')
  }
  if (length < 0x80) throw structural('non-minimal length')
  return { length, start: at + 1 + count }
}

/** A number of seven bits a byte, as tags and identifiers have them. */
function readBase128(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  let value = 0
  for (let k = 0; at + k < bytes.length; k++) {
    if (k === 5) throw structural('base 128 integer too large')
    const byte = bytes[at + k] as number
    if (k === 0 && byte === 0x80) throw syntactic('integer is not minimally encoded')
    value = value * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    if (value > 0x7fff_ffff) throw structural('base 128 integer too large')
    return { value, end: at + k + 1 }
  }
  throw syntactic('truncated base 128 integer')
}

function readInteger(bytes: Uint8Array, limit: number): bigint {
  const [first = 0, second = 0] = bytes
  if (bytes.length === 0) throw structural('empty integer')
  const isPadded = (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)
  if (bytes.length > 1 && isPadded) throw structural('integer not minimally-encoded')
  if (bytes.length > limit) throw structural('integer too large')
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
}

function readIdentifier(bytes: Uint8Array): string {
  if (bytes.length === 0) throw syntactic('zero length OBJECT IDENTIFIER')
  const { value, end } = readBase128(bytes, 0)
  const arcs = value < 80 ? [Math.floor(value / 40), value % 40] : [2, value - 80]
  for (let at = end; at < bytes.length; ) {
    const arc = readBase128(bytes, at)
    arcs.push(arc.value)
    at = arc.end
  }
  return arcs.join('.')
}

function readBits(bytes: Uint8Array): Uint8Array {
  const [padding] = bytes
  if (padding === undefined) throw syntactic('zero length BIT STRING')
  const last = bytes[bytes.length - 1] as number
  const isWrong = padding > 7 || (bytes.length === 1 && padding > 0) || (last & ((1 << padding) - 1)) !== 0
  if (isWrong) throw syntactic('invalid padding bits in BIT STRING')
  return bytes.subarray(1)
}

/** Universal tag of each type, and Go's name for it. */
const TYPES = {
  int: [2, 'int'],
  bigint: [2, ''],
  oid: [6, 'ObjectIdentifier'],
  bytes: [4, ''],
  bits: [3, 'BitString'],
  any: [-1, 'RawValue'],
  struct: [16, ''],
  list: [16, ''],
} as const

/** The parameters of a field as Go prints them; the tag is a pointer, whose address is nobody's concern. */
function parametersOf({ optional, explicit, omitEmpty }: Asn1Field): string {
  const tag = explicit === undefined ? '<nil>' : '0xc000012000'
  const flags = `optional:${optional ?? false} explicit:${explicit !== undefined} application:false private:false`
  return `{${flags} defaultValue:<nil> tag:${tag} stringType:0 timeType:0 set:false omitEmpty:${omitEmpty ?? false}}`
}

/**
 * Reads one value of a type from DER, as Go's `asn1.Unmarshal`: bytes after it are left alone, fields behind the known ones of a
 * structure too. Throws an argument error with Go's text.
 */
export function readAsn1(bytes: Uint8Array, type: Asn1Type): { readonly value: Asn1Value; readonly end: number } {
  return readField(bytes, 0, { type })
}

function readField(
  bytes: Uint8Array,
  at: number,
  field: Asn1Field,
): { readonly value: Asn1Value; readonly end: number } {
  const absent = { value: undefined, end: at }
  if (at === bytes.length) {
    if (field.optional) return absent
    throw syntactic('sequence truncated')
  }
  let header = readHeader(bytes, at)
  if (field.explicit !== undefined) {
    if (header.start === bytes.length) throw structural('explicit tag has no child')
    const isWrapper =
      header.class === CONTEXT && header.tag === field.explicit && (header.length === 0 || header.compound)
    if (!isWrapper) {
      if (field.optional) return absent
      throw structural("explicitly tagged member didn't match")
    }
    if (header.length === 0) throw structural('zero length explicit tag was not an asn1.Flag')
    header = readHeader(bytes, header.start)
  }
  const { type } = field
  const [tag, typeName] = TYPES[type.kind]
  const isCompound = type.kind === 'struct' || type.kind === 'list'
  if (type.kind !== 'any' && (header.class !== 0 || header.tag !== tag || header.compound !== isCompound)) {
    if (field.optional) return absent
    const found = `{class:${header.class} tag:${header.tag} length:${header.length} isCompound:${header.compound}}`
    const name = type.kind === 'struct' ? type.name : typeName
    throw structural(`tags don't match (${tag} vs ${found}) ${parametersOf(field)} ${name} @${header.start}`)
  }
  const end = header.start + header.length
  if (end > bytes.length) throw syntactic('data truncated')
  const content = bytes.subarray(header.start, end)
  return { value: type.kind === 'any' ? bytes.subarray(at, end) : readContent(content, type), end }
}

function readContent(content: Uint8Array, type: Asn1Type): Asn1Value {
  switch (type.kind) {
    case 'int':
      return readInteger(content, 8)
    case 'bigint':
      return readInteger(content, Number.POSITIVE_INFINITY)
    case 'oid':
      return readIdentifier(content)
    case 'bits':
      return readBits(content)
    case 'struct': {
      let at = 0
      return type.fields.map((field) => {
        const { value, end } = readField(content, at, field)
        at = end
        return value
      })
    }
    case 'list': {
      const items: Asn1Value[] = []
      for (let at = 0; at < content.length; ) {
        const { value, end } = readField(content, at, { type: type.item })
        items.push(value)
        at = end
      }
      return items
    }
    default:
      return content
  }
}
