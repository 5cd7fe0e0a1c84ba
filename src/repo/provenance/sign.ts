import { createDecipheriv, createHash, createPrivateKey, type KeyObject, sign as signBytes } from 'node:crypto'
import { emitYamlFromJson } from '../../encoding/index.ts'
import { sha256 } from '../content-cache.ts'
import { repoError } from '../errors.ts'
import { canonicalText, encodeClearSigned } from './cleartext.ts'
import { algorithms, base64url, keyIdOf, type PgpEntity, type PgpKey, publicJwk, readKeyring } from './keys.ts'
import { ByteReader, packetLength, tags, writeMpi, writePacket } from './packets.ts'

/** What to sign, and with which key. */
export interface SignRequest {
  /** A binary keyring with secret keys. */
  readonly keyring: Uint8Array
  /** A user id, or part of one that only one key has. */
  readonly key: string
  /** Gives the passphrase of an encrypted key, by its user id. */
  readonly passphrase: (userId: string) => Promise<string>
  /** Called once the key is chosen: opens what passphrases are read from, whether or not one is needed. */
  readonly preparePassphrase?: () => Promise<void>
  readonly nowMs: number
  readonly fileName: string
  readonly archive: Uint8Array
  /** Chart.yaml as text; asked for once the key is unlocked. */
  readonly metadata: () => string
}

/** The text of a provenance file: Chart.yaml and the archive's digest, signed. As Helm 4 `provenance.Signatory.ClearSign`. */
export async function signProvenance(request: SignRequest): Promise<string> {
  const entity = chooseKey(readKeyring(request.keyring), request.key)
  await request.preparePassphrase?.()
  if (entity === undefined) throw repoError('PROVENANCE', 'private key not found')
  const { primary } = entity
  if (primary.secret === undefined) {
    throw repoError('PROVENANCE', 'provided key is not a private key. Try providing a keyring with secret keys')
  }
  const values = await unlock(primary.secret, () => request.passphrase(entity.userIds[0] ?? 'Unknown'))
  const privateKey = privateKeyOf(primary, values)
  const sums = emitYamlFromJson({ files: { [request.fileName]: `sha256:${sha256(request.archive)}` } })
  const text = `${request.metadata()}\n...\n${sums}`
  return encodeClearSigned(text, signaturePacket(canonicalText(text), primary, privateKey, request.nowMs))
}

function chooseKey(keyring: readonly PgpEntity[], id: string): PgpEntity | undefined {
  if (id === '') return undefined
  const exact = keyring.find((entity) => entity.userIds.includes(id))
  if (exact !== undefined) return exact
  const similar = keyring.filter((entity) => entity.userIds.some((userId) => userId.includes(id)))
  if (similar.length > 1) throw repoError('PROVENANCE', `more than one key contain the id "${id}"`)
  return similar[0]
}

/** The secret integers of a key, decrypted when they are encrypted (AES only). */
async function unlock(secret: Uint8Array, passphrase: () => Promise<string>): Promise<Uint8Array> {
  const reader = new ByteReader(secret)
  const usage = reader.number(1)
  if (usage === 0) return reader.rest()
  const cipher = usage === 254 || usage === 255 ? reader.number(1) : usage
  const keySize = { 7: 16, 8: 24, 9: 32 }[cipher]
  if (keySize === undefined || (usage !== 254 && usage !== 255)) {
    throw repoError('PROVENANCE', 'openpgp: unsupported feature: cipher of the private key')
  }
  const deriveKey = readDerivation(reader)
  const iv = reader.take(16)
  const key = deriveKey(await passphrase(), keySize)
  const decipher = createDecipheriv(`aes-${keySize * 8}-cfb`, key, iv)
  const plain = Buffer.concat([decipher.update(reader.rest()), decipher.final()])
  const checkSize = usage === 254 ? 20 : 2
  const values = plain.subarray(0, plain.length - checkSize)
  const check = plain.subarray(plain.length - checkSize)
  const sum = values.reduce((total, byte) => (total + byte) & 0xffff, 0)
  const expected = usage === 254 ? createHash('sha1').update(values).digest() : Buffer.from([sum >> 8, sum & 255])
  if (Buffer.compare(expected, check) !== 0) {
    throw repoError('PROVENANCE', 'openpgp: invalid data: private key checksum failure')
  }
  return values
}

/** The string-to-key specifier (RFC 9580, section 3.7): simple, salted or iterated. */
function readDerivation(reader: ByteReader): (passphrase: string, size: number) => Uint8Array {
  const kind = reader.number(1)
  const hash = { 2: 'sha1', 8: 'sha256', 9: 'sha384', 10: 'sha512' }[reader.number(1)]
  if (hash === undefined || ![0, 1, 3].includes(kind)) {
    throw repoError('PROVENANCE', 'openpgp: unsupported feature: S2K function')
  }
  const salt = kind === 0 ? Buffer.alloc(0) : Buffer.from(reader.take(8))
  const coded = kind === 3 ? reader.number(1) : 0
  const wanted = kind === 3 ? (16 + (coded & 15)) << ((coded >> 4) + 6) : 0
  return (passphrase, size) => {
    const unit = Buffer.concat([salt, Buffer.from(passphrase)])
    const length = Math.max(wanted, unit.length)
    const input = Buffer.alloc(length)
    for (let at = 0; at < length; at += unit.length) unit.copy(input, at, 0, Math.min(unit.length, length - at))
    let key = Buffer.alloc(0)
    for (let zeros = 0; key.length < size; zeros++) {
      key = Buffer.concat([key, createHash(hash).update(Buffer.alloc(zeros)).update(input).digest()])
    }
    return key.subarray(0, size)
  }
}

function privateKeyOf(key: PgpKey, secret: Uint8Array): KeyObject {
  const jwk = publicJwk(key)
  if (jwk === undefined) throw repoError('PROVENANCE', 'openpgp: unsupported feature: public key algorithm')
  const reader = new ByteReader(secret)
  if (key.algorithm === algorithms.rsa || key.algorithm === algorithms.rsaSign) {
    const [d, p, q] = [reader.mpi(), reader.mpi(), reader.mpi()].map(bigintOf) as [bigint, bigint, bigint]
    const part = (value: bigint): string => base64url(bytesOf(value))
    const crt = { dp: part(d % (p - 1n)), dq: part(d % (q - 1n)), qi: part(inverse(q, p)) }
    return createPrivateKey({ format: 'jwk', key: { ...jwk, d: part(d), p: part(p), q: part(q), ...crt } })
  }
  const raw = key.algorithm === algorithms.ed25519 ? reader.take(32) : reader.mpi()
  const size = key.algorithm === algorithms.ecdsa ? Math.floor(((key.fields[1]?.length ?? 1) - 1) / 2) : 32
  const d = Buffer.concat([Buffer.alloc(Math.max(0, size - raw.length)), raw])
  return createPrivateKey({ format: 'jwk', key: { ...jwk, d: base64url(d) } })
}

/** A version 4 signature of canonical text with SHA-512. */
function signaturePacket(data: Uint8Array, key: PgpKey, privateKey: KeyObject, nowMs: number): Uint8Array {
  const time = Buffer.alloc(4)
  time.writeUInt32BE(Math.floor(nowMs / 1000))
  const subpackets = Buffer.concat([
    subpacket(2, time),
    subpacket(16, keyIdOf(key)),
    subpacket(33, Buffer.concat([Buffer.from([4]), key.fingerprint])),
  ])
  const head = Buffer.from([4, 1, key.algorithm, 10, subpackets.length >> 8, subpackets.length & 255])
  const hashed = Buffer.concat([head, subpackets])
  const trailer = Buffer.alloc(6)
  trailer.writeUInt8(4, 0)
  trailer.writeUInt8(0xff, 1)
  trailer.writeUInt32BE(hashed.length, 2)
  const message = Buffer.concat([data, hashed, trailer])
  const digest = createHash('sha512').update(message).digest()
  const values = signatureValues(key, privateKey, message, digest)
  return writePacket(tags.signature, Buffer.concat([hashed, Buffer.from([0, 0]), digest.subarray(0, 2), values]))
}

function signatureValues(key: PgpKey, privateKey: KeyObject, message: Uint8Array, digest: Uint8Array): Uint8Array {
  if (key.algorithm === algorithms.rsa || key.algorithm === algorithms.rsaSign)
    return writeMpi(signBytes('sha512', message, privateKey))
  const pair =
    key.algorithm === algorithms.ecdsa
      ? signBytes('sha512', message, { key: privateKey, dsaEncoding: 'ieee-p1363' })
      : signBytes(null, digest, privateKey)
  if (key.algorithm === algorithms.ed25519) return pair
  const half = pair.length / 2
  return Buffer.concat([writeMpi(pair.subarray(0, half)), writeMpi(pair.subarray(half))])
}

function subpacket(type: number, body: Uint8Array): Uint8Array {
  return Buffer.concat([packetLength(body.length + 1), Buffer.from([type]), body])
}

function bigintOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`)
}

function bytesOf(value: bigint): Uint8Array {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
}

/** The inverse of `value` modulo `modulus`. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [r, nextR, t, nextT] = [modulus, value % modulus, 0n, 1n]
  while (nextR !== 0n) {
    const quotient = r / nextR
    ;[r, nextR, t, nextT] = [nextR, r - quotient * nextR, nextT, t - quotient * nextT]
  }
  return t < 0n ? t + modulus : t
}
