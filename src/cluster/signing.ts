import { createPrivateKey, createPublicKey, randomBytes, sign, verify, X509Certificate } from 'node:crypto'
import {
  derBits,
  derBoolean,
  derContext,
  derInteger,
  type DerNode,
  derOctets,
  derOid,
  derSequence,
  derTime,
  EncodingError,
  encodePem,
  readDer,
  readDerOid,
} from '../encoding/index.ts'
import type { KeyPair } from './pki.ts'
import { subjectName } from './subject-name.ts'

/** A PKCS #10 request for a certificate, checked to be signed with its own key. */
export interface ParsedRequest {
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly dnsNames: readonly string[]
  readonly ipAddresses: number
  readonly otherNames: number
  /** The subject as a certificate has it. */
  readonly subject: Uint8Array
  readonly publicKey: Uint8Array
  /** The subjectAltName extension as it was asked for. */
  readonly alternativeNames?: Uint8Array
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
  } catch {
    // Neither DER nor a key that Node can read: whoever wrote it may write anything.
    return undefined
  }
}

/** The values that follow one another; none for nothing. Throws EncodingError. */
function valuesIn(bytes: Uint8Array | undefined): DerNode[] {
  const values = bytes === undefined ? [] : readDer(bytes)
  if (values === undefined) throw new EncodingError('DER_CORRUPT', 'malformed DER')
  return values
}

function oidOf(value: DerNode | undefined): string {
  return value === undefined ? '' : readDerOid(value.content)
}

function textOf({ content }: DerNode): string {
  return Buffer.from(content).toString()
}

function parsed(data: Buffer): ParsedRequest | undefined {
  const [info, algorithm, signature] = valuesIn(valuesIn(data)[0]?.content)
  if (info === undefined || algorithm === undefined || signature === undefined) return undefined
  const [, subject, publicKey, attributes] = valuesIn(info.content)
  if (subject === undefined || publicKey === undefined) return undefined
  const hash = HASHES[oidOf(valuesIn(algorithm.content)[0])]
  if (hash === undefined) return undefined
  const key = createPublicKey({ key: Buffer.from(publicKey.raw), format: 'der', type: 'spki' })
  if (!verify(hash, info.raw, key, signature.content.subarray(1))) return undefined
  const names = subjectParts(subject)
  const alternative = alternativeNames(attributes)
  const general = valuesIn(valuesIn(alternative)[0]?.content)
  return {
    commonName: names.get(OID.commonName)?.at(-1) ?? '',
    organizations: names.get(OID.organization) ?? [],
    dnsNames: general.filter(({ tag }) => tag === 0x82).map(textOf),
    ipAddresses: general.filter(({ tag }) => tag === 0x87).length,
    otherNames: general.filter(({ tag }) => tag !== 0x82 && tag !== 0x87).length,
    subject: subjectName(names),
    publicKey: publicKey.raw,
    ...(alternative !== undefined && { alternativeNames: alternative }),
  }
}

function subjectParts(subject: DerNode): Map<string, string[]> {
  const parts = new Map<string, string[]>()
  for (const set of valuesIn(subject.content)) {
    for (const pair of valuesIn(set.content)) {
      const [id, value] = valuesIn(pair.content)
      if (id === undefined || value === undefined) continue
      const name = oidOf(id)
      parts.set(name, [...(parts.get(name) ?? []), textOf(value)])
    }
  }
  return parts
}

function alternativeNames(attributes: DerNode | undefined): Uint8Array | undefined {
  for (const attribute of valuesIn(attributes?.content)) {
    const [id, values] = valuesIn(attribute.content)
    if (id === undefined || values === undefined || oidOf(id) !== OID.extensionRequest) continue
    for (const extension of valuesIn(valuesIn(values.content)[0]?.content)) {
      const parts = valuesIn(extension.content)
      if (oidOf(parts[0]) === OID.subjectAltName) return parts.at(-1)?.content
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
  const algorithm = derSequence(derOid(OID.ecdsaSha256))
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const end = Math.min(
    options.nowMs - BACKDATE_MS + options.lifetimeMs,
    Date.parse(new X509Certificate(ca.cert).validTo),
  )
  const body = derSequence(
    derContext(0, derInteger(Buffer.from([2])), true),
    derInteger(serial),
    algorithm,
    subjectOf(ca.cert),
    derSequence(derTime(options.nowMs - BACKDATE_MS), derTime(end)),
    request.subject,
    request.publicKey,
    derContext(3, derSequence(...extensionsOf(request, options.usages)), true),
  )
  const certificate = derSequence(body, algorithm, derBits(sign('sha256', body, createPrivateKey(ca.key))))
  return encodePem('CERTIFICATE', certificate)
}

/** The subject of a certificate as it stands there. */
function subjectOf(pem: string): Uint8Array {
  const [body] = valuesIn(valuesIn(new X509Certificate(pem).raw)[0]?.content)
  const parts = valuesIn(body?.content).filter(({ tag }) => tag !== 0xa0)
  // serial number, algorithm, issuer, validity, subject
  return parts[4]?.raw ?? Buffer.alloc(0)
}

function extensionsOf(request: ParsedRequest, usages: readonly string[]): Buffer[] {
  const extension = (id: string, critical: boolean, value: Uint8Array): Buffer =>
    derSequence(derOid(id), ...(critical ? [derBoolean(true)] : []), derOctets(value))
  const extensions: Buffer[] = []
  const bitsUsed = usages.flatMap((usage) => KEY_USAGES[usage] ?? [])
  if (bitsUsed.length > 0) {
    const byte = bitsUsed.reduce((all, bit) => all | (0x80 >> bit), 0)
    extensions.push(extension(OID.keyUsage, true, derBits(Buffer.from([byte]), 7 - Math.max(...bitsUsed))))
  }
  const extended = [...new Set(usages.flatMap((usage) => EXTENDED_USAGES[usage] ?? []))]
  if (extended.length > 0) {
    extensions.push(extension(OID.extendedKeyUsage, false, derSequence(...extended.map((id) => derOid(id)))))
  }
  extensions.push(extension(OID.basicConstraints, true, derSequence()))
  if (request.alternativeNames !== undefined) {
    extensions.push(extension(OID.subjectAltName, false, request.alternativeNames))
  }
  return extensions
}
