import { createHash, createPublicKey, type KeyObject, sign, X509Certificate } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import type { Clock, Host, Random } from '../../base/index.ts'
import {
  decodeBase64,
  decodePem,
  derBits,
  derBoolean,
  derElement,
  derInteger,
  derOctets,
  derOid,
  derSequence,
  derSet,
  derText,
  derTime,
  encodePem,
  EncodingError,
  readDer,
} from '../../encoding/index.ts'
import { formatValue, GoObject, type GoValue, quote } from '../../go/index.ts'
import { argumentError, FunctionError } from '../errors.ts'
import { fn, type FunctionTable, LIST } from '../signature.ts'
import { itemsOf } from '../values.ts'
import { readAsn1 } from './asn1.ts'
import { newSlowKey, printPrivateKey } from './keys.ts'
import { parsePrivateKey } from './private-key.ts'

const TYPE = 'sprig.certificate'
const DAY_NS = 86_400_000_000_000n

/** Milliseconds of so many days; a Go duration overflows after 292 years. */
const validFor = (days: bigint): number => Number(BigInt.asIntN(64, days * DAY_NS) / 1_000_000n)

/** What signs: a key, the name that goes in as issuer, and the identifier of the signing key. */
interface Signer {
  readonly key: KeyObject
  readonly name: Uint8Array
  readonly keyId: Uint8Array | undefined
}

/** What a certificate says. */
interface CertificateRequest {
  readonly commonName: string
  readonly days: bigint
  readonly ips: readonly Uint8Array[]
  readonly dnsNames: readonly string[]
  readonly isCa: boolean
  readonly key: KeyObject
  /** Absent: it signs itself. */
  readonly signer?: Signer
}

/** A certificate and its key as templates see them. */
function certificate(cert: string, key: string): GoObject {
  return new GoObject({
    typeName: TYPE,
    fields: new Map([
      ['Cert', cert],
      ['Key', key],
    ]),
  })
}

const extension = (oid: string, critical: boolean, value: Uint8Array): Buffer =>
  derSequence(derOid(oid), ...(critical ? [derBoolean(true)] : []), derOctets(value))

function nameOf(commonName: string): Buffer {
  return commonName === '' ? derSequence() : derSequence(derSet(derSequence(derOid('2.5.4.3'), derText(commonName))))
}

const OID_RSA_SHA256 = '1.2.840.113549.1.1.11'
const OID_ED25519 = '1.3.101.112'
const OIDS_ECDSA: Readonly<Record<string, readonly [oid: string, hash: string]>> = {
  secp384r1: ['1.2.840.10045.4.3.3', 'sha384'],
  secp521r1: ['1.2.840.10045.4.3.4', 'sha512'],
}

function algorithmOf(key: KeyObject): { readonly der: Buffer; readonly hash: string | undefined } {
  if (key.asymmetricKeyType === 'ed25519') return { der: derSequence(derOid(OID_ED25519)), hash: undefined }
  if (key.asymmetricKeyType === 'ec') {
    const curve = key.asymmetricKeyDetails?.namedCurve ?? ''
    const [oid, hash] = OIDS_ECDSA[curve] ?? ['1.2.840.10045.4.3.2', 'sha256']
    return { der: derSequence(derOid(oid)), hash }
  }
  return { der: derSequence(derOid(OID_RSA_SHA256), derElement(0x05)), hash: 'sha256' }
}

/** Bits of digital signature and key encipherment, and of certificate signing. */
const keyUsage = (isCa: boolean): Buffer => derBits(Uint8Array.of(isCa ? 0xa4 : 0xa0), isCa ? 2 : 5)

function publicKeyOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' })
}

/** Identifier of a key: the first 160 bits of the SHA-256 of its bits. */
function keyIdOf(spki: Uint8Array): Uint8Array {
  const [sequence] = readDer(spki) ?? []
  const bits = readDer(sequence?.content ?? spki)?.[1]?.content.subarray(1) ?? spki
  return createHash('sha256').update(bits).digest().subarray(0, 20)
}

function extensionsOf(request: CertificateRequest, subject: Uint8Array): Buffer {
  const spki = publicKeyOf(request.key)
  const { signer } = request
  const names = [
    ...request.dnsNames.map((name) => derElement(0x82, Buffer.from(name, 'latin1'))),
    ...request.ips.map((ip) => derElement(0x87, ip)),
  ]
  const sameName = signer !== undefined && Buffer.compare(signer.name, subject) === 0
  const authority = signer === undefined || sameName ? undefined : signer.keyId
  const list = [
    extension('2.5.29.15', true, keyUsage(request.isCa)),
    extension('2.5.29.37', false, derSequence(derOid('1.3.6.1.5.5.7.3.1'), derOid('1.3.6.1.5.5.7.3.2'))),
    extension('2.5.29.19', true, request.isCa ? derSequence(derBoolean(true)) : derSequence()),
    ...(request.isCa ? [extension('2.5.29.14', false, derOctets(keyIdOf(spki)))] : []),
    ...(authority === undefined ? [] : [extension('2.5.29.35', false, derSequence(derElement(0x80, authority)))]),
    ...(names.length === 0 ? [] : [extension('2.5.29.17', subject.length <= 2, derSequence(...names))]),
  ]
  return derElement(0xa3, derSequence(...list))
}

/** Kinds of keys that cannot be in a certificate, with Go's types of their public halves. */
const UNCERTIFIED: Readonly<Record<string, string>> = { dsa: '*dsa.PublicKey', x25519: '*ecdh.PublicKey' }

const SMALLEST_RSA = 1024

/** What Go's x509 refuses, in the order in which it looks. */
function checkRequest({ commonName, key, dnsNames }: CertificateRequest, signingKey: KeyObject): void {
  const refuse = (text: string): never => {
    throw argumentError(`error creating certificate: ${text}`)
  }
  if (UNCERTIFIED[signingKey.asymmetricKeyType ?? ''] !== undefined) {
    refuse('x509: certificate private key does not implement crypto.Signer')
  }
  const unsupported = UNCERTIFIED[key.asymmetricKeyType ?? '']
  if (unsupported !== undefined) refuse(`x509: unsupported public key type: ${unsupported}`)
  if (/[\ud800-\udfff]/u.test(commonName)) refuse('asn1: string not valid UTF-8')
  const odd = dnsNames.find((name) => /[^\0-\x7f]/.test(name))
  if (odd !== undefined) refuse(`x509: ${quote(odd)} cannot be encoded as an IA5String`)
  const bits = signingKey.asymmetricKeyDetails?.modulusLength ?? SMALLEST_RSA
  if (bits < SMALLEST_RSA) {
    refuse(`crypto/rsa: ${bits}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)`)
  }
}

function issue(ports: Ports, request: CertificateRequest): GoObject {
  const subject = nameOf(request.commonName)
  const signingKey = request.signer?.key ?? request.key
  checkRequest(request, signingKey)
  const algorithm = algorithmOf(signingKey)
  const now = ports.clock.nowMs()
  const body = derSequence(
    derElement(0xa0, derInteger(Uint8Array.of(2))),
    derInteger(ports.random.bytes(16)),
    algorithm.der,
    request.signer?.name ?? subject,
    derSequence(derTime(now), derTime(now + validFor(request.days))),
    subject,
    publicKeyOf(request.key),
    extensionsOf(request, subject),
  )
  const signature = sign(algorithm.hash, body, signingKey)
  const der = derSequence(body, algorithm.der, derBits(signature))
  return certificate(encodePem('CERTIFICATE', der), printPrivateKey(request.key))
}

/** An IPv4 or IPv6 address as bytes. */
function ipBytes(text: string): Uint8Array {
  if (isIPv4(text)) return Uint8Array.from(text.split('.').map(Number))
  if (!isIPv6(text) || text.includes('%')) throw argumentError(`error parsing ip: ${text}`)
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const [a = 0, b = 0, c = 0, d = 0] = (embedded?.[2] ?? '').split('.').map(Number)
  const full = embedded === null ? text : `${embedded[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  const [head = '', tail] = full.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const left = groups(head)
  const right = tail === undefined ? [] : groups(tail)
  const middle = Array.from({ length: 8 - left.length - right.length }, () => '0')
  const bytes = [...left, ...middle, ...right].flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  return Uint8Array.from(mapped ? bytes.slice(12) : bytes)
}

/** The items of a list of texts, each read as it is met: the first that is wrong makes the error. */
function readTexts<T>(list: GoValue, read: (text: string) => T, problem: (value: string) => string): T[] {
  if (list === null || list === undefined) return []
  return (itemsOf(list) ?? []).map((item) => {
    if (typeof item !== 'string') throw argumentError(problem(formatValue(item ?? null)))
    return read(item)
  })
}

const ipsOf = (list: GoValue): Uint8Array[] =>
  readTexts(list, ipBytes, (value) => `error parsing ip: ${value} is not a string`)

const dnsNamesOf = (list: GoValue): string[] =>
  readTexts(list, String, (value) => `error processing alternate dns name: ${value} is not a string`)

function wrap<T>(prefix: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof FunctionError) throw argumentError(`${prefix}: ${error.message}`)
    throw error
  }
}

const field = (object: GoObject, name: string): string => String(object.fields.get(name) ?? '')

/** Reads the certificate authority that a template passes on. */
function signerOf(authority: GoObject): Signer {
  const block = decodePem(field(authority, 'Cert'))
  if (block === undefined) throw argumentError('unable to decode certificate')
  const body = certificateBody(block.bytes)
  const key = wrap('error parsing private key', () => parsePrivateKey(field(authority, 'Key')))
  return { key, name: body.subject, keyId: body.keyId }
}

const SUBJECT_KEY_ID = derOid('2.5.29.14')

function certificateBody(der: Buffer): { subject: Uint8Array; keyId: Uint8Array | undefined } {
  checkCertificate(der)
  const [outer] = readDer(der) ?? []
  const [body] = readDer(outer?.content ?? der) ?? []
  const fields = readDer(body?.content ?? der) ?? []
  const shift = fields[0]?.tag === 0xa0 ? 1 : 0
  const extensions = readDer(readDer(fields.find((node) => node.tag === 0xa3)?.content ?? NONE)?.[0]?.content ?? NONE)
  const holder = extensions?.find((node) =>
    Buffer.from(node.content).subarray(0, SUBJECT_KEY_ID.length).equals(SUBJECT_KEY_ID),
  )
  const value = readDer(holder?.content ?? NONE)?.at(-1)?.content
  return { subject: fields[4 + shift]?.raw ?? NONE, keyId: readDer(value ?? NONE)?.[0]?.content }
}

const NONE = new Uint8Array(0)

/** Where the first element ends. */
function endOf(der: Uint8Array): number {
  try {
    return readAsn1(der, { kind: 'any' }).end
  } catch (error) {
    if (error instanceof FunctionError) return der.length
    throw error
  }
}

function checkCertificate(der: Buffer): void {
  if (endOf(der) < der.length) {
    throw argumentError('error parsing certificate: decodedCert.Bytes: x509: trailing data')
  }
  try {
    new X509Certificate(der)
  } catch {
    const [outer] = readDer(der) ?? []
    const what = outer?.tag === 0x30 ? 'tbs certificate' : 'certificate'
    throw argumentError(`error parsing certificate: decodedCert.Bytes: x509: malformed ${what}`)
  }
}

function decode(text: string, failure: string): string {
  try {
    return decodeBase64(text)
  } catch (error) {
    if (error instanceof EncodingError) throw argumentError(failure)
    throw error
  }
}

function buildCustomCert(cert: string, key: string): GoObject {
  const certText = decode(cert, 'unable to decode base64 certificate')
  const keyText = decode(key, 'unable to decode base64 private key')
  const block = decodePem(certText)
  if (block === undefined) throw argumentError('unable to decode certificate')
  checkCertificate(block.bytes)
  wrap('error parsing private key', () => parsePrivateKey(keyText))
  return certificate(certText, keyText)
}

interface Ports {
  readonly clock: Clock
  readonly random: Random
}

const keyFromPem = (text: string): KeyObject => wrap('parsing private key', () => parsePrivateKey(text))

/** Certificates. Keys are new RSA keys, or those that the `WithKey` forms are given. */
export function certificateFunctions(ports: Ports & Pick<Host, 'slowKey'>): FunctionTable {
  const newKey = (): KeyObject => (ports.slowKey ?? newSlowKey)('certificate')
  const authority = (commonName: string, days: bigint, key: KeyObject): GoObject =>
    issue(ports, { commonName, days, ips: [], dnsNames: [], isCa: true, key })
  const leaf = (
    [commonName, ips, names, days]: readonly [string, GoValue, GoValue, bigint],
    key: KeyObject,
    signer?: Signer,
  ): GoObject => {
    const request = { commonName, days, ips: ipsOf(ips), dnsNames: dnsNamesOf(names), isCa: false, key }
    return issue(ports, signer === undefined ? request : { ...request, signer })
  }
  const subject = `string, ${LIST}, ${LIST}, int`
  return {
    buildCustomCert: fn('string, string', TYPE, buildCustomCert),
    genCA: fn('string, int', TYPE, (name: string, days: bigint) => authority(name, days, newKey())),
    genCAWithKey: fn('string, int, string', TYPE, (name: string, days: bigint, key: string) =>
      authority(name, days, keyFromPem(key)),
    ),
    genSelfSignedCert: fn(subject, TYPE, (name, ips, names, days) => leaf([name, ips, names, days], newKey())),
    genSelfSignedCertWithKey: fn(`${subject}, string`, TYPE, (name, ips, names, days, key) =>
      leaf([name, ips, names, days], keyFromPem(key)),
    ),
    genSignedCert: fn(`${subject}, ${TYPE}`, TYPE, (name, ips, names, days, ca) =>
      leaf([name, ips, names, days], newKey(), signerOf(ca)),
    ),
    genSignedCertWithKey: fn(`${subject}, ${TYPE}, string`, TYPE, (name, ips, names, days, ca, key) => {
      const leafKey = keyFromPem(key)
      return leaf([name, ips, names, days], leafKey, signerOf(ca))
    }),
  }
}
