import { type Library, method, type Overload, plain } from '../declarations.ts'
import { celError } from '../errors.ts'
import { INT, listOf, STRING } from '../types.ts'
import { CelList, type CelValue } from '../values.ts'
import { formatText } from './format-text.ts'
import { DYN } from '../types.ts'
import { list, regexp } from './standard.ts'

const text = (value: CelValue): string => value as string
const count = (value: CelValue): number => Number(value as bigint)
const points = (value: CelValue): string[] => [...text(value)]

function range(points: readonly string[], at: number): void {
  if (at < 0 || at > points.length) throw celError(`index out of range: ${at}`)
}

function charAt(value: CelValue, index: CelValue): string {
  const all = points(value)
  range(all, count(index))
  return all[count(index)] ?? ''
}

function indexOf(value: CelValue, wanted: CelValue, from: CelValue = 0n): bigint {
  const start = count(from)
  if (text(wanted) === '') return from as bigint
  if (start < 0) throw celError(`index out of range: ${start}`)
  const all = points(value)
  const part = points(wanted)
  for (let at = start; at + part.length <= all.length; at++) if (matchesAt(all, part, at)) return BigInt(at)
  return -1n
}

function lastIndexOf(value: CelValue, wanted: CelValue, from?: CelValue): bigint {
  const all = points(value)
  const part = points(wanted)
  if (part.length === 0) return from === undefined ? BigInt(all.length) : (from as bigint)
  let at = from === undefined ? all.length - 1 : count(from)
  if (at < 0 && from !== undefined) throw celError(`index out of range: ${at}`)
  if (at >= all.length) return -1n
  for (at = Math.min(at, all.length - part.length); at >= 0; at--) if (matchesAt(all, part, at)) return BigInt(at)
  return -1n
}

function matchesAt(all: readonly string[], part: readonly string[], at: number): boolean {
  return part.every((point, index) => all[at + index] === point)
}

function substring(value: CelValue, from: CelValue, to?: CelValue): string {
  const all = points(value)
  const start = count(from)
  if (to === undefined) {
    range(all, start)
    return all.slice(start).join('')
  }
  const end = count(to)
  if (start > end) throw celError(`invalid substring range. start: ${start}, end: ${end}`)
  range(all, start)
  range(all, end)
  return all.slice(start, end).join('')
}

function replace(value: CelValue, old: CelValue, by: CelValue, limit?: CelValue): string {
  const times = limit === undefined ? -1 : count(limit)
  if (times < 0) {
    if (text(old) === '')
      return (
        text(by) +
        points(value)
          .map((point) => point + text(by))
          .join('')
      )
    return text(value).replaceAll(text(old), () => text(by))
  }
  let rest = text(value)
  let done = ''
  for (let left = times; left > 0; left--) {
    const at = rest.indexOf(text(old))
    if (at < 0) break
    const keep = text(old) === '' ? (rest.length > 0 && left < times ? 1 : 0) : at
    done += rest.slice(0, keep) + text(by)
    rest = rest.slice(text(old) === '' ? keep : at + text(old).length)
  }
  return done + rest
}

function split(value: CelValue, separator: CelValue, limit?: CelValue): CelList {
  const most = limit === undefined ? -1 : count(limit)
  if (most === 0) return new CelList([])
  const parts = text(separator) === '' ? points(value) : text(value).split(text(separator))
  if (most < 0 || parts.length <= most) return new CelList(parts)
  return new CelList([...parts.slice(0, most - 1), parts.slice(most - 1).join(text(separator))])
}

function join(items: CelValue, separator = ''): string {
  return list(items)
    .items.map((item) => {
      if (typeof item !== 'string') throw celError(`join: invalid input: ${String(item)}`)
      return item
    })
    .join(separator)
}

const QUOTED: Readonly<Record<string, string>> = {
  '\u0007': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
  '\\': String.raw`\\`,
  '"': String.raw`\"`,
}

function findAll(value: CelValue, pattern: CelValue, limit: CelValue = -1n): CelList {
  const most = count(limit)
  if (most === 0) return new CelList([])
  return new CelList(regexp(text(pattern), 'Illegal regex: ').findAll(text(value), most))
}

const ascii = (change: (part: string) => string, pattern: RegExp): NonNullable<Overload['run']> => {
  return (value) => text(value).replaceAll(pattern, change)
}

const SPACE =
  /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g

/** cel-go's string extension (version 2) and Kubernetes' functions on regular expressions. */
export const STRINGS: Library = {
  charAt: [method('string_char_at_int', [STRING, INT], STRING, charAt)],
  format: [
    method('string_format', [STRING, listOf(DYN)], STRING, (value, args) => formatText(text(value), list(args).items)),
  ],
  indexOf: [
    method('string_index_of_string', [STRING, STRING], INT, (value, wanted) => indexOf(value, wanted)),
    method('string_index_of_string_int', [STRING, STRING, INT], INT, indexOf),
  ],
  join: [
    method('list_join', [listOf(STRING)], STRING, (items) => join(items)),
    method('list_join_string', [listOf(STRING), STRING], STRING, (items, separator) => join(items, text(separator))),
  ],
  lastIndexOf: [
    method('string_last_index_of_string', [STRING, STRING], INT, (value, wanted) => lastIndexOf(value, wanted)),
    method('string_last_index_of_string_int', [STRING, STRING, INT], INT, lastIndexOf),
  ],
  lowerAscii: [
    method(
      'string_lower_ascii',
      [STRING],
      STRING,
      ascii((part) => part.toLowerCase(), /[A-Z]+/g),
    ),
  ],
  upperAscii: [
    method(
      'string_upper_ascii',
      [STRING],
      STRING,
      ascii((part) => part.toUpperCase(), /[a-z]+/g),
    ),
  ],
  replace: [
    method('string_replace_string_string', [STRING, STRING, STRING], STRING, (value, old, by) =>
      replace(value, old, by),
    ),
    method('string_replace_string_string_int', [STRING, STRING, STRING, INT], STRING, replace),
  ],
  split: [
    method('string_split_string', [STRING, STRING], listOf(STRING), (value, separator) => split(value, separator)),
    method('string_split_string_int', [STRING, STRING, INT], listOf(STRING), split),
  ],
  substring: [
    method('string_substring_int', [STRING, INT], STRING, (value, from) => substring(value, from)),
    method('string_substring_int_int', [STRING, INT, INT], STRING, substring),
  ],
  trim: [method('string_trim', [STRING], STRING, (value) => text(value).replaceAll(SPACE, ''))],
  'strings.quote': [
    plain('strings_quote', [STRING], STRING, (value) => {
      const inner = text(value).replaceAll(/[\u0007\b\f\n\r\t\v\\"]/g, (each) => QUOTED[each] ?? each)
      return `"${inner}"`
    }),
  ],
  find: [
    method('string_find_string', [STRING, STRING], STRING, (value, pattern) => {
      return regexp(text(pattern), 'Illegal regex: ').find(text(value)) ?? ''
    }),
  ],
  findAll: [
    method('string_find_all_string', [STRING, STRING], listOf(STRING), (value, pattern) => findAll(value, pattern)),
    method('string_find_all_string_int', [STRING, STRING, INT], listOf(STRING), findAll),
  ],
}
