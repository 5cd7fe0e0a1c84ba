import { protobufError } from '../errors.ts'

/** One field of a message on the wire: its number and its value, by wire type. */
export type WireField =
  | { readonly number: number; readonly type: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly type: 'fixed64' | 'fixed32' | 'bytes'; readonly value: Uint8Array }

/** Longest varint: 64 bits in groups of seven. */
const VARINT_LIMIT_BYTES = 10

/** Reads the fields of a message one after another. Throws PROTOBUF for text that ends early or has unknown types. */
export function* readFields(bytes: Uint8Array): Generator<WireField> {
  let position = 0
  const varint = (): bigint => {
    let value = 0n
    for (let i = 0; i < VARINT_LIMIT_BYTES; i++) {
      const byte = bytes[position++]
      if (byte === undefined) throw protobufError('unexpected EOF')
      value |= BigInt(byte & 0x7f) << BigInt(7 * i)
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw protobufError('integer overflow')
  }
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - position) throw protobufError('unexpected EOF')
    position += length
    return bytes.subarray(position - length, position)
  }
  while (position < bytes.length) {
    const tag = Number(varint())
    const number = Math.floor(tag / 8)
    if (number === 0) throw protobufError('illegal tag 0')
    switch (tag % 8) {
      case 0:
        yield { number, type: 'varint', value: varint() }
        break
      case 1:
        yield { number, type: 'fixed64', value: take(8) }
        break
      case 2: {
        const length = varint()
        if (length > BigInt(bytes.length)) throw protobufError('unexpected EOF')
        yield { number, type: 'bytes', value: take(Number(length)) }
        break
      }
      case 5:
        yield { number, type: 'fixed32', value: take(4) }
        break
      default:
        throw protobufError(`illegal wireType ${tag % 8}`)
    }
  }
}
