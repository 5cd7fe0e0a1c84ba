import { createPrivateKey, createPublicKey, generateKeyPair, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { derInteger, derSequence, encodePem, readDer } from '../../encoding/index.ts'
import { fn, type FunctionTable } from '../signature.ts'

/** The keys of certificates, as sprig makes them. */
const CERTIFICATE_KEY = {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'der' },
} as const

/**
 * A new key is taken as bytes and read again. Node's key object of a new key shares a lock with the job that made it, and the job
 * takes that lock when garbage collection destroys it: if that happens while the key tells its details, the process waits for
 * itself for ever (seen with Node 20.20).
 */
function readNew(der: Buffer): KeyObject {
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

/** A new RSA key for a certificate. */
export function newCertificateKey(): KeyObject {
  return readNew(generateKeyPairSync('rsa', CERTIFICATE_KEY).privateKey)
}

/** A new RSA key for a certificate, made on another thread. */
export async function makeCertificateKey(): Promise<KeyObject> {
  return readNew((await promisify(generateKeyPair)('rsa', CERTIFICATE_KEY)).privateKey)
}

/** A key for certificates that nobody will use: of the kind that takes the least time to make. */
export function standInKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
}

/** A private key as text, each kind in the form that Go's programs write. */
export function printPrivateKey(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString()
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString()
    case 'dsa':
      return encodePem('DSA PRIVATE KEY', dsaKey(key))
    default:
      return key.export({ type: 'pkcs8', format: 'pem' }).toString()
  }
}

/** OpenSSL's own form of a DSA key: version, P, Q, G, public and private number. */
function dsaKey(key: KeyObject): Buffer {
  const [, algorithm, secret] = children(key.export({ type: 'pkcs8', format: 'der' }))
  const [, parameters] = readDer(algorithm ?? NOTHING) ?? []
  const numbers = (readDer(parameters?.content ?? NOTHING) ?? []).map((node) => node.raw)
  const [, bits] = children(createPublicKey(key).export({ type: 'spki', format: 'der' }))
  const publicNumber = bits?.subarray(1) ?? NOTHING
  return derSequence(derInteger(Uint8Array.of(0)), ...numbers, publicNumber, secret ?? NOTHING)
}

const NOTHING = new Uint8Array(0)

/** Contents of the elements of a DER sequence. */
function children(der: Uint8Array): Uint8Array[] {
  const [sequence] = readDer(der) ?? []
  return (readDer(sequence?.content ?? NOTHING) ?? []).map((node) => node.content)
}

function generate(type: string): string {
  switch (type) {
    case '':
    case 'rsa':
      return printPrivateKey(generateKeyPairSync('rsa', { modulusLength: 4096 }).privateKey)
    case 'dsa':
      return printPrivateKey(generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey)
    case 'ecdsa':
      return printPrivateKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
    case 'ed25519':
      return printPrivateKey(generateKeyPairSync('ed25519').privateKey)
    default:
      return `Unknown type ${type}`
  }
}

/** Private keys. */
export const keyFunctions: FunctionTable = {
  genPrivateKey: fn('string', 'string', generate),
}
