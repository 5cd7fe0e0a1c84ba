import type { GoMap, GoValue } from '../../go/index.ts'
import { quote, toBytes } from '../../go/index.ts'
import { EncodingError } from '../errors.ts'
import { fitsTarget, jsonTypeError, type Target } from '../json-type.ts'

/** How to read JSON. */
export interface ParseJsonOptions {
  /** What the text must hold. JSON null leaves a nil: `null` is returned. Default: any. */
  readonly target?: Target
  /** Keep integers that fit as Go int64 values are kept by `json.Number`; absent: every number is a float64. */
  readonly number?: (text: string) => GoValue
}

/** Nesting beyond this is refused, as in encoding/json. */
const MAX_DEPTH = 10_000

/** Reads JSON as Go's encoding/json into `interface{}`; errors are that package's. */
export function parseJson(text: string, options: ParseJsonOptions & { readonly target: 'map' }): GoMap | null
export function parseJson(text: string, options: ParseJsonOptions & { readonly target: 'list' }): GoValue[] | null
export function parseJson(text: string, options?: ParseJsonOptions): GoValue
export function parseJson(text: string, options: ParseJsonOptions = {}): GoValue {
  const reader = new Reader(text, options.number)
  let value: GoValue
  try {
    value = reader.document()
  } catch (error) {
    if (error instanceof RangeError) throw new EncodingError('JSON_SYNTAX', "invalid character '[' exceeded max depth")
    throw error
  }
  const target = options.target ?? 'any'
  // A number that is too large was left nil; alone it is still a number to a map or list.
  const typed = value === null && reader.rangeError !== undefined ? 0 : value
  if (target !== 'any' && !fitsTarget(typed, target)) throw jsonTypeError(typed, target)
  if (reader.rangeError !== undefined) throw withPartial(reader.rangeError, value)
  return value
}

/** The error with what was read, where what could not be read is nil: Go fills the target although it fails. */
function withPartial(error: EncodingError, partial: GoValue): EncodingError {
  return new EncodingError(error.code, error.message, { partial })
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y
const STRING = /[^"\\\0-\x1f\ud800-\udfff]*/y

class Reader {
  /** The first number that a float64 cannot hold; reported once the syntax is known to be right. */
  rangeError: EncodingError | undefined
  readonly #text: string
  readonly #number: ((text: string) => GoValue) | undefined
  #pos = 0
  #depth = 0

  constructor(text: string, number: ((text: string) => GoValue) | undefined) {
    this.#text = text
    this.#number = number
  }

  document(): GoValue {
    const value = this.#value()
    this.#blanks()
    if (this.#pos < this.#text.length) this.#fail('after top-level value')
    return value
  }

  #blanks(): void {
    for (;;) {
      const c = this.#text.charCodeAt(this.#pos)
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return
      this.#pos++
    }
  }

  /** Stops at the current character, or at the end of the text. */
  #fail(context: string): never {
    if (this.#pos >= this.#text.length) {
      // Go tries one more blank, which is wrong in the middle of a number, a word or an escape only.
      const message =
        / (?:literal|escape)\b/.test(context) && !context.endsWith('string literal')
          ? `invalid character ' ' ${context}`
          : 'unexpected end of JSON input'
      throw new EncodingError('JSON_SYNTAX', message)
    }
    throw new EncodingError('JSON_SYNTAX', `invalid character ${this.#quotedByte()} ${context}`, { offset: this.#pos })
  }

  /** The first byte of the current character, as Go prints it: as the character with that code. */
  #quotedByte(): string {
    const char = String.fromCodePoint(this.#text.codePointAt(this.#pos) ?? 0)
    const byte = String.fromCharCode(toBytes(char)[0] ?? 0)
    if (byte === "'") return "'\\''"
    if (byte === '"') return `'"'`
    return `'${quote(byte).slice(1, -1)}'`
  }

  #value(): GoValue {
    this.#blanks()
    switch (this.#text[this.#pos]) {
      case '{':
        return this.#nested(() => this.#object())
      case '[':
        return this.#nested(() => this.#array())
      case '"':
        return this.#string()
      case 't':
        return this.#literal('true', true)
      case 'f':
        return this.#literal('false', false)
      case 'n':
        return this.#literal('null', null)
      default:
        return this.#numberValue()
    }
  }

  #nested(read: () => GoValue): GoValue {
    this.#depth++
    if (this.#depth > MAX_DEPTH) this.#fail('exceeded max depth')
    this.#pos++
    const value = read()
    this.#depth--
    return value
  }

  #object(): GoValue {
    const map: GoMap = new Map()
    this.#blanks()
    if (this.#text[this.#pos] === '}') {
      this.#pos++
      return map
    }
    for (;;) {
      this.#blanks()
      if (this.#text[this.#pos] !== '"') this.#fail('looking for beginning of object key string')
      const key = this.#string()
      this.#blanks()
      if (this.#text[this.#pos] !== ':') this.#fail('after object key')
      this.#pos++
      map.set(key, this.#value())
      this.#blanks()
      const c = this.#text[this.#pos]
      if (c !== ',' && c !== '}') this.#fail('after object key:value pair')
      this.#pos++
      if (c === '}') return map
    }
  }

  #array(): GoValue {
    const list: GoValue[] = []
    this.#blanks()
    if (this.#text[this.#pos] === ']') {
      this.#pos++
      return list
    }
    for (;;) {
      list.push(this.#value())
      this.#blanks()
      const c = this.#text[this.#pos]
      if (c !== ',' && c !== ']') this.#fail('after array element')
      this.#pos++
      if (c === ']') return list
    }
  }

  #literal(word: string, value: GoValue): GoValue {
    for (let i = 1; i < word.length; i++) {
      this.#pos++
      if (this.#text[this.#pos] !== word[i]) this.#fail(`in literal ${word} (expecting '${word[i]}')`)
    }
    this.#pos++
    return value
  }

  #numberValue(): GoValue {
    NUMBER.lastIndex = this.#pos
    const match = NUMBER.exec(this.#text)
    if (match === null) {
      if (this.#text[this.#pos] !== '-') this.#fail('looking for beginning of value')
      this.#pos++
      this.#fail('in numeric literal')
    }
    const text = match[0]
    this.#pos += text.length
    this.#checkNumberEnd(text)
    const number = this.#number?.(text)
    if (number !== undefined) return number
    const value = Number(text)
    if (!Number.isFinite(value)) {
      const message = `json: cannot unmarshal number ${text} into Go value of type float64`
      this.rangeError ??= new EncodingError('JSON_TYPE', message)
      return null
    }
    return value
  }

  /** The longest number ended; a dot or an exponent behind it is unfinished. */
  #checkNumberEnd(text: string): void {
    const c = this.#text[this.#pos]
    if (c === '.' && !/[.eE]/.test(text)) {
      this.#pos++
      this.#fail('after decimal point in numeric literal')
    }
    if ((c === 'e' || c === 'E') && !/[eE]/.test(text)) {
      this.#pos++
      if (this.#text[this.#pos] === '+' || this.#text[this.#pos] === '-') this.#pos++
      this.#fail('in exponent of numeric literal')
    }
  }

  #string(): string {
    this.#pos++
    let value = ''
    for (;;) {
      STRING.lastIndex = this.#pos
      const run = STRING.exec(this.#text)?.[0] ?? ''
      value += run
      this.#pos += run.length
      const c = this.#text.charCodeAt(this.#pos)
      if (c === 0x22) {
        this.#pos++
        return value
      }
      if (c === 0x5c) value += this.#escape()
      else if (c >= 0xd800 && c <= 0xdfff) value += this.#surrogate()
      else this.#fail('in string literal')
    }
  }

  /** A character beyond the basic plane, or a byte that is not UTF-8. */
  #surrogate(): string {
    const code = this.#text.codePointAt(this.#pos) ?? 0
    this.#pos += code > 0xffff ? 2 : 1
    return code > 0xffff ? String.fromCodePoint(code) : '\ufffd'
  }

  #escape(): string {
    this.#pos++
    const c = this.#text[this.#pos] ?? ''
    if (c === 'u') {
      this.#pos++
      const unit = this.#hex4()
      if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit)
      return this.#pair(unit)
    }
    const index = '"\\/bfnrt'.indexOf(c)
    if (c === '' || index < 0) this.#fail('in string escape code')
    this.#pos++
    return '"\\/\b\f\n\r\t'.charAt(index)
  }

  /** The second half of a surrogate pair, when it follows; otherwise a replacement character. */
  #pair(high: number): string {
    const next = /^\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(this.#text.slice(this.#pos, this.#pos + 6))
    if (high >= 0xdc00 || next?.[1] === undefined) return '\ufffd'
    this.#pos += 6
    return String.fromCharCode(high, Number.parseInt(next[1], 16))
  }

  #hex4(): number {
    for (let i = 0; i < 4; i++) {
      if (!/[0-9a-fA-F]/.test(this.#text[this.#pos] ?? '')) this.#fail('in \\u hexadecimal character escape')
      this.#pos++
    }
    return Number.parseInt(this.#text.slice(this.#pos - 4, this.#pos), 16)
  }
}
