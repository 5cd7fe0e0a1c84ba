import {
  fixedZone,
  GoError,
  type GoMap,
  type GoValue,
  goTime,
  type Instant,
  int64,
  localZone,
  parseFloat64,
  parseInstant,
  parseInteger,
  quote,
  TypedSlice,
  typedSlice,
  type Zone,
} from '../../go/index.ts'
import { EncodingError } from '../errors.ts'
import { printKey } from './key.ts'
import type { Item } from './input.ts'
import { Lexer } from './lexer.ts'

/** Type of the elements of an array of tables. */
const TABLE = 'map[string]interface {}'

/**
 * Reads TOML as BurntSushi/toml does into a map: integers are int64, floats float64, times `time.Time`, arrays of tables
 * `[]map[string]interface {}`. Errors are that package's.
 */
export function fromToml(text: string): GoMap {
  const body = text.startsWith('\ufeff') ? text.slice(1) : text
  if (body.slice(0, 6).includes('\0')) {
    throw new EncodingError(
      'TOML_SYNTAX',
      'toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8',
    )
  }
  try {
    return new Parser(body).document()
  } catch (error) {
    if (error instanceof RangeError) throw new EncodingError('TOML_SYNTAX', 'toml: arrays are nested too deeply')
    throw error
  }
}

type Key = readonly string[]

class Parser {
  readonly #lexer: Lexer
  readonly #root: GoMap = new Map()
  /** Tables that exist only because a longer key names them; they may still be defined once. */
  readonly #implicit = new Set<string>()
  /** Keys whose value is an array. */
  readonly #arrays = new Set<string>()
  /** The table in scope. */
  #context: Key = []
  /** The last part of the key being read. */
  #key = ''
  #line = 1

  constructor(text: string) {
    this.#lexer = new Lexer(text)
  }

  document(): GoMap {
    for (let item = this.#next(); item.kind !== 'eof'; item = this.#next()) this.#topLevel(item)
    return this.#root
  }

  #fail(line: number, message: string): never {
    const last = this.#lastKey()
    const place = last === '' ? `line ${line}` : `line ${line} (last key ${quote(last)})`
    throw new EncodingError('TOML_SYNTAX', `toml: ${place}: ${message}`, { line })
  }

  #lastKey(): string {
    const context = printKey(this.#context)
    if (this.#key === '') return context
    return context === '' ? this.#key : `${context}.${this.#key}`
  }

  #next(): Item {
    const item = this.#lexer.nextItem()
    if (item.kind === 'error') this.#fail(item.line, item.value)
    return item
  }

  #topLevel(item: Item): void {
    switch (item.kind) {
      case 'comment':
        this.#next()
        return
      case 'tableStart':
        this.#enterTable(this.#keyUntil('tableEnd'), false)
        return
      case 'tablesStart':
        this.#enterTable(this.#keyUntil('tablesEnd'), true)
        return
      default: {
        const outer = this.#context
        this.#readPair((value, item) => {
          this.#setValue(this.#key, value)
          this.#setType(item)
        })
        this.#context = outer
        this.#key = ''
      }
    }
  }

  /** The parts of a key up to the item that ends it. */
  #keyUntil(end: Item['kind']): string[] {
    const key: string[] = []
    let item = this.#next()
    this.#line = item.line
    for (; item.kind !== end && item.kind !== 'eof'; item = this.#next()) {
      key.push(item.kind === 'text' ? item.value : String(this.#value(item, false)))
    }
    return key
  }

  /** Reads `key = value`, establishes the tables that a dotted key implies, and hands the value on. */
  #readPair(store: (value: GoValue, item: Item, parents: Key) => void): void {
    const key = this.#keyUntil('keyEnd')
    this.#key = key[key.length - 1] ?? ''
    const parents = key.slice(0, -1)
    for (const part of parents) {
      const implied = [...this.#context, part]
      this.#implicit.add(printKey(implied))
      this.#enterTable(implied, false)
    }
    const item = this.#next()
    store(this.#value(item, false), item, parents)
  }

  #value(item: Item, inArray: boolean): GoValue {
    switch (item.kind) {
      case 'escapedString':
        return this.#unescape(item, item.value)
      case 'multilineString':
        return this.#unescape(item, joinContinuedLines(dropFirstNewline(item.value)))
      case 'rawMultilineString':
        return dropFirstNewline(item.value)
      case 'integer':
        return this.#integer(item)
      case 'float':
        return this.#float(item)
      case 'bool':
        return item.value === 'true'
      case 'datetime':
        return this.#datetime(item)
      case 'array':
        return this.#array()
      case 'inlineTable':
        return this.#inlineTable(inArray)
      default:
        return item.value
    }
  }

  #integer({ value, line }: Item): GoValue {
    if (!underscoresOk(value)) {
      this.#fail(line, `Invalid integer ${quote(value)}: underscores must be surrounded by digits`)
    }
    if (hasLeadingZero(value)) this.#fail(line, `Invalid integer ${quote(value)}: cannot have leading zeroes`)
    return this.#inRange(line, `${value} is out of range for int64`, () => int64(parseInteger(value, 0, 64)))
  }

  #float({ value, line }: Item): GoValue {
    const parts = value.split(/[.eE]/).filter((part) => part !== '')
    if (!parts.every(underscoresOk)) {
      this.#fail(line, `Invalid float ${quote(value)}: underscores must be surrounded by digits`)
    }
    if (hasLeadingZero(parts[0] ?? '')) this.#fail(line, `Invalid float ${quote(value)}: cannot have leading zeroes`)
    if (/\.(?![0-9])/.test(value)) {
      this.#fail(line, `Invalid float ${quote(value)}: '.' must be followed by one or more digits`)
    }
    const plain = value.replaceAll('_', '').replace(/^[+-]nan$/, 'nan')
    const invalid = `Invalid float value: ${quote(value)}`
    return this.#inRange(line, `${value} is out of range for float64`, () => parseFloat64(plain), invalid)
  }

  #inRange<T>(line: number, outOfRange: string, run: () => T, invalid = outOfRange): T {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof GoError)) throw error
      return this.#fail(line, error.code === 'OUT_OF_RANGE' ? outOfRange : invalid)
    }
  }

  #datetime({ value, line }: Item): GoValue {
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
    return this.#fail(line, `invalid datetime: ${quote(text)}`)
  }

  #array(): GoValue {
    this.#arrays.add(printKey(this.#fullKey()))
    const items: GoValue[] = []
    for (let item = this.#next(); item.kind !== 'arrayEnd'; item = this.#next()) {
      if (item.kind === 'comment') this.#next()
      else items.push(this.#value(item, true))
    }
    return items
  }

  #inlineTable(inArray: boolean): GoValue {
    const table: GoMap = new Map()
    const outerContext = this.#context
    const outerKey = this.#key
    this.#context = [...outerContext, outerKey]
    this.#key = ''
    this.#implicit.add(printKey(this.#context))
    const context = this.#context
    this.#enterTable(context, inArray)
    const inner = this.#context
    for (let item = this.#next(); item.kind !== 'inlineTableEnd'; item = this.#next()) {
      if (item.kind === 'comment') {
        this.#next()
        continue
      }
      this.#readPair((value, valueItem, parents) => {
        this.#setValue(this.#key, value)
        this.#setType(valueItem)
        this.#store(table, parents, value)
      })
      this.#context = inner
    }
    this.#context = outerContext
    this.#key = outerKey
    return table
  }

  #store(table: GoMap, parents: Key, value: GoValue): void {
    let target = table
    for (const part of parents) {
      const known = target.get(part) ?? new Map()
      target.set(part, known)
      if (!(known instanceof Map)) this.#fail(this.#line, `${quote(printKey(this.#context))} is not a table`)
      target = known
    }
    target.set(this.#key, value)
  }

  #fullKey(): Key {
    const key = this.#key === '' ? this.#context : [...this.#context, this.#key]
    return key.length === 0 ? [''] : key
  }

  #setType(item: Item): void {
    const key = printKey(this.#fullKey())
    if (item.kind === 'array') this.#arrays.add(key)
    else this.#arrays.delete(key)
  }

  /** Makes the table of `key` the one in scope; `inArray` adds a table to the array of that name. */
  #enterTable(key: Key, inArray: boolean): void {
    let table = this.#root
    const parents = key.slice(0, -1)
    const last = key[key.length - 1] ?? ''
    // Paths are made only where they are needed: in deep tables they are long.
    const path = (i: number): string => printKey(parents.slice(0, i + 1))
    for (let i = 0; i < parents.length; i++) {
      const part = parents[i] as string
      const known = table.get(part)
      if (known === undefined) {
        this.#implicit.add(path(i))
        table.set(part, new Map())
      }
      const inner = tableOf(known ?? table.get(part))
      if (inner === undefined) this.#fail(this.#line, `Key '${path(i)}' was already created as a hash.`)
      table = inner
    }
    this.#context = parents
    if (inArray) {
      if (!table.has(last)) table.set(last, typedSlice(TABLE, []))
      const tables = table.get(last)
      if (!isTables(tables)) {
        this.#fail(this.#line, `Key '${printKey(key)}' was already created and cannot be used as an array.`)
      }
      tables.push(new Map())
    } else {
      this.#setValue(last, new Map())
    }
    this.#context = [...this.#context, last]
  }

  #setValue(key: string, value: GoValue): void {
    let table = this.#root
    for (let i = 0; i < this.#context.length; i++) {
      const inner = tableOf(table.get(this.#context[i] as string))
      if (inner === undefined) this.#alreadyDefined(this.#context.slice(0, i + 1))
      table = inner
    }
    if (!table.has(key)) {
      table.set(key, value)
      return
    }
    const path = [...this.#context, key]
    const name = printKey(path)
    if (!this.#implicit.has(name)) this.#alreadyDefined(path)
    this.#implicit.delete(name)
    if (this.#arrays.has(name)) table.set(key, value)
  }

  #alreadyDefined(key: Key): never {
    return this.#fail(this.#line, `Key '${printKey(key)}' has already been defined.`)
  }

  #unescape(item: Item, text: string): string {
    return text.replace(ESCAPE, (_whole, simple: string | undefined, ...hex: (string | undefined)[]) => {
      if (simple === ' ' || simple === '\t') this.#fail(item.line, `invalid escape: '\\${simple}'`)
      if (simple !== undefined) return SIMPLE_ESCAPES[simple] ?? simple
      const digits = hex.slice(0, 3).find((group) => group !== undefined) ?? ''
      const code = Number.parseInt(digits, 16)
      if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        this.#fail(item.line, `Escaped character '\\u${digits}' is not valid UTF-8.`)
      }
      return String.fromCodePoint(code)
    })
  }
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

const isTables = (value: GoValue): value is TypedSlice => value instanceof TypedSlice && value.elementType === TABLE

/** The table behind a value: itself, or the last one of an array of tables. */
function tableOf(value: GoValue): GoMap | undefined {
  if (value instanceof Map) return value
  return isTables(value) ? (value[value.length - 1] as GoMap) : undefined
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
