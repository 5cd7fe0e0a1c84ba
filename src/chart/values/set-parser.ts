import { errorText } from '../../base/index.ts'
import { atoi, type GoMap, type GoSlice, type GoValue, quote, quoteRune } from '../../go/index.ts'
import { parseJsonPrefix } from './json-prefix.ts'
import { SetScanner } from './set-lexer.ts'
import { asList, listAt, mapAt, maxNesting, setError, setIndex, setKey } from './set-value.ts'

/** How the text behind `=` becomes a value. `json` reads JSON itself; `literal` knows no escapes, lists or commas. */
export interface SetMode {
  readonly form: 'plain' | 'json' | 'literal'
  readonly read: (text: string) => GoValue
}

/**
 * Applies `name=value,name.sub=value,list[0]=value` to `target`. As Helm 4.2 `pkg/strvals`, with its error texts and its
 * habits: an index without `]` ends the parse quietly, a key with nothing below it is an error.
 */
export function applySet(text: string, target: GoMap, mode: SetMode): void {
  const parser = new SetParser(new SetScanner(text), mode)
  while (parser.key(target, 0)) {
    // Each round reads one name=value pair.
  }
}

class SetParser {
  readonly #in: SetScanner
  readonly #mode: SetMode
  readonly #literal: boolean
  readonly #keyStops: string

  constructor(scanner: SetScanner, mode: SetMode) {
    this.#in = scanner
    this.#mode = mode
    this.#literal = mode.form === 'literal'
    this.#keyStops = this.#literal ? '=[.' : '=[,.'
  }

  /** Reads one key and its value into `data`; false at the end of the text. */
  key(data: GoMap, nesting: number): boolean {
    const { text: key, stop } = this.#until(this.#keyStops)
    switch (stop) {
      case undefined:
        if (key === '') return false
        throw setError(`key ${quote(key)} has no value`)
      case '[':
        return this.#indexed(data, key, nesting)
      case '=':
        return this.#value(data, key)
      case ',':
        throw setError(`key ${quote(key)} has no value (cannot end with ,)`)
      default:
        return this.#nested(data, key, nesting + 1)
    }
  }

  #indexed(data: GoMap, key: string, nesting: number): boolean {
    const index = this.#index()
    if (index === undefined) return false
    const list = listAt(data, key)
    const result = this.#item(list, index, nesting)
    if (result === undefined) {
      setKey(data, key, list)
      return false
    }
    setKey(data, key, result.list)
    return result.more
  }

  #nested(data: GoMap, key: string, nesting: number): boolean {
    if (nesting > maxNesting) {
      throw setError(`value name nested level is greater than maximum supported nested level of ${maxNesting}`)
    }
    const inner = mapAt(data, key)
    const more = this.key(inner, nesting)
    if (more && inner.size === 0) throw setError(`key map ${quote(key)} has no value`)
    if (inner.size > 0) setKey(data, key, inner)
    return more
  }

  #value(data: GoMap, key: string): boolean {
    if (this.#mode.form === 'json') {
      setKey(data, key, this.#json())
      return true
    }
    if (this.#literal) {
      setKey(data, key, this.#mode.read(this.#until('').text))
      return true
    }
    const value = this.#plainValue()
    setKey(data, key, value === undefined ? '' : value)
    return value !== undefined
  }

  /** A value or a `{…}` list; undefined when the text ends right behind the equals sign. */
  #plainValue(): GoValue {
    const first = this.#in.next()
    if (first === undefined) return undefined
    if (first !== '{') {
      this.#in.back()
      return this.#mode.read(this.#until(',').text)
    }
    const list: GoSlice = []
    for (;;) {
      const { text, stop } = this.#until(',}')
      if (stop === undefined) throw setError("list must terminate with '}'")
      if (stop === '}') {
        const next = this.#in.next()
        if (next !== ',') this.#in.back()
        list.push(this.#mode.read(text))
        return list
      }
      list.push(this.#mode.read(text))
    }
  }

  #json(): GoValue {
    if (this.#skipEmpty()) return null
    const { value, length } = parseJsonPrefix(this.#in.rest)
    this.#in.skip(this.#in.rest.slice(0, length))
    this.#skipEmpty()
    return value
  }

  /** Skips blanks and one comma; true when nothing else was there. */
  #skipEmpty(): boolean {
    for (;;) {
      const rune = this.#in.next()
      if (rune === undefined || rune === ',') return true
      if (!/^[\t\n\v\f\r \u0085\p{Z}]$/u.test(rune)) {
        this.#in.back()
        return false
      }
    }
  }

  /** The number before `]`; undefined when the text ends first. */
  #index(): number | undefined {
    const { text, stop } = this.#until(']')
    if (stop === undefined) return undefined
    try {
      return Number(atoi(text))
    } catch (error) {
      throw setError(`error parsing index: ${errorText(error)}`)
    }
  }

  /** What follows `[i]`: a value, another index or a key below. Undefined when the text ends. */
  #item(list: GoSlice, index: number, nesting: number): { list: GoSlice; more: boolean } | undefined {
    if (index < 0) throw setError(`negative ${index} index not allowed`)
    const { text, stop } = this.#until('[.=')
    if (text !== '') {
      const runes = Array.from(text, (rune) => quoteRune(rune.codePointAt(0) ?? 0))
      throw setError(`unexpected data at end of array index: [${runes.join(' ')}]`)
    }
    switch (stop) {
      case undefined:
        return undefined
      case '=':
        return this.#itemValue(list, index)
      case '[': {
        const next = this.#index()
        if (next === undefined) return undefined
        const existing = list[index]
        const inner = existing === null || existing === undefined ? [] : asList(existing)
        const result = this.#item(inner, next, nesting)
        return result && { list: setIndex(list, index, result.list), more: result.more }
      }
      default: {
        let inner = list[index]
        if (!(inner instanceof Map)) {
          inner = new Map()
          if (index < list.length) list[index] = inner
        }
        if (!this.key(inner, nesting)) return undefined
        return { list: setIndex(list, index, inner), more: true }
      }
    }
  }

  #itemValue(list: GoSlice, index: number): { list: GoSlice; more: boolean } {
    if (this.#mode.form === 'json') return { list: setIndex(list, index, this.#json()), more: true }
    if (this.#literal) return { list: setIndex(list, index, this.#mode.read(this.#until('').text)), more: true }
    const value = this.#plainValue()
    return { list: setIndex(list, index, value === undefined ? '' : value), more: true }
  }

  #until(stop: string): { readonly text: string; readonly stop: string | undefined } {
    return this.#in.until(stop, !this.#literal)
  }
}
