import { createPrivateKey, createPublicKey, randomBytes, sign, verify, X509Certificate } from 'node:crypto'
import * as der from './der.ts'
import { DerError, type DerValue, readDer, readOid } from './der-read.ts'
import type { KeyPair } from './pki.ts'

/** A PKCS #10 request for a certificate, checked to be signed with its own key. */
export interface ParsedRequest {
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly dnsNames: readonly string[]
  readonly ipAddresses: number
  readonly otherNames: number
  readonly subject: Buffer
  readonly publicKey: Buffer
  /** The subjectAltName extension as it was asked for. */
  readonly alternativeNames?: Buffer
}

const OID = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  extensionRequest: '1.2.840.113549.1.9.14',
  subjectAltName: '2.5.29.17',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  ecdsaSha256: '1.2.840.10045.4.3.2',
}

/** Hash functions of the signature algorithms of requests; Ed25519 has none of its own. */
const HASHES: Readonly<Record<string, string | null>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.3.101.112': null,
}

/** Reads a request in PEM. Undefined when it is none, or not signed with the key that it is for. */
export function parseRequest(pem: string): ParsedRequest | undefined {
  const body = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([^-]+)-----END/.exec(pem)?.[1]
  if (body === undefined) return undefined
  try {
    return parsed(Buffer.from(body, 'base64'))
  } catch (error) {
    if (error instanceof DerError || error instanceof RangeError) return undefined
    throw error
  }
}

function parsed(data: Buffer): ParsedRequest | undefined {
  const [info, algorithm, signature] = readDer(readDer(data)[0]?.content ?? Buffer.alloc(0))
  if (info === undefined || algorithm === undefined || signature === undefined) return undefined
  const [, subject, publicKey, attributes] = readDer(info.content)
  if (subject === undefined || publicKey === undefined) return undefined
  const hash = HASHES[readOid(readDer(algorithm.content)[0]?.content ?? Buffer.alloc(0))]
  if (hash === undefined) return undefined
  const key = createPublicKey({ key: publicKey.whole, format: 'der', type: 'spki' })
  if (!verify(hash, info.whole, key, signature.content.subarray(1))) return undefined
  const names = subjectParts(subject)
  const alternative = alternativeNames(attributes)
  const general = alternative === undefined ? [] : readDer(readDer(alternative)[0]?.content ?? Buffer.alloc(0))
  return {
    commonName: names.get(OID.commonName)?.[0] ?? '',
    organizations: names.get(OID.organization) ?? [],
    dnsNames: general.filter(({ tag }) => tag === 0x82).map(({ content }) => content.toString()),
    ipAddresses: general.filter(({ tag }) => tag === 0x87).length,
    otherNames: general.filter(({ tag }) => tag !== 0x82 && tag !== 0x87).length,
    subject: subject.whole,
    publicKey: publicKey.whole,
    ...(alternative !== undefined && { alternativeNames: alternative }),
  }
}

function subjectParts(subject: DerValue): Map<string, string[]> {
  const parts = new Map<string, string[]>()
  for (const set of readDer(subject.content)) {
    for (const pair of readDer(set.content)) {
      const [id, value] = readDer(pair.content)
      if (id === undefined || value === undefined) continue
      const name = readOid(id.content)
      parts.set(name, [...(parts.get(name) ?? []), value.content.toString()])
    }
  }
  return parts
}

function alternativeNames(attributes: DerValue | undefined): Buffer | undefined {
  for (const attribute of attributes === undefined ? [] : readDer(attributes.content)) {
    const [id, values] = readDer(attribute.content)
    if (id === undefined || values === undefined || readOid(id.content) !== OID.extensionRequest) continue
    for (const extension of readDer(readDer(values.content)[0]?.content ?? Buffer.alloc(0))) {
      const parts = readDer(extension.content)
      if (readOid(parts[0]?.content ?? Buffer.alloc(0)) === OID.subjectAltName) return parts.at(-1)?.content
    }
  }
  return undefined
}

/** Bits of key usage by the names that Kubernetes gives them. */
const KEY_USAGES: Readonly<Record<string, number>> = {
  signing: 0,
  'digital signature': 0,
  'content commitment': 1,
  'key encipherment': 2,
  'data encipherment': 3,
  'key agreement': 4,
  'cert sign': 5,
  'crl sign': 6,
  'encipher only': 7,
}

const EXTENDED_USAGES: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
}

const BACKDATE_MS = 5 * 60_000

/** Signs a request with an authority of our own; gives the certificate in PEM. */
export function signRequest(
  ca: KeyPair,
  request: ParsedRequest,
  options: { readonly usages: readonly string[]; readonly nowMs: number; readonly lifetimeMs: number },
): string {
  const algorithm = der.sequence(der.oid(OID.ecdsaSha256))
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const end = Math.min(
    options.nowMs - BACKDATE_MS + options.lifetimeMs,
    Date.parse(new X509Certificate(ca.cert).validTo),
  )
  const body = der.sequence(
    der.context(0, der.integer(Buffer.from([2])), true),
    der.integer(serial),
    algorithm,
    subjectOf(ca.cert),
    der.sequence(der.time(new Date(options.nowMs - BACKDATE_MS)), der.time(new Date(end))),
    request.subject,
    request.publicKey,
    der.context(3, der.sequence(...extensionsOf(request, options.usages)), true),
  )
  const certificate = der.sequence(body, algorithm, der.bits(sign('sha256', body, createPrivateKey(ca.key))))
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** The subject of a certificate as it stands there. */
function subjectOf(pem: string): Buffer {
  const [body] = readDer(readDer(new X509Certificate(pem).raw)[0]?.content ?? Buffer.alloc(0))
  const parts = readDer(body?.content ?? Buffer.alloc(0)).filter(({ tag }) => tag !== 0xa0)
  // serial number, algorithm, issuer, validity, subject
  return parts[4]?.whole ?? Buffer.alloc(0)
}

function extensionsOf(request: ParsedRequest, usages: readonly string[]): Buffer[] {
  const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
    der.sequence(der.oid(id), ...(critical ? [der.yes()] : []), der.octets(value))
  const extensions: Buffer[] = []
  const bitsUsed = usages.flatMap((usage) => KEY_USAGES[usage] ?? [])
  if (bitsUsed.length > 0) {
    const byte = bitsUsed.reduce((all, bit) => all | (0x80 >> bit), 0)
    extensions.push(extension(OID.keyUsage, true, der.bits(Buffer.from([byte]), 7 - Math.max(...bitsUsed))))
  }
  const extended = [...new Set(usages.flatMap((usage) => EXTENDED_USAGES[usage] ?? []))]
  if (extended.length > 0) {
    extensions.push(extension(OID.extendedKeyUsage, false, der.sequence(...extended.map((id) => der.oid(id)))))
  }
  extensions.push(extension(OID.basicConstraints, true, der.sequence()))
  if (request.alternativeNames !== undefined) {
    extensions.push(extension(OID.subjectAltName, false, request.alternativeNames))
  }
  return extensions
}
