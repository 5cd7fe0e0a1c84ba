import { repoError } from '../errors.ts'

/** An OpenPGP packet. */
export interface Packet {
  readonly tag: number
  readonly body: Uint8Array
}

/** Packet tags used here. */
export const tags = { signature: 2, secretKey: 5, publicKey: 6, secretSubkey: 7, userId: 13, publicSubkey: 14 } as const

/** Reads bytes in order; reading past the end is an error. */
export class ByteReader {
  private readonly bytes: Uint8Array
  private at = 0
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get remaining(): number {
    return this.bytes.length - this.at
  }

  take(size: number): Uint8Array {
    if (size < 0 || size > this.remaining) throw invalidData('unexpected EOF')
    this.at += size
    return this.bytes.subarray(this.at - size, this.at)
  }

  number(size: number): number {
    return this.take(size).reduce((sum, byte) => sum * 256 + byte, 0)
  }

  rest(): Uint8Array {
    return this.take(this.remaining)
  }

  /** A multi-precision integer: length in bits, then its bytes. */
  mpi(): Uint8Array {
    return this.take(Math.ceil(this.number(2) / 8))
  }
}

/** Splits bytes into packets (RFC 9580, section 4.2), old and new headers. */
export function readPackets(bytes: Uint8Array): Packet[] {
  const reader = new ByteReader(bytes)
  const packets: Packet[] = []
  while (reader.remaining > 0) {
    const first = reader.number(1)
    if ((first & 0x80) === 0) throw invalidData('tag byte does not have MSB set')
    if ((first & 0x40) === 0) {
      const sizes = [1, 2, 4]
      const size = sizes[first & 3]
      packets.push({
        tag: (first >> 2) & 15,
        body: size === undefined ? reader.rest() : reader.take(reader.number(size)),
      })
    } else packets.push({ tag: first & 63, body: newBody(reader) })
  }
  return packets
}

/** A packet with a new header. */
export function writePacket(tag: number, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([0xc0 | tag]), packetLength(body.length), body])
}

/** The length octets of a packet or subpacket. */
export function packetLength(size: number): Uint8Array {
  if (size < 192) return Buffer.from([size])
  if (size < 8384) return Buffer.from([((size - 192) >> 8) + 192, (size - 192) & 255])
  return Buffer.from([255, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255])
}

/** An integer as OpenPGP writes it. */
export function writeMpi(value: Uint8Array): Uint8Array {
  let start = 0
  while (start < value.length && value[start] === 0) start += 1
  const bytes = value.subarray(start)
  const bits = bytes.length === 0 ? 0 : (bytes.length - 1) * 8 + (32 - Math.clz32(bytes[0] ?? 0))
  return Buffer.concat([Buffer.from([bits >> 8, bits & 255]), bytes])
}

/** Length octets as `packetLength` writes them. */
export function readLength(reader: ByteReader): number {
  const first = reader.number(1)
  if (first < 192) return first
  if (first < 255) return ((first - 192) << 8) + reader.number(1) + 192
  return reader.number(4)
}

function newBody(reader: ByteReader): Uint8Array {
  const parts: Uint8Array[] = []
  for (;;) {
    const first = reader.number(1)
    if (first < 192) return Buffer.concat([...parts, reader.take(first)])
    if (first < 224) return Buffer.concat([...parts, reader.take(((first - 192) << 8) + reader.number(1) + 192)])
    if (first === 255) return Buffer.concat([...parts, reader.take(reader.number(4))])
    parts.push(reader.take(2 ** (first & 31)))
  }
}

/** As the openpgp package of Go words broken input. */
function invalidData(reason: string): Error {
  return repoError('PROVENANCE', `openpgp: invalid data: ${reason}`)
}
