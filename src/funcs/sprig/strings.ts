import {
  byteLength,
  fromBytes,
  type GoValue,
  quote as goQuote,
  formatValue,
  sliceBytes,
  toBytes,
  trimSpace,
  TypedMap,
} from '../../go/index.ts'
import { panicError, runtimeError } from '../errors.ts'
import { ANY, fn, type FunctionTable, STRINGS } from '../signature.ts'
import { isNil, stringOf, stringSlice, stringsOf } from '../values.ts'
import { abbreviate, abbreviateBoth, initials, removeSpace, wrap } from './words.ts'

/** Longest text that a function makes; beyond it the engine could not hold it. */
const MAX_LENGTH = 0x1fff_ffe8

/** `strings.Repeat`. */
export function repeat(count: number, text: string): string {
  if (count < 0) throw panicError('strings: negative Repeat count')
  if (text.length * count > MAX_LENGTH) throw panicError('strings: Repeat output length overflow')
  return text.repeat(count)
}

function indent(spaces: number, text: string): string {
  const pad = repeat(spaces, ' ')
  return pad + (text.includes('\n') ? text.replaceAll('\n', `\n${pad}`) : text)
}

function quote(...values: GoValue[]): string {
  const texts: string[] = []
  for (const value of values) if (!isNil(value)) texts.push(goQuote(stringOf(value)))
  return texts.join(' ')
}

function squote(...values: GoValue[]): string {
  const texts: string[] = []
  for (const value of values) if (!isNil(value)) texts.push(`'${formatValue(value)}'`)
  return texts.join(' ')
}

function cat(...values: GoValue[]): string {
  return values
    .filter((value) => !isNil(value))
    .map((value) => formatValue(value))
    .join(' ')
}

/** `strings.ReplaceAll(src, old, new)`; an empty `old` matches before every character and at the end. */
function replace(old: string, replacement: string, text: string): string {
  if (old !== '') return text.replaceAll(old, () => replacement)
  return replacement + Array.from(text, (char) => char + replacement).join('')
}

/** `strings.Split`: an empty separator splits into characters. */
export function splitText(separator: string, text: string): string[] {
  return separator === '' ? Array.from(text) : text.split(separator)
}

/** `strings.SplitN`. */
function splitLimited(separator: string, limit: number, text: string): string[] {
  const parts = splitText(separator, text)
  if (limit < 0 || parts.length <= limit) return parts
  if (limit === 0) return []
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)]
}

function numbered(parts: readonly string[]): GoValue {
  return new TypedMap(
    'string',
    'string',
    parts.map((part, i) => [`_${i}`, part] as const),
  )
}

function trunc(count: number, text: string): string {
  const length = byteLength(text)
  if (count < 0) return length + count > 0 ? sliceBytes(text, length + count) : text
  return length > count ? sliceBytes(text, 0, count) : text
}

function substring(start: number, end: number, text: string): string {
  const length = byteLength(text)
  if (start < 0) {
    if (end < 0) throw runtimeError(`slice bounds out of range [:${end}]`)
    if (end > length) throw runtimeError(`slice bounds out of range [:${end}] with length ${length}`)
    return sliceBytes(text, 0, end)
  }
  if (end < 0 || end > length) {
    if (start > length) throw runtimeError(`slice bounds out of range [${start}:${length}]`)
    return sliceBytes(text, start)
  }
  if (start > end) throw runtimeError(`slice bounds out of range [${start}:${end}]`)
  return sliceBytes(text, start, end)
}

/** `strings.Trim`: removes characters of `cutset` from both ends. */
function trimAll(cutset: string, text: string): string {
  const cut = new Set(cutset)
  const chars = Array.from(text)
  let start = 0
  let end = chars.length
  while (start < end && cut.has(chars[start] as string)) start++
  while (end > start && cut.has(chars[end - 1] as string)) end--
  return chars.slice(start, end).join('')
}

const trimSuffix = (suffix: string, text: string): string =>
  suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text

const trimPrefix = (prefix: string, text: string): string =>
  text.startsWith(prefix) ? text.slice(prefix.length) : text

/** Runs a function over the bytes of a text. */
const onBytes =
  (run: (bytes: Uint8Array) => Uint8Array) =>
  (text: string): string =>
    fromBytes(run(toBytes(text)))

const number = (value: bigint): number => Number(value)

/** Functions on texts. */
export const stringFunctions: FunctionTable = {
  abbrev: fn('int, string', 'string', (width: bigint, text: string) => abbreviate(number(width), text)),
  abbrevboth: fn('int, int, string', 'string', (left: bigint, right: bigint, text: string) =>
    abbreviateBoth(number(left), number(right), text),
  ),
  cat: fn(`...${ANY}`, 'string', cat),
  contains: fn('string, string', 'bool', (part: string, text: string) => text.includes(part)),
  hasPrefix: fn('string, string', 'bool', (prefix: string, text: string) => text.startsWith(prefix)),
  hasSuffix: fn('string, string', 'bool', (suffix: string, text: string) => text.endsWith(suffix)),
  hello: fn('', 'string', () => 'Hello!'),
  indent: fn('int, string', 'string', (spaces: bigint, text: string) => indent(number(spaces), text)),
  initials: fn('string', 'string', initials),
  join: fn(`string, ${ANY}`, 'string', (separator: string, value: GoValue) => stringsOf(value).join(separator)),
  nindent: fn('int, string', 'string', (spaces: bigint, text: string) => `\n${indent(number(spaces), text)}`),
  nospace: fn('string', 'string', removeSpace),
  plural: fn('string, string, int', 'string', (one: string, many: string, count: bigint) =>
    count === 1n ? one : many,
  ),
  quote: fn(`...${ANY}`, 'string', quote),
  repeat: fn('int, string', 'string', (count: bigint, text: string) => repeat(number(count), text)),
  replace: fn('string, string, string', 'string', replace),
  split: fn('string, string', 'map[string]string', (separator: string, text: string) =>
    numbered(splitText(separator, text)),
  ),
  splitList: fn('string, string', STRINGS, (separator: string, text: string) =>
    stringSlice(splitText(separator, text)),
  ),
  splitn: fn('string, int, string', 'map[string]string', (separator: string, limit: bigint, text: string) =>
    numbered(splitLimited(separator, number(limit), text)),
  ),
  squote: fn(`...${ANY}`, 'string', squote),
  substr: fn('int, int, string', 'string', (start: bigint, end: bigint, text: string) =>
    substring(number(start), number(end), text),
  ),
  toString: fn(ANY, 'string', stringOf),
  toStrings: fn(ANY, STRINGS, (value: GoValue) => stringSlice(stringsOf(value))),
  trim: fn('string', 'string', trimSpace),
  trimAll: fn('string, string', 'string', trimAll),
  trimall: fn('string, string', 'string', trimAll),
  trimPrefix: fn('string, string', 'string', trimPrefix),
  trimSuffix: fn('string, string', 'string', trimSuffix),
  trunc: fn('int, string', 'string', (count: bigint, text: string) => trunc(number(count), text)),
  wrap: fn('int, string', 'string', (width: bigint, text: string) =>
    onBytes((bytes) => wrap(bytes, { width: number(width), lineBreak: '', breakWords: false }))(text),
  ),
  wrapWith: fn('int, string, string', 'string', (width: bigint, lineBreak: string, text: string) =>
    onBytes((bytes) => wrap(bytes, { width: number(width), lineBreak, breakWords: true }))(text),
  ),
}
