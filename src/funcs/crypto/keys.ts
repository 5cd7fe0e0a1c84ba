import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { derInteger, derSequence, encodePem, readDer } from '../../encoding/index.ts'
import { fn, type FunctionTable } from '../signature.ts'

/** The keys of certificates, as sprig makes them. */
export const CERTIFICATE_KEY = { type: 'rsa', options: { modulusLength: 2048 } } as const

/** A new RSA key for a certificate. */
export function newCertificateKey(): KeyObject {
  return generateKeyPairSync(CERTIFICATE_KEY.type, CERTIFICATE_KEY.options).privateKey
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
