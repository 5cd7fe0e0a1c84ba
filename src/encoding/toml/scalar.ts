import {
  fixedZone,
  GoError,
  type GoValue,
  goTime,
  type Instant,
  int64,
  localZone,
  parseFloat64,
  parseInstant,
  parseInteger,
  quote,
  type Zone,
} from '../../go/index.ts'
import type { Item } from './input.ts'

/** Raises the error of the value that is read. */
type Fail = (message: string) => never

/** The value of an item that is no array and no table, as BurntSushi/toml reads it. */
export function readScalar({ kind, value }: Item, fail: Fail): GoValue {
  switch (kind) {
    case 'escapedString':
      return unescaped(value, fail)
    case 'multilineString':
      return unescaped(joinContinuedLines(dropFirstNewline(value)), fail)
    case 'rawMultilineString':
      return dropFirstNewline(value)
    case 'integer':
      return readInteger(value, fail)
    case 'float':
      return readFloat(value, fail)
    case 'bool':
      return value === 'true'
    case 'datetime':
      return readDatetime(value, fail)
    default:
      return value
  }
}

function readInteger(value: string, fail: Fail): GoValue {
  if (!underscoresOk(value)) {
    fail(`Invalid integer ${quote(value)}: underscores must be surrounded by digits`)
  }
  if (hasLeadingZero(value)) fail(`Invalid integer ${quote(value)}: cannot have leading zeroes`)
  const outOfRange = `${value} is out of range for int64`
  return inRange(() => int64(parseInteger(value, 0, 64)), fail, { outOfRange, invalid: outOfRange })
}

function readFloat(value: string, fail: Fail): GoValue {
  const parts = value.split(/[.eE]/).filter((part) => part !== '')
  if (!parts.every(underscoresOk)) {
    fail(`Invalid float ${quote(value)}: underscores must be surrounded by digits`)
  }
  if (hasLeadingZero(parts[0] ?? '')) fail(`Invalid float ${quote(value)}: cannot have leading zeroes`)
  if (/\.(?![0-9])/.test(value)) {
    fail(`Invalid float ${quote(value)}: '.' must be followed by one or more digits`)
  }
  const plain = value.replaceAll('_', '').replace(/^[+-]nan$/, 'nan')
  const words = { outOfRange: `${value} is out of range for float64`, invalid: `Invalid float value: ${quote(value)}` }
  return inRange(() => parseFloat64(plain), fail, words)
}

function inRange<T>(run: () => T, fail: Fail, words: { readonly outOfRange: string; readonly invalid: string }): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    return fail(error.code === 'OUT_OF_RANGE' ? words.outOfRange : words.invalid)
  }
}

function readDatetime(value: string, fail: Fail): GoValue {
  const text = value.replace(/[t ]/g, 'T').replaceAll('z', 'Z')
  for (const { layout, zone } of dateLayouts()) {
    let instant: Instant
    try {
      instant = parseInstant(layout, text, zone)
    } catch (error) {
      if (error instanceof GoError) continue
      throw error
    }
    if (lacksLeadingZero(text, layout)) break
    return goTime(instant)
  }
  return fail(`invalid datetime: ${quote(text)}`)
}

function unescaped(text: string, fail: Fail): string {
  return text.replace(ESCAPE, (_whole, simple: string | undefined, ...hex: (string | undefined)[]) => {
    if (simple === ' ' || simple === '\t') fail(`invalid escape: '\\${simple}'`)
    if (simple !== undefined) return SIMPLE_ESCAPES[simple] ?? simple
    const digits = hex.slice(0, 3).find((group) => group !== undefined) ?? ''
    const code = Number.parseInt(digits, 16)
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      fail(`Escaped character '\\u${digits}' is not valid UTF-8.`)
    }
    return String.fromCodePoint(code)
  })
}
const ESCAPE = /\\(?:([^xuU])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  e: '\x1b',
}

function dropFirstNewline(text: string): string {
  return text.replace(/^\r?\n/, '')
}

/** A backslash at the end of a line joins it with the next text. Escaped backslashes do not count. */
function joinContinuedLines(text: string): string {
  return text.replace(/\\\\|\\[ \t\r]*\n[ \t\r\n]*/g, (match) => (match === '\\\\' ? match : ''))
}

/** Whether every underscore stands between digits. */
function underscoresOk(text: string): boolean {
  if (/^[+-]?(?:nan|inf)$/.test(text)) return true
  let accept = false
  for (const char of text) {
    if (char === '_' && !accept) return false
    accept = /[0-9a-fA-F]/.test(char)
  }
  return accept
}

const hasLeadingZero = (text: string): boolean => /^0[^box]/.test(text) || /^[+-]0./.test(text)

interface DateLayout {
  readonly layout: string
  readonly zone: Zone
}

let layouts: readonly DateLayout[] | undefined

/** The forms of dates and times, and the zones that mark those without an offset. */
function dateLayouts(): readonly DateLayout[] {
  if (layouts !== undefined) return layouts
  const local = localZone()
  const { offset } = local.at(0)
  const dateTime = fixedZone('datetime-local', offset)
  const time = fixedZone('time-local', offset)
  layouts = [
    { layout: '2006-01-02T15:04:05.999999999Z07:00', zone: local },
    { layout: '2006-01-02T15:04:05.999999999', zone: dateTime },
    { layout: '2006-01-02', zone: fixedZone('date-local', offset) },
    { layout: '15:04:05.999999999', zone: time },
    { layout: '2006-01-02T15:04Z07:00', zone: local },
    { layout: '2006-01-02T15:04', zone: dateTime },
    { layout: '15:04', zone: time },
  ]
  return layouts
}

/** Go's parser takes `1` for `01`; TOML does not. */
function lacksLeadingZero(text: string, layout: string): boolean {
  for (let i = 0; i < layout.length; i++) {
    const char = layout.charAt(i)
    if (char === '.' || char === 'Z') return false
    if (!/[0-9]/.test(char) && text[i] !== char) return true
  }
  return false
}
