import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import {
  derBits,
  derBoolean,
  derContext,
  derInteger,
  derOctets,
  derOid,
  derSequence,
  derSet,
  derTime,
  derUtf8,
  encodePem,
} from '../encoding/index.ts'

/** A certificate and its key, both as PEM. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

/** Everything that the cluster signs and is known by. */
export interface Pki {
  readonly ca: KeyPair
  readonly server: KeyPair
  /** Signs the certificate that follows, by which aggregated servers know that a request comes through this server. */
  readonly proxyCa: KeyPair
  readonly proxy: KeyPair
  /** Bearer token of the administrator (system:masters). */
  readonly adminToken: string
  /** PEM of the EC private key that signs service-account tokens. */
  readonly serviceAccountKey: string
}

type PairField = 'ca' | 'server' | 'proxyCa' | 'proxy'
const FILES: readonly [PairField, string][] = [
  ['ca', 'ca'],
  ['server', 'server'],
  ['proxyCa', 'front-proxy-ca'],
  ['proxy', 'front-proxy-client'],
]
/** Name of the certificate that the server shows to those behind APIServices. */
export const PROXY_NAME = 'front-proxy-client'
const TOKEN_FILE = 'admin.token'
const SERVICE_ACCOUNT_FILE = 'service-account.key'
const DAY_MS = 24 * 3600 * 1000
const LIFETIME_MS = 10 * 365 * DAY_MS
/** Certificates that end sooner are made anew. */
const RENEW_MS = 30 * DAY_MS
const SERVER_NAMES = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
]
const SERVER_ADDRESSES = ['127.0.0.1', '::1', '10.96.0.1']

/** Makes a new certificate authority, the server's certificate and the administrator's token. */
export function createPki(nowMs: number, hosts: readonly string[] = []): Pki {
  const ca = issue({ commonName: 'chartctl-ca', nowMs, usage: 'ca', names: [] }, undefined)
  return {
    ca,
    server: issueServer(ca, nowMs, hosts),
    ...issueProxy(nowMs),
    adminToken: randomBytes(24).toString('base64url'),
    serviceAccountKey: exportKey(newKey()),
  }
}

/** Reads the keys of a data folder, or makes them and keeps them there (mode 0600). The authority stays as long as it is valid. */
export function loadPki(directory: string, nowMs: number, hosts: readonly string[] = []): Pki {
  const found = readPki(directory)
  if (found === undefined || !isFresh(found.ca, nowMs)) return savePki(directory, createPki(nowMs, hosts))
  const { proxyCa, proxy } = found
  const isServerGood = isFresh(found.server, nowMs) && coversHosts(found.server, hosts)
  const isProxyGood = proxyCa !== undefined && proxy !== undefined && isFresh(proxy, nowMs)
  if (isServerGood && isProxyGood) return { ...found, proxyCa, proxy }
  return savePki(directory, {
    ...found,
    server: isServerGood ? found.server : issueServer(found.ca, nowMs, hosts),
    ...(isProxyGood ? { proxyCa, proxy } : issueProxy(nowMs)),
  })
}

function issueServer(ca: KeyPair, nowMs: number, hosts: readonly string[]): KeyPair {
  const names = [...new Set([...SERVER_NAMES, ...SERVER_ADDRESSES, ...hosts])]
  return issue({ commonName: 'kube-apiserver', nowMs, usage: 'server', names }, ca)
}

function issueProxy(nowMs: number): Pick<Pki, 'proxyCa' | 'proxy'> {
  const proxyCa = issue({ commonName: 'front-proxy-ca', nowMs, usage: 'ca', names: [] }, undefined)
  return { proxyCa, proxy: issue({ commonName: PROXY_NAME, nowMs, usage: 'client', names: [] }, proxyCa) }
}

function isFresh(pair: KeyPair, nowMs: number): boolean {
  return Date.parse(new X509Certificate(pair.cert).validTo) > nowMs + RENEW_MS
}

function coversHosts(pair: KeyPair, hosts: readonly string[]): boolean {
  const certificate = new X509Certificate(pair.cert)
  return hosts.every((host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined)
}

/** What an older version has kept may lack what this one needs besides. */
type KeptPki = Omit<Pki, 'proxyCa' | 'proxy'> & Partial<Pki>

function readPki(directory: string): KeptPki | undefined {
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8')
  if (!existsSync(join(directory, 'ca.crt')) || !existsSync(join(directory, SERVICE_ACCOUNT_FILE))) return undefined
  try {
    const pairs = FILES.filter(
      ([field, name]) => field === 'ca' || field === 'server' || existsSync(join(directory, `${name}.key`)),
    ).map(([field, name]) => [field, { cert: read(`${name}.crt`), key: read(`${name}.key`) }] as const)
    return {
      ...(Object.fromEntries(pairs) as Pick<KeptPki, PairField>),
      adminToken: read(TOKEN_FILE).trim(),
      serviceAccountKey: read(SERVICE_ACCOUNT_FILE),
    }
  } catch {
    return undefined
  }
}

function savePki(directory: string, pki: Pki): Pki {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const write = (name: string, content: string): void => writeFileSync(join(directory, name), content, { mode: 0o600 })
  for (const [field, name] of FILES) {
    const pair = pki[field]
    write(`${name}.crt`, pair.cert)
    write(`${name}.key`, pair.key)
  }
  write(TOKEN_FILE, `${pki.adminToken}\n`)
  write(SERVICE_ACCOUNT_FILE, pki.serviceAccountKey)
  return pki
}

interface Subject {
  readonly commonName: string
  readonly nowMs: number
  readonly usage: 'ca' | 'server' | 'client'
  /** DNS names and addresses. */
  readonly names: readonly string[]
}

const OID = {
  ecdsaSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
}

function exportKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Makes a key and a certificate for it, signed by `issuer` or by itself. */
function issue(subject: Subject, issuer: KeyPair | undefined): KeyPair {
  const key = newKey()
  const algorithm = derSequence(derOid(OID.ecdsaSha256))
  const name = nameOf(subject.commonName)
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const body = derSequence(
    derContext(0, derInteger(Buffer.from([2])), true),
    derInteger(serial),
    algorithm,
    issuer === undefined ? name : nameOf(commonNameOf(issuer)),
    derSequence(derTime(subject.nowMs - 3600_000), derTime(subject.nowMs + LIFETIME_MS)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    derContext(3, derSequence(...extensionsOf(subject)), true),
  )
  const signer = issuer === undefined ? key : createPrivateKey(issuer.key)
  const certificate = derSequence(body, algorithm, derBits(sign('sha256', body, signer)))
  return { cert: encodePem('CERTIFICATE', certificate), key: exportKey(key) }
}

function commonNameOf({ cert }: KeyPair): string {
  return /^CN=(.*)$/m.exec(new X509Certificate(cert).subject)?.[1] ?? ''
}

function nameOf(commonName: string): Buffer {
  return derSequence(derSet(derSequence(derOid(OID.commonName), derUtf8(commonName))))
}

function extensionsOf(subject: Subject): Buffer[] {
  const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
    derSequence(derOid(id), ...(critical ? [derBoolean(true)] : []), derOctets(value))
  if (subject.usage === 'ca') {
    return [
      extension(OID.basicConstraints, true, derSequence(derBoolean(true))),
      // keyCertSign, cRLSign and digitalSignature.
      extension(OID.keyUsage, true, derBits(Buffer.from([0x86]), 1)),
    ]
  }
  const extensions = [
    extension(OID.basicConstraints, true, derSequence()),
    extension(OID.keyUsage, true, derBits(Buffer.from([0x80]), 7)),
    extension(
      OID.extendedKeyUsage,
      false,
      derSequence(derOid(subject.usage === 'client' ? OID.clientAuth : OID.serverAuth)),
    ),
  ]
  if (subject.names.length > 0) {
    extensions.push(extension(OID.subjectAltName, false, derSequence(...subject.names.map(alternativeName))))
  }
  return extensions
}

function alternativeName(name: string): Buffer {
  return isIP(name) === 0 ? derContext(2, Buffer.from(name), false) : derContext(7, addressBytes(name), false)
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const left = groups(head)
  const right = address.includes('::') ? groups(tail) : []
  const words = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
  return Buffer.from(words.flatMap((word) => [word >> 8, word & 0xff]))
}
