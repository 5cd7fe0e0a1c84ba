import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { ByteReader, type Packet, readPackets, tags } from './packets.ts'

/** Public-key algorithms (RFC 9580, section 9.1) that are supported. */
export const algorithms = { rsa: 1, rsaSign: 3, ecdsa: 19, eddsa: 22, ed25519: 27 } as const

/** A key or subkey of a keyring. */
export interface PgpKey {
  readonly algorithm: number
  /** 20 bytes. */
  readonly fingerprint: Uint8Array
  /** Fields of the public key, in order: integers, curve and point. */
  readonly fields: readonly Uint8Array[]
  /** What follows the public part in a secret-key packet. */
  readonly secret: Uint8Array | undefined
}

/** A key with its user ids and subkeys. */
export interface PgpEntity {
  readonly primary: PgpKey
  readonly subkeys: readonly PgpKey[]
  readonly userIds: readonly string[]
}

/** Reads a binary keyring, as GnuPG 1 kept it. Packets it does not need are skipped. */
export function readKeyring(bytes: Uint8Array): PgpEntity[] {
  const entities: { primary: PgpKey; subkeys: PgpKey[]; userIds: string[] }[] = []
  for (const packet of readPackets(bytes)) {
    const current = entities.at(-1)
    if (packet.tag === tags.publicKey || packet.tag === tags.secretKey) {
      const primary = readKey(packet)
      if (primary !== undefined) entities.push({ primary, subkeys: [], userIds: [] })
    } else if (current === undefined) continue
    else if (packet.tag === tags.userId) current.userIds.push(Buffer.from(packet.body).toString('utf8'))
    else if (packet.tag === tags.publicSubkey || packet.tag === tags.secretSubkey) {
      const subkey = readKey(packet)
      if (subkey !== undefined) current.subkeys.push(subkey)
    }
  }
  return entities
}

/** The last eight bytes of the fingerprint. */
export function keyIdOf(key: PgpKey): Uint8Array {
  return key.fingerprint.subarray(12)
}

/** The key for Node's crypto; undefined when its algorithm is not supported. */
export function publicKeyOf(key: PgpKey): KeyObject | undefined {
  const jwk = publicJwk(key)
  return jwk === undefined ? undefined : createPublicKey({ key: jwk, format: 'jwk' })
}

/** The public key as a JSON web key. */
export function publicJwk(key: PgpKey): Record<string, string> | undefined {
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = key.fields
  switch (key.algorithm) {
    case algorithms.rsa:
    case algorithms.rsaSign:
      return { kty: 'RSA', n: base64url(first), e: base64url(second) }
    case algorithms.ecdsa: {
      const curve = curves[Buffer.from(first).toString('hex')]
      if (curve === undefined) return undefined
      const size = (second.length - 1) / 2
      return {
        kty: 'EC',
        crv: curve,
        x: base64url(second.subarray(1, 1 + size)),
        y: base64url(second.subarray(1 + size)),
      }
    }
    case algorithms.eddsa:
      return { kty: 'OKP', crv: 'Ed25519', x: base64url(second.subarray(second.length - 32)) }
    case algorithms.ed25519:
      return { kty: 'OKP', crv: 'Ed25519', x: base64url(first) }
    default:
      return undefined
  }
}

/** Bytes in the alphabet of JSON web keys. */
export function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}

const curves: Readonly<Record<string, string>> = {
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
}

/** Only version 4 keys are read; others give undefined. */
function readKey(packet: Packet): PgpKey | undefined {
  const reader = new ByteReader(packet.body)
  if (reader.number(1) !== 4) return undefined
  reader.take(4)
  const algorithm = reader.number(1)
  const fields = readFields(reader, algorithm)
  if (fields === undefined) return undefined
  const publicLength = packet.body.length - reader.remaining
  const isSecret = packet.tag === tags.secretKey || packet.tag === tags.secretSubkey
  const body = packet.body.subarray(0, publicLength)
  const header = Buffer.from([0x99, publicLength >> 8, publicLength & 255])
  const fingerprint = createHash('sha1').update(header).update(body).digest()
  return { algorithm, fingerprint, fields, secret: isSecret ? reader.rest() : undefined }
}

function readFields(reader: ByteReader, algorithm: number): Uint8Array[] | undefined {
  switch (algorithm) {
    case algorithms.rsa:
    case 2:
    case algorithms.rsaSign:
      return [reader.mpi(), reader.mpi()]
    case 16:
      return [reader.mpi(), reader.mpi(), reader.mpi()]
    case 17:
      return [reader.mpi(), reader.mpi(), reader.mpi(), reader.mpi()]
    case algorithms.ecdsa:
    case algorithms.eddsa:
      return [reader.take(reader.number(1)), reader.mpi()]
    case 18: {
      const fields = [reader.take(reader.number(1)), reader.mpi()]
      return [...fields, reader.take(reader.number(1))]
    }
    case 25:
    case algorithms.ed25519:
      return [reader.take(32)]
    default:
      return undefined
  }
}
