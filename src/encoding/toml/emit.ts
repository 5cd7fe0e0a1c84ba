import {
  formatFloat,
  formatInstant,
  formatValue,
  GoComplex,
  GoFunction,
  GoNil,
  GoNumber,
  GoObject,
  GoTime,
  type GoMap,
  type GoValue,
  goKind,
  type Instant,
  sortedKeys,
  TypedMap,
  UTC,
} from '../../go/index.ts'
import { EncodingError, withoutOverflow } from '../errors.ts'
import { printKey, quoteToml } from './key.ts'

const INDENT = '  '
const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00'

const unsupported = (message: string): EncodingError => new EncodingError('TOML_UNSUPPORTED', message)

/**
 * Writes a value as BurntSushi/toml does: keys sorted, plain values before tables, tables indented by two blanks. A value that is not a
 * map is written alone. Throws EncodingError for nil in lists, functions, and maps without text keys.
 */
export function toToml(value: GoValue): string {
  if (value === null || value === undefined) throw unsupported('reflect: call of reflect.Value.Type on zero Value')
  const writer = new Writer()
  withoutOverflow(() => writer.encode([], value))
  return writer.text
}

type Shape = 'nil' | 'scalar' | 'list' | 'tables' | 'table'

class Writer {
  text = ''

  encode(key: readonly string[], value: GoValue): void {
    switch (shapeOf(value)) {
      case 'nil':
        return
      case 'tables':
        this.#tables(key, value as readonly GoValue[])
        return
      case 'table':
        this.#table(key, value)
        return
      default:
        this.#keyValue(key, value, false)
    }
  }

  #newline(): void {
    if (this.text !== '') this.text += '\n'
  }

  #tables(key: readonly string[], items: readonly GoValue[]): void {
    if (key.length === 0) throw unsupported('toml: top-level values must be Go maps or structs')
    for (const item of items) {
      this.#newline()
      this.text += `${indentOf(key)}[[${printKey(key)}]]`
      this.#newline()
      this.#members(key, item)
    }
  }

  #table(key: readonly string[], value: GoValue): void {
    if (key.length === 1) this.#newline()
    if (key.length > 0) {
      this.text += `${indentOf(key)}[${printKey(key)}]`
      this.#newline()
    }
    this.#members(key, value)
  }

  #members(key: readonly string[], value: GoValue): void {
    const { direct, tables } = membersOf(value)
    for (const [name, member] of [...direct, ...tables]) this.encode([...key, name], member)
  }

  #keyValue(key: readonly string[], value: GoValue, inline: boolean): void {
    if (key.length === 0) {
      this.#element(value)
      return
    }
    this.text += `${indentOf(key)}${printKey([key[key.length - 1] as string])} = `
    this.#element(value)
    if (!inline) this.#newline()
  }

  #element(value: GoValue): void {
    switch (shapeOf(value)) {
      case 'nil':
        throw unsupported('toml: cannot encode array with nil element')
      case 'scalar':
        this.text += scalarText(value)
        return
      case 'table':
        this.#inlineTable(value)
        return
      default: {
        const items = itemsOf(value)
        this.text += '['
        items.forEach((item, i) => {
          if (i > 0) this.text += ', '
          this.#element(item)
        })
        this.text += ']'
      }
    }
  }

  #inlineTable(value: GoValue): void {
    const { direct, tables } = membersOf(value)
    this.text += '{'
    const write = (members: readonly Member[], more: boolean): void => {
      members.forEach(([name, member], i) => {
        if (shapeOf(member) === 'nil') return
        this.#keyValue([name], member, true)
        if (more || i !== members.length - 1) this.text += ', '
      })
    }
    write(direct, tables.length > 0)
    write(tables, false)
    this.text += '}'
  }
}

type Member = readonly [name: string, value: GoValue]

/** The members of a table: plain values first, then those that need a header of their own. */
function membersOf(value: GoValue): { direct: Member[]; tables: Member[] } {
  const direct: Member[] = []
  const tables: Member[] = []
  for (const [name, member] of entriesOf(value)) {
    const shape = shapeOf(member)
    if (shape === 'table' || shape === 'tables') tables.push([name, member])
    else direct.push([name, member])
  }
  return { direct, tables }
}

function entriesOf(value: GoValue): Member[] {
  if (value instanceof GoObject) {
    return [...value.fields].filter(([name]) => /^\p{Lu}/u.test(name)).map(([name, field]) => [name, field])
  }
  const map = value as GoMap
  if (map instanceof TypedMap && map.keyType !== 'string') {
    throw unsupported('toml: cannot encode a map with non-string key type')
  }
  return sortedKeys(map).map((key) => [key as string, map.get(key)])
}

/** What a value is in TOML. Lists are looked through, because only a list of tables alone becomes headers. */
function shapeOf(value: GoValue): Shape {
  if (value === null || value === undefined || value instanceof GoNil) return 'nil'
  if (typeof value !== 'object') return 'scalar'
  if (Array.isArray(value)) return listShape(value)
  if (value instanceof Uint8Array) return 'list'
  if (value instanceof Map) return 'table'
  if (value instanceof GoNumber || value instanceof GoTime) return 'scalar'
  if (value instanceof GoObject) return typeof value.json?.() === 'string' ? 'scalar' : 'table'
  if (value instanceof GoComplex || value instanceof GoFunction) throw unsupported(`unsupported type: ${goKind(value)}`)
  return 'scalar'
}

function listShape(items: readonly GoValue[]): Shape {
  let onlyTables = items.length > 0
  for (const item of items) {
    const shape = shapeOf(item)
    if (shape === 'nil') throw unsupported('toml: cannot encode array with nil element')
    if (shape !== 'table') onlyTables = false
  }
  return onlyTables ? 'tables' : 'list'
}

function itemsOf(value: GoValue): readonly GoValue[] {
  return value instanceof Uint8Array ? Array.from(value, BigInt) : (value as readonly GoValue[])
}

function scalarText(value: GoValue): string {
  if (typeof value === 'string') return quoteToml(value)
  if (typeof value === 'number') return floatText(value, 64)
  if (value instanceof GoTime) return timeText(value.instant)
  if (value instanceof GoNumber) {
    if (value.typeName === 'time.Duration') return quoteToml(formatValue(value))
    return typeof value.value === 'bigint' ? value.value.toString() : floatText(value.value, 32)
  }
  if (value instanceof GoObject) return quoteToml(String(value.json?.()))
  return String(value)
}

/** Times that were read without an offset are written without one. */
const LOCAL_LAYOUTS: ReadonlyMap<string, string> = new Map([
  ['datetime-local', '2006-01-02T15:04:05.999999999'],
  ['date-local', '2006-01-02'],
  ['time-local', '15:04:05.999999999'],
])

function timeText(instant: Instant): string {
  const local = LOCAL_LAYOUTS.get(instant.zone.name)
  return local === undefined ? formatInstant(instant, RFC3339_NANO) : formatInstant(instant.in(UTC), local)
}

function floatText(value: number, bits: 32 | 64): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  const text = formatFloat(value, 'g', -1, bits)
  return /[.e]/.test(text) ? text : `${text}.0`
}

const indentOf = (key: readonly string[]): string => INDENT.repeat(key.length - 1)
