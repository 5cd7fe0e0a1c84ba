import { type GoMap, type GoValue, quote, TypedSlice, typedSlice } from '../../go/index.ts'
import { EncodingError } from '../errors.ts'
import { printKey } from './key.ts'
import type { Item } from './input.ts'
import { Lexer } from './lexer.ts'
import { readScalar } from './scalar.ts'

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
    if (item.kind === 'array') return this.#array()
    if (item.kind === 'inlineTable') return this.#inlineTable(inArray)
    return readScalar(item, (message) => this.#fail(item.line, message))
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
}

const isTables = (value: GoValue): value is TypedSlice => value instanceof TypedSlice && value.elementType === TABLE

/** The table behind a value: itself, or the last one of an array of tables. */
function tableOf(value: GoValue): GoMap | undefined {
  if (value instanceof Map) return value
  return isTables(value) ? (value[value.length - 1] as GoMap) : undefined
}
