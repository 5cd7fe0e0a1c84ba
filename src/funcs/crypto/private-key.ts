import { createECDH, createPrivateKey, type KeyObject } from 'node:crypto'
import { decodePem, derBits, derElement, derInteger, derOctets, derOid, derSequence } from '../../encoding/index.ts'
import { argumentError, FunctionError } from '../errors.ts'
import { type Asn1Field, type Asn1Type, type Asn1Value, readAsn1 } from './asn1.ts'
import { checkRsaNumbers } from './rsa-check.ts'

const INT: Asn1Field = { type: { kind: 'int' } }
const BIG: Asn1Field = { type: { kind: 'bigint' } }
const BYTES: Asn1Field = { type: { kind: 'bytes' } }
const IDENTIFIER: Asn1Field = { type: { kind: 'oid' } }

const struct = (name: string, ...fields: readonly Asn1Field[]): Asn1Type => ({ kind: 'struct', name, fields })
const optional = (field: Asn1Field): Asn1Field => ({ ...field, optional: true })

const ALGORITHM = struct('AlgorithmIdentifier', IDENTIFIER, optional({ type: { kind: 'any' } }))
const PKCS8 = struct('pkcs8', INT, { type: ALGORITHM }, BYTES)
const MORE_PRIMES: Asn1Type = { kind: 'list', item: struct('pkcs1AdditionalRSAPrime', BIG, BIG, BIG) }
const PKCS1 = struct(
  'pkcs1PrivateKey',
  ...[INT, BIG, INT, BIG, BIG, BIG, optional(BIG), optional(BIG), optional(BIG)],
  { type: MORE_PRIMES, optional: true, omitEmpty: true },
)
const EC = struct(
  'ecPrivateKey',
  ...[INT, BYTES],
  { ...IDENTIFIER, optional: true, explicit: 0 },
  { type: { kind: 'bits' }, optional: true, explicit: 1 },
)
const DSA = struct('DSAKeyFormat', INT, BIG, BIG, BIG, BIG, BIG)

/** Forms that are tried to tell which function would have read a key. */
const HINTS: readonly (readonly [form: Asn1Type, reader: string])[] = [
  [EC, 'ParseECPrivateKey'],
  [PKCS8, 'ParsePKCS8PrivateKey'],
  [PKCS1, 'ParsePKCS1PrivateKey'],
]

/** Curves that Go has: the bytes of a private number, and OpenSSL's name. */
const CURVES: Readonly<Record<string, readonly [size: number, name: string]>> = {
  '1.3.132.0.33': [28, 'secp224r1'],
  '1.2.840.10045.3.1.7': [32, 'prime256v1'],
  '1.3.132.0.34': [48, 'secp384r1'],
  '1.3.132.0.35': [66, 'secp521r1'],
}

const OID = {
  rsa: '1.2.840.113549.1.1.1',
  ec: '1.2.840.10045.2.1',
  ed25519: '1.3.101.112',
  x25519: '1.3.101.110',
  dsa: '1.2.840.10040.4.1',
} as const

/** Reads a private key from text; the errors are those of sprig and of Go's readers. */
export function parsePrivateKey(text: string): KeyObject {
  const block = decodePem(text)
  if (block === undefined) throw argumentError('no PEM data in input')
  switch (block.type) {
    case 'PRIVATE KEY':
      return prefixed('decoding PEM as PKCS#8', () => readPkcs8(block.bytes))
    case 'RSA PRIVATE KEY':
      return prefixed('parsing RSA private key from PEM', () => readRsa(block.bytes))
    case 'EC PRIVATE KEY':
      return prefixed('parsing EC private key from PEM', () => readEc(block.bytes, undefined))
    case 'DSA PRIVATE KEY':
      return prefixed('parsing DSA private key from PEM', () => readDsa(block.bytes))
    default:
      throw argumentError(
        block.type.endsWith(' PRIVATE KEY')
          ? `invalid private key type ${block.type}`
          : `no private key data in PEM block of type ${block.type}`,
      )
  }
}

function prefixed<T>(prefix: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof FunctionError) throw argumentError(`${prefix}: ${error.message}`)
    throw error
  }
}

/** The fields of a structure; when the bytes are one of another form, the error names its reader. */
function fieldsOf(bytes: Uint8Array, form: Asn1Type, prefix = ''): { fields: readonly Asn1Value[]; end: number } {
  try {
    const { value, end } = readAsn1(bytes, form)
    return { fields: value as readonly Asn1Value[], end }
  } catch (error) {
    for (const [other, reader] of HINTS) {
      if (other === form || !reads(bytes, other) || form === DSA) continue
      throw argumentError(`x509: failed to parse private key (use ${reader} instead for this key format)`)
    }
    throw error instanceof FunctionError ? argumentError(prefix + error.message) : error
  }
}

function reads(bytes: Uint8Array, form: Asn1Type): boolean {
  try {
    readAsn1(bytes, form)
    return true
  } catch (error) {
    if (error instanceof FunctionError) return false
    throw error
  }
}

const NONE = new Uint8Array(0)
const bytesOf = (value: Asn1Value): Uint8Array => (value instanceof Uint8Array ? value : NONE)
const numberOf = (value: Asn1Value): bigint => (typeof value === 'bigint' ? value : 0n)

function readPkcs8(bytes: Uint8Array): KeyObject {
  const [, algorithm, secret] = fieldsOf(bytes, PKCS8).fields
  const [identifier, parameters] = algorithm as readonly Asn1Value[]
  switch (identifier) {
    case OID.rsa:
      return prefixed('x509: failed to parse RSA private key embedded in PKCS#8', () => readRsa(bytesOf(secret)))
    case OID.ec: {
      const curve = reads(bytesOf(parameters), { kind: 'oid' })
        ? readAsn1(bytesOf(parameters), { kind: 'oid' }).value
        : undefined
      return prefixed('x509: failed to parse EC private key embedded in PKCS#8', () =>
        readEc(bytesOf(secret), typeof curve === 'string' ? curve : undefined),
      )
    }
    case OID.ed25519:
      return readCurve25519(bytesOf(secret), 'Ed25519', identifier, parameters)
    case OID.x25519:
      return readCurve25519(bytesOf(secret), 'X25519', identifier, parameters)
    default:
      throw argumentError(`x509: PKCS#8 wrapping contained private key with unknown algorithm: ${String(identifier)}`)
  }
}

/** Bytes of the private key of both curves. */
const SEED_SIZE = 32

function readCurve25519(secret: Uint8Array, name: string, identifier: string, parameters: Asn1Value): KeyObject {
  if (parameters !== undefined) throw argumentError(`x509: invalid ${name} private key parameters`)
  const { value } = prefixed(`x509: invalid ${name} private key`, () => readAsn1(secret, { kind: 'bytes' }))
  const seed = bytesOf(value)
  if (seed.length !== SEED_SIZE) {
    const isEd = identifier === OID.ed25519
    throw argumentError(
      isEd ? `x509: invalid ${name} private key length: ${seed.length}` : 'crypto/ecdh: invalid private key size',
    )
  }
  return pkcs8Key(derSequence(derOid(identifier)), derOctets(seed))
}

function pkcs8Key(algorithm: Uint8Array, secret: Uint8Array): KeyObject {
  const der = derSequence(derInteger(Uint8Array.of(0)), algorithm, derOctets(secret))
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

function readRsa(bytes: Uint8Array): KeyObject {
  const { fields, end } = fieldsOf(bytes, PKCS1)
  if (end < bytes.length) throw argumentError('asn1: syntax error: trailing data')
  const [version = 0n, ...numbers] = fields
  if (numberOf(version) > 1n) throw argumentError('x509: unsupported private key version')
  const [n, e, d, p, q, dp, dq, qInverse] = numbers
    .slice(0, 8)
    .map((value) => (value === undefined ? undefined : numberOf(value)))
  const isPositive = [n, d, p, q, dp, dq, qInverse].every((value) => value === undefined || value > 0n)
  if (!isPositive) throw argumentError('x509: private key contains zero or negative value')
  const key = { n: n ?? 0n, e: e ?? 0n, d: d ?? 0n, p: p ?? 0n, q: q ?? 0n }
  const isComplete = dp !== undefined && dq !== undefined && qInverse !== undefined
  const computed = isComplete ? { dp, dq, qInverse } : remainders(key)
  checkRsaNumbers({ ...key, ...computed })
  const parts = [0n, key.n, key.e, key.d, key.p, key.q, computed.dp, computed.dq, computed.qInverse]
  return createPrivateKey({ key: derSequence(...parts.map(derNumber)), format: 'der', type: 'pkcs1' })
}

/** What a key may leave to be computed. */
function remainders({ d, p, q }: { d: bigint; p: bigint; q: bigint }): { dp: bigint; dq: bigint; qInverse: bigint } {
  if (p % 2n === 0n) throw argumentError('crypto/rsa: p is even')
  return { dp: d % (p - 1n), dq: d % (q - 1n), qInverse: power(q % p, p - 2n, p) }
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

function derNumber(value: bigint): Buffer {
  const digits = value.toString(16)
  return derInteger(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'))
}

function readEc(bytes: Uint8Array, outerCurve: string | undefined): KeyObject {
  const { fields } = fieldsOf(bytes, EC, 'x509: failed to parse EC private key: ')
  const [version, secret, innerCurve] = fields
  if (version !== 1n) throw argumentError(`x509: unknown EC private key version ${String(version)}`)
  const curve = outerCurve ?? (typeof innerCurve === 'string' ? innerCurve : '')
  const known = CURVES[curve]
  if (known === undefined) throw argumentError('x509: unknown elliptic curve')
  const [size, name] = known
  const scalar = fitted(bytesOf(secret), size)
  try {
    const pair = createECDH(name)
    pair.setPrivateKey(scalar)
    const publicPart = derElement(0xa1, derBits(pair.getPublicKey()))
    const parts = [derInteger(Uint8Array.of(1)), derOctets(scalar), derElement(0xa0, derOid(curve)), publicPart]
    return createPrivateKey({ key: derSequence(...parts), format: 'der', type: 'sec1' })
  } catch {
    throw argumentError('ecdsa: invalid private key')
  }
}

/** The number with as many bytes as the curve wants: zeros in front are left out or added. */
function fitted(secret: Uint8Array, size: number): Uint8Array {
  const extra = Math.max(secret.length - size, 0)
  if (secret.subarray(0, extra).some((byte) => byte !== 0)) throw argumentError('x509: invalid private key length')
  const scalar = new Uint8Array(size)
  scalar.set(secret.subarray(extra), size - (secret.length - extra))
  return scalar
}

function readDsa(bytes: Uint8Array): KeyObject {
  const [, p, q, g, , x] = fieldsOf(bytes, DSA).fields.map(numberOf)
  const [prime = 0n, divisor = 0n, generator = 0n, secret = 0n] = [p, q, g, x]
  const parameters = derSequence(derNumber(prime), derNumber(divisor), derNumber(generator))
  try {
    return pkcs8Key(derSequence(derOid(OID.dsa), parameters), derNumber(secret))
  } catch {
    throw argumentError('x509: certificate private key does not implement crypto.Signer')
  }
}
