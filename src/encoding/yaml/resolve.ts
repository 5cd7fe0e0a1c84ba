import { fromBytes, toValidUtf8 } from '../../go/index.ts'
import { yamlValueError } from '../errors.ts'
import { type Dialect, parseYamlFloat, parseYamlInt, parseYamlLooseFloat } from './number.ts'
import { isTimestamp } from './timestamp.ts'

/** A resolved scalar. Integers that a double cannot hold are bigints; `tag` tells integers from floats. */
export interface Resolved {
  readonly tag: string
  readonly value: string | boolean | null | number | bigint
}

/** The integer of a resolved `!!int`: a bigint, or a double. */
export function integerIn({ value }: Resolved, asBigint: boolean): bigint | number {
  return asBigint ? BigInt(value as number | bigint) : Number(value)
}

const LONG_PREFIX = 'tag:yaml.org,2002:'

/** `tag:yaml.org,2002:int` as `!!int`; other tags stay. */
export function shortTag(tag: string): string {
  return tag.startsWith(LONG_PREFIX) ? `!!${tag.slice(LONG_PREFIX.length)}` : tag
}

const RESOLVABLE = new Set(['', '!!str', '!!bool', '!!int', '!!float', '!!null', '!!timestamp'])

const NULLS: Resolved = { tag: '!!null', value: null }
const TRUE: Resolved = { tag: '!!bool', value: true }
const FALSE: Resolved = { tag: '!!bool', value: false }
const infinity = (value: number): Resolved => ({ tag: '!!float', value })

const WORDS_3: ReadonlyMap<string, Resolved> = new Map([
  ...['true', 'True', 'TRUE'].map((word) => [word, TRUE] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, FALSE] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, NULLS] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, infinity(Number.NaN)] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, infinity(Infinity)] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, infinity(-Infinity)] as const),
])

const WORDS_2: ReadonlyMap<string, Resolved> = new Map([
  ...WORDS_3,
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'].map((word) => [word, TRUE] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'].map((word) => [word, FALSE] as const),
])

/** What the first character may begin: 0 nothing but text, 1 a word of the table, 2 a number, 3 a number or word with a dot. */
const HINTS = new Uint8Array(128)
for (const c of 'yYnNtTfFoO~') HINTS[c.charCodeAt(0)] = 1
for (const c of '+-0123456789') HINTS[c.charCodeAt(0)] = 2
HINTS['.'.charCodeAt(0)] = 3

/** Longest word of the tables. */
const LONGEST_WORD = 5

/**
 * What an untagged plain scalar means: undefined when it is just text. This is the hot path of reading and the test for quoting
 * when writing, as go-yaml's `resolve`.
 */
export function resolvePlain(text: string, dialect: Dialect, timestamps: boolean): Resolved | undefined {
  if (text === '') return NULLS
  const first = text.charCodeAt(0)
  const hint = first < 128 ? HINTS[first] : 0
  if (hint === 0) return undefined
  if (text.length <= LONGEST_WORD) {
    const word = (dialect === 2 ? WORDS_2 : WORDS_3).get(text)
    if (word !== undefined) return word
  }
  if (hint === 1) return undefined
  if (hint === 3) {
    const value = parseYamlLooseFloat(text)
    return value === undefined ? undefined : { tag: '!!float', value }
  }
  if (timestamps && isTimestamp(text)) return { tag: '!!timestamp', value: text }
  const plain = text.includes('_') ? text.replaceAll('_', '') : text
  const int = parseYamlInt(plain, dialect)
  if (int !== undefined) return { tag: '!!int', value: int }
  const float = parseYamlFloat(plain)
  return float === undefined ? undefined : { tag: '!!float', value: float }
}

/**
 * Resolves a scalar that has a tag, or was plain. Throws go-yaml's error when the text is not of the tag's type.
 * Binary data comes back as the text that its bytes spell.
 */
export function resolveTagged(longTag: string, text: string, dialect: Dialect): Resolved {
  const tag = shortTag(longTag)
  if (tag === '!!binary') return { tag, value: decodeBinary(text) }
  if (!RESOLVABLE.has(tag)) return { tag, value: text }
  if (tag === '!!str') return { tag, value: text }
  const resolved = resolvePlain(text, dialect, tag === '' || tag === '!!timestamp') ?? { tag: '!!str', value: text }
  if (tag === '' || tag === resolved.tag) return resolved
  if (tag === '!!float' && resolved.tag === '!!int' && isInt64(resolved.value)) {
    return { tag, value: Number(resolved.value) }
  }
  throw yamlValueError(`cannot decode ${resolved.tag} \`${text}\` as a ${tag}`)
}

const isInt64 = (value: unknown): boolean => typeof value !== 'bigint' || value <= 0x7fff_ffff_ffff_ffffn

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function decodeBinary(text: string): string {
  const data = text.replace(/[\r\n]/g, '')
  if (!BASE64.test(data)) throw yamlValueError('!!binary value contains invalid base64 data')
  return toValidUtf8(fromBytes(Buffer.from(data, 'base64')))
}
