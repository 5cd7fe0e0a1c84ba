import { createHash } from 'node:crypto'
import { sha256 } from '@noble/hashes/sha2.js'
import { toBytes } from '../../go/index.ts'
import { fn, type FunctionTable } from '../signature.ts'

const hex = (algorithm: string) =>
  fn('string', 'string', (text: string) => createHash(algorithm).update(toBytes(text)).digest('hex'))

/** Longer texts are worth loading Node's own hashes, which takes longer than hashing what charts usually hash: a ConfigMap. */
const SHORT_BYTES = 1 << 15

function sha256sum(text: string): string {
  const bytes = toBytes(text)
  const digest = bytes.length > SHORT_BYTES ? createHash('sha256').update(bytes).digest() : sha256(bytes)
  return Buffer.from(digest).toString('hex')
}

const ADLER_MODULUS = 65_521

function adler32(text: string): string {
  let a = 1
  let b = 0
  for (const byte of toBytes(text)) {
    a = (a + byte) % ADLER_MODULUS
    b = (b + a) % ADLER_MODULUS
  }
  return String(b * 65_536 + a)
}

/** Check sums of texts, in hexadecimal; Adler-32 in decimal. */
export const hashFunctions: FunctionTable = {
  adler32sum: fn('string', 'string', adler32),
  sha1sum: hex('sha1'),
  sha256sum: fn('string', 'string', sha256sum),
  sha512sum: hex('sha512'),
}
