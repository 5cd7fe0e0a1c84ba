import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Random } from '../../base/index.ts'
import { decodeBase64Bytes } from '../../encoding/index.ts'
import { fromBytes, toBytes } from '../../go/index.ts'
import { panicError, runtimeError } from '../errors.ts'
import { fn, type FunctionTable } from '../signature.ts'

const BLOCK = 16
const KEY_BYTES = 32
const CIPHER = 'aes-256-cbc'

/** The password itself is the key, cut or filled with zeros. */
function keyOf(password: string): Buffer {
  const key = Buffer.alloc(KEY_BYTES)
  Buffer.from(toBytes(password)).copy(key)
  return key
}

function encrypt(random: Random, password: string, text: string): string {
  if (text === '') return ''
  const iv = random.bytes(BLOCK)
  const cipher = createCipheriv(CIPHER, keyOf(password), iv)
  return Buffer.concat([iv, cipher.update(toBytes(text)), cipher.final()]).toString('base64')
}

function decrypt(password: string, text: string): string {
  if (text === '') return ''
  const data = decodeBase64Bytes(text)
  if (data.length < BLOCK) {
    const capacity = Math.floor(text.length / 4) * 3
    if (capacity < BLOCK) throw runtimeError(`slice bounds out of range [:${BLOCK}] with capacity ${capacity}`)
  }
  const body = data.subarray(BLOCK)
  if (body.length % BLOCK !== 0) throw panicError('crypto/cipher: input not full blocks')
  const decipher = createDecipheriv(CIPHER, keyOf(password), data.subarray(0, BLOCK))
  decipher.setAutoPadding(false)
  const plain = Buffer.concat([decipher.update(body), decipher.final()])
  if (plain.length === 0) throw runtimeError('index out of range [-1]')
  const end = plain.length - (plain[plain.length - 1] as number)
  if (end < 0) throw runtimeError(`slice bounds out of range [:${end}]`)
  return fromBytes(plain.subarray(0, end))
}

/** AES-256 in CBC mode; the text carries its initialisation vector in front, in base64. */
export function aesFunctions(random: Random): FunctionTable {
  return {
    decryptAES: fn('string, string', 'string', decrypt),
    encryptAES: fn('string, string', 'string', (password: string, text: string) => encrypt(random, password, text)),
  }
}
