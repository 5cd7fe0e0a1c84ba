import { createPrivateKey, createPublicKey, generateKeyPair, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Host, SlowKeyKind } from '../../base/index.ts'
import { derInteger, derSequence, encodePem, readDer } from '../../encoding/index.ts'
import { fn, type FunctionTable } from '../signature.ts'

/** As sprig makes them. */
const DSA = { modulusLength: 2048, divisorLength: 256 } as const
const RSA_BITS = { certificate: 2048, rsa: 4096 } as const
const PUBLIC = { type: 'spki', format: 'der' } as const
const PRIVATE = { type: 'pkcs8', format: 'der' } as const

const rsaOptions = (kind: keyof typeof RSA_BITS) =>
  ({ modulusLength: RSA_BITS[kind], publicKeyEncoding: PUBLIC, privateKeyEncoding: PRIVATE }) as const

/**
 * A new RSA key is taken as bytes and read again. Node's key object of a new key shares a lock with the job that made it, and the job
 * takes that lock when garbage collection destroys it: if that happens while the key tells its details, the process waits for
 * itself for ever (seen with Node 20.20).
 */
function readNew(der: Buffer): KeyObject {
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

/** A new key. */
export function newSlowKey(kind: SlowKeyKind): KeyObject {
  if (kind === 'dsa') return generateKeyPairSync('dsa', DSA).privateKey
  return readNew(generateKeyPairSync('rsa', rsaOptions(kind)).privateKey)
}

/** A new key, made on another thread. */
export async function makeSlowKey(kind: SlowKeyKind): Promise<KeyObject> {
  // Not outside of this function: it would load Node's crypto with every command.
  const inBackground = promisify(generateKeyPair)
  if (kind === 'dsa') return (await inBackground('dsa', DSA)).privateKey
  return readNew((await inBackground('rsa', rsaOptions(kind))).privateKey)
}

/** A key that nobody will use: of the kind that takes the least time to make. */
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

function generate(type: string, slowKey: (kind: SlowKeyKind) => KeyObject): string {
  switch (type) {
    case '':
    case 'rsa':
      return printPrivateKey(slowKey('rsa'))
    case 'dsa':
      return printPrivateKey(slowKey('dsa'))
    case 'ecdsa':
      return printPrivateKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
    case 'ed25519':
      return printPrivateKey(generateKeyPairSync('ed25519').privateKey)
    default:
      return `Unknown type ${type}`
  }
}

/** Private keys. */
export function keyFunctions({ slowKey = newSlowKey }: Pick<Host, 'slowKey'>): FunctionTable {
  return { genPrivateKey: fn('string', 'string', (type: string) => generate(type, slowKey)) }
}
