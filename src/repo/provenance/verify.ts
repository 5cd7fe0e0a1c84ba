import { createHash, verify as verifyBytes } from 'node:crypto'
import { decodeTyped, parseYaml } from '../../encoding/index.ts'
import { sha256 } from '../content-cache.ts'
import { repoError } from '../errors.ts'
import type { Verification } from '../provenance.ts'
import { decodeClearSigned } from './cleartext.ts'
import { algorithms, keyIdOf, type PgpEntity, type PgpKey, publicKeyOf, readKeyring } from './keys.ts'
import { ByteReader, readLength, readPackets, tags } from './packets.ts'

/** What to verify. */
export interface VerifyRequest {
  readonly archive: Uint8Array
  readonly provenance: Uint8Array
  /** Name under which the provenance lists the archive. */
  readonly fileName: string
  /** A binary keyring. */
  readonly keyring: Uint8Array
}

/** Checks the signature of a provenance file, then the archive's digest in it. As Helm 4 `provenance.Signatory.Verify`. */
export function verifyProvenance(request: VerifyRequest): Verification {
  const keyring = readKeyring(request.keyring)
  const signed = decodeClearSigned(Buffer.from(request.provenance).toString('utf8'))
  const signer = checkSignature(signed.signedBytes, signed.signature, keyring)
  const sums = sumsOf(signed.plaintext)
  const actual = `sha256:${sha256(request.archive)}`
  const listed = sums.get(request.fileName)
  if (listed === undefined) {
    throw repoError('PROVENANCE', `provenance does not contain a SHA for a file named "${request.fileName}"`)
  }
  if (listed !== actual) {
    throw repoError('PROVENANCE', `sha256 sum does not match for ${request.fileName}: "${listed}" != "${actual}"`)
  }
  const fingerprint = Buffer.from(signer.primary.fingerprint).toString('hex').toUpperCase()
  return { signers: signer.userIds, fingerprint, fileName: request.fileName, fileHash: actual }
}

/** Throws when bytes are no keyring. */
export function checkKeyring(bytes: Uint8Array): void {
  readKeyring(bytes)
}

interface Signature {
  readonly algorithm: number
  readonly hash: string
  /** The bytes of the packet that are signed too. */
  readonly hashed: Uint8Array
  readonly issuer: Uint8Array | undefined
  readonly values: ByteReader
}

const hashes: Readonly<Record<number, string>> = { 2: 'sha1', 8: 'sha256', 9: 'sha384', 10: 'sha512', 11: 'sha224' }

function checkSignature(data: Uint8Array, bytes: Uint8Array, keyring: readonly PgpEntity[]): PgpEntity {
  for (const packet of readPackets(bytes)) {
    if (packet.tag !== tags.signature) continue
    const signature = readSignature(packet.body)
    for (const entity of keyring) {
      const key = [entity.primary, ...entity.subkeys].find((item) => isIssuer(item, signature.issuer))
      if (key === undefined) continue
      verifyWith(key, data, signature)
      return entity
    }
  }
  throw repoError('PROVENANCE', 'openpgp: signature made by unknown entity')
}

function readSignature(body: Uint8Array): Signature {
  const reader = new ByteReader(body)
  if (reader.number(1) !== 4) throw repoError('PROVENANCE', 'openpgp: unsupported feature: signature packet version')
  reader.take(1)
  const algorithm = reader.number(1)
  const hash = hashes[reader.number(1)]
  if (hash === undefined) throw repoError('PROVENANCE', 'openpgp: unsupported feature: hash function')
  const hashedSubpackets = reader.take(reader.number(2))
  const hashed = body.subarray(0, 6 + hashedSubpackets.length)
  const unhashedSubpackets = reader.take(reader.number(2))
  const issuer = issuerIn(hashedSubpackets) ?? issuerIn(unhashedSubpackets)
  // The first bytes of the digest, which Go does not look at in packets of version 4.
  reader.take(2)
  return { algorithm, hash, hashed, issuer, values: reader }
}

/** The issuer's key id (subpacket 16), or its fingerprint (33). */
function issuerIn(subpackets: Uint8Array): Uint8Array | undefined {
  const reader = new ByteReader(subpackets)
  let found: Uint8Array | undefined
  while (reader.remaining > 0) {
    const body = reader.take(readLength(reader))
    const type = (body[0] ?? 0) & 127
    if (type === 16) found ??= body.subarray(1)
    if (type === 33) found = body.subarray(2)
  }
  return found
}

function isIssuer(key: PgpKey, issuer: Uint8Array | undefined): boolean {
  if (issuer === undefined) return false
  return Buffer.compare(issuer.length === 8 ? keyIdOf(key) : key.fingerprint, issuer) === 0
}

function verifyWith(key: PgpKey, data: Uint8Array, signature: Signature): void {
  const trailer = Buffer.alloc(6)
  trailer.writeUInt8(4, 0)
  trailer.writeUInt8(0xff, 1)
  trailer.writeUInt32BE(signature.hashed.length, 2)
  const message = Buffer.concat([data, signature.hashed, trailer])
  const digest = createHash(signature.hash).update(message).digest()
  const publicKey = publicKeyOf(key)
  if (publicKey === undefined) throw repoError('PROVENANCE', 'openpgp: unsupported feature: public key algorithm')
  const { values } = signature
  let valid: boolean
  if (key.algorithm === algorithms.rsa || key.algorithm === algorithms.rsaSign) {
    valid = verifyBytes(signature.hash, message, publicKey, padded(values.mpi(), key.fields[0]?.length ?? 0))
  } else if (key.algorithm === algorithms.ecdsa) {
    const size = Math.floor(((key.fields[1]?.length ?? 1) - 1) / 2)
    const pair = Buffer.concat([padded(values.mpi(), size), padded(values.mpi(), size)])
    valid = verifyBytes(signature.hash, message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, pair)
  } else {
    const pair =
      key.algorithm === algorithms.ed25519
        ? values.take(64)
        : Buffer.concat([padded(values.mpi(), 32), padded(values.mpi(), 32)])
    valid = verifyBytes(null, digest, publicKey, pair)
  }
  if (!valid)
    throw invalidSignature(
      `${key.algorithm <= 3 ? 'RSA' : key.algorithm === algorithms.ecdsa ? 'ECDSA' : 'EdDSA'} verification failure`,
    )
}

function padded(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.length >= size ? bytes : Buffer.concat([Buffer.alloc(size - bytes.length), bytes])
}

function invalidSignature(reason: string): Error {
  return repoError('PROVENANCE', `openpgp: invalid signature: ${reason}`)
}

/** The digests below the metadata of a provenance message, by file name. */
function sumsOf(message: string): ReadonlyMap<string, string> {
  const parts = message.split('\n...\n')
  if (parts.length < 2) throw repoError('PROVENANCE', 'message block must have at least two parts')
  const type = {
    kind: 'struct',
    name: 'SumCollection',
    goType: 'provenance.SumCollection',
    fields: { files: { kind: 'map', goType: 'map[string]string', element: { kind: 'string' } } },
  } as const
  const { value, problem } = decodeTyped(parseYaml(parts[1] ?? ''), type)
  if (problem !== undefined) throw repoError('PROVENANCE', `error unmarshaling JSON: while decoding JSON: ${problem}`)
  return ((value as { files?: Map<string, string> | null }).files ?? new Map()) as Map<string, string>
}
