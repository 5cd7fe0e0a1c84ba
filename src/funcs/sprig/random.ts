import { type Random, randomInt } from '../../base/index.ts'
import { panicError, runtimeError } from '../errors.ts'
import { fn, type FunctionTable } from '../signature.ts'
import { charsOf } from './unicode.ts'

const DIGITS = '0123456789'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ASCII = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('')

/** Longest random text. */
const MAX_LENGTH = 1 << 24

/** Functions whose results are random. */
export function randomFunctions(random: Random): FunctionTable {
  const pick = (alphabet: string) =>
    fn('int', 'string', (count: bigint) => {
      if (count > MAX_LENGTH) throw runtimeError('makeslice: len out of range')
      let out = ''
      for (let i = 0n; i < count; i++) out += alphabet.charAt(randomInt(random, alphabet.length))
      return out
    })
  return {
    randAlpha: pick(LETTERS),
    randAlphaNum: pick(DIGITS + LETTERS),
    randAscii: pick(ASCII),
    randBytes: fn('int', 'string', (count: bigint) => {
      if (count < 0n || count > MAX_LENGTH) throw runtimeError('makeslice: len out of range')
      return Buffer.from(random.bytes(Number(count))).toString('base64')
    }),
    randInt: fn('int, int', 'int', (min: bigint, max: bigint) => {
      const range = BigInt.asIntN(64, max - min)
      if (range <= 0n) throw panicError('invalid argument to Intn')
      return min + below(random, range)
    }),
    randNumeric: pick(DIGITS),
    shuffle: fn('string', 'string', (text: string) => shuffle(random, text)),
    uuidv4: fn('', 'string', () => random.uuid()),
  }
}

const SMALL = 1n << 32n

/** A uniform integer in [0, limit). */
function below(random: Random, limit: bigint): bigint {
  if (limit <= SMALL) return BigInt(randomInt(random, Number(limit)))
  const ceiling = ((1n << 64n) / limit) * limit
  for (;;) {
    const value = Buffer.from(random.bytes(8)).readBigUInt64BE()
    if (value < ceiling) return value % limit
  }
}

function shuffle(random: Random, text: string): string {
  const chars = charsOf(text)
  for (let i = chars.length - 1; i > 0; i--) {
    const j = randomInt(random, i + 1)
    const held = chars[i] as string
    chars[i] = chars[j] as string
    chars[j] = held
  }
  return chars.join('')
}
