import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { argumentError } from '../errors.ts'
import { fn, type FunctionTable } from '../signature.ts'
import { derProblem } from './der-problem.ts'
import { derInteger, derSequence, readDer } from './der.ts'
import { decodePem, encodePem } from './pem.ts'

/** Bits of the keys of certificates. */
const CERTIFICATE_KEY_BITS = 2048

/** A new RSA key for a certificate. */
export function newCertificateKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: CERTIFICATE_KEY_BITS }).privateKey
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

/** A form of private keys: how Node reads it, how sprig calls a failure, and Go's name for its structure. */
interface KeyForm {
  readonly type: 'pkcs1' | 'sec1' | 'pkcs8' | 'dsa'
  readonly failure: string
  readonly structure: string
}

const FORMS: Readonly<Record<string, KeyForm>> = {
  'PRIVATE KEY': { type: 'pkcs8', failure: 'decoding PEM as PKCS#8', structure: 'pkcs8' },
  'RSA PRIVATE KEY': { type: 'pkcs1', failure: 'parsing RSA private key from PEM', structure: 'pkcs1PrivateKey' },
  'EC PRIVATE KEY': {
    type: 'sec1',
    failure: 'parsing EC private key from PEM: x509: failed to parse EC private key',
    structure: 'ecPrivateKey',
  },
  'DSA PRIVATE KEY': { type: 'dsa', failure: 'parsing DSA private key from PEM', structure: 'DSAKeyFormat' },
}

/** Reads a private key from text; errors are sprig's. */
export function parsePrivateKey(text: string): KeyObject {
  const block = decodePem(text)
  if (block === undefined) throw argumentError('no PEM data in input')
  const form = FORMS[block.type]
  if (form === undefined) {
    if (!block.type.endsWith(' PRIVATE KEY')) {
      throw argumentError(`no private key data in PEM block of type ${block.type}`)
    }
    throw argumentError(`invalid private key type ${block.type}`)
  }
  try {
    if (form.type === 'dsa') return createPrivateKey(text)
    return createPrivateKey({ key: block.bytes, format: 'der', type: form.type })
  } catch {
    throw argumentError(`${form.failure}: ${derProblem(block.bytes, form.structure)}`)
  }
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
