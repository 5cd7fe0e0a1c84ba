import { createHmac, scryptSync } from 'node:crypto'
import { createRequire } from 'node:module'
import type { Random } from '../../base/index.ts'
import { byteLength, toBytes } from '../../go/index.ts'
import { fn, type FunctionTable } from '../signature.ts'

const COST = 10
const MAX_PASSWORD = 72

/** The part of bcryptjs that is used; loaded at the first call, because few charts need it. */
interface Bcrypt {
  hashSync(password: string, salt: string): string
  encodeBase64(bytes: ArrayLike<number>, length: number): string
}

let loaded: Bcrypt | undefined

function bcryptLibrary(): Bcrypt {
  if (loaded === undefined) {
    const module = createRequire(import.meta.url)('bcryptjs') as Bcrypt & { default?: Bcrypt }
    loaded = module.default ?? module
  }
  return loaded
}

function bcrypt(random: Random, password: string): string {
  if (byteLength(password) > MAX_PASSWORD) {
    return 'failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes'
  }
  const library = bcryptLibrary()
  const salt = library.encodeBase64(random.bytes(16), 16)
  return library.hashSync(password, `$2a$${COST}$${salt}`)
}

function htpasswd(random: Random, user: string, password: string): string {
  return user.includes(':') ? `invalid username: ${user}` : `${user}:${bcrypt(random, password)}`
}

const SEED = 'com.lyndir.masterpassword'

/** Shapes of a password per type; each letter stands for a class of characters. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  maximum: ['anoxxxxxxxxxxxxxxxxx', 'axxxxxxxxxxxxxxxxxno'],
  long: (
    'CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv ' +
    'CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv ' +
    'CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno'
  ).split(' '),
  medium: ['CvcnoCvc', 'CvcCvcno'],
  short: ['Cvcn'],
  basic: ['aaanaaan', 'aannaaan', 'aaannaaa'],
  pin: ['nnnn'],
}

const UPPER_VOWELS = 'AEIOU'
const LOWER_VOWELS = 'aeiou'
const UPPER_CONSONANTS = 'BCDFGHJKLMNPQRSTVWXYZ'
const LOWER_CONSONANTS = 'bcdfghjklmnpqrstvwxyz'
const LETTERS = UPPER_VOWELS + LOWER_VOWELS + UPPER_CONSONANTS + LOWER_CONSONANTS
const NUMERALS = '0123456789'

const CHARACTERS: Readonly<Record<string, string>> = {
  V: UPPER_VOWELS,
  C: UPPER_CONSONANTS,
  v: LOWER_VOWELS,
  c: LOWER_CONSONANTS,
  A: UPPER_VOWELS + UPPER_CONSONANTS,
  a: LETTERS,
  n: NUMERALS,
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: `${LETTERS}${NUMERALS}!@#$%^&*()`,
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

const prefixed = (text: string): Buffer[] => {
  const bytes = toBytes(text)
  return [uint32(bytes.length), Buffer.from(bytes)]
}

/** The Master Password algorithm. */
function derivePassword(counter: bigint, type: string, password: string, user: string, site: string): string {
  const templates = Object.hasOwn(TEMPLATES, type) ? TEMPLATES[type] : undefined
  if (templates === undefined) return `cannot find password template ${type}`
  const salt = Buffer.concat([Buffer.from(SEED), ...prefixed(user)])
  const cost = { N: 32_768, r: 8, p: 2, maxmem: 128 * 1024 * 1024 }
  const key = scryptSync(toBytes(password), salt, 64, cost)
  const message = Buffer.concat([Buffer.from(SEED), ...prefixed(site), uint32(Number(counter))])
  const seed = createHmac('sha256', key).update(message).digest()
  const template = templates[(seed[0] as number) % templates.length] as string
  return Array.from(template, (letter, i) => {
    const characters = CHARACTERS[letter] as string
    return characters.charAt((seed[i + 1] as number) % characters.length)
  }).join('')
}

/** Password hashes and derived passwords. */
export function passwordFunctions(random: Random): FunctionTable {
  return {
    bcrypt: fn('string', 'string', (password: string) => bcrypt(random, password)),
    derivePassword: fn('uint32, string, string, string, string', 'string', (counter, type, password, user, site) =>
      derivePassword(BigInt(counter.value ?? counter), type, password, user, site),
    ),
    htpasswd: fn('string, string', 'string', (user: string, password: string) => htpasswd(random, user, password)),
  }
}
