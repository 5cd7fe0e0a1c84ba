import { formatFloat, type FloatFormat } from '../float.ts'
import { canBackquote, isPrint, quote, quoteRune, quoteRuneToAscii, quoteToAscii } from '../quote.ts'
import { runeCount, runeText, toBytes } from '../utf8.ts'

/** The basic formatter below the printer: one operand of a basic type, padded, as Go's `fmt` lays it out. */
export class Formatter {
  out = ''
  width = 0
  hasWidth = false
  precision = 0
  hasPrecision = false
  minus = false
  plus = false
  sharp = false
  space = false
  zero = false
  /** `%+v`: struct field names. */
  plusV = false
  /** `%#v`: Go syntax. */
  sharpV = false

  clearFlags(): void {
    this.width = 0
    this.hasWidth = false
    this.precision = 0
    this.hasPrecision = false
    this.minus = false
    this.plus = false
    this.sharp = false
    this.space = false
    this.zero = false
    this.plusV = false
    this.sharpV = false
  }

  writePadding(count: number): void {
    if (count > 0) this.out += (this.zero && !this.minus ? '0' : ' ').repeat(count)
  }

  /** Writes text padded to the width, counted in runes. */
  pad(text: string): void {
    if (!this.hasWidth || this.width === 0) {
      this.out += text
      return
    }
    const count = this.width - runeCount(text)
    if (this.minus) {
      this.out += text
      this.writePadding(count)
    } else {
      this.writePadding(count)
      this.out += text
    }
  }

  /** As `pad`, never with zeros. */
  private padWithSpaces(text: string): void {
    const { zero } = this
    this.zero = false
    this.pad(text)
    this.zero = zero
  }

  boolean(value: boolean): void {
    this.pad(value ? 'true' : 'false')
  }

  /** `%U`: `U+0078`, with sharp `U+0078 'x'`. */
  unicode(value: bigint): void {
    const code = BigInt.asUintN(64, value)
    const digits = this.hasPrecision && this.precision > 4 ? this.precision : 4
    let text = `U+${code.toString(16).toUpperCase().padStart(digits, '0')}`
    if (this.sharp && code <= 0x10ffffn && isPrint(Number(code))) text += ` '${runeText(Number(code))}'`
    this.padWithSpaces(text)
  }

  /** Integers in any base; `verb` O adds `0o`, `upper` writes digits and prefix in capitals. */
  integer(value: bigint, base: 2 | 8 | 10 | 16, verb: string, upper: boolean): void {
    const negative = value < 0n
    let digits = (negative ? -value : value).toString(base)
    let wanted = 0
    if (this.hasPrecision) {
      wanted = this.precision
      if (wanted === 0 && value === 0n) {
        const { zero } = this
        this.zero = false
        this.writePadding(this.width)
        this.zero = zero
        return
      }
    } else if (this.zero && !this.minus && this.hasWidth) {
      wanted = this.width
      if (negative || this.plus || this.space) wanted--
    }
    digits = digits.padStart(wanted, '0')
    if (upper) digits = digits.toUpperCase()
    if (this.sharp) {
      if (base === 2) digits = `0b${digits}`
      else if (base === 8 && digits[0] !== '0') digits = `0${digits}`
      else if (base === 16) digits = `0${upper ? 'X' : 'x'}${digits}`
    }
    if (verb === 'O') digits = `0o${digits}`
    if (negative) digits = `-${digits}`
    else if (this.plus) digits = `+${digits}`
    else if (this.space) digits = ` ${digits}`
    this.padWithSpaces(digits)
  }

  private truncate(text: string): string {
    if (!this.hasPrecision || text.length <= this.precision) return text
    let count = 0
    for (let i = 0; i < text.length; i++) {
      if (count === this.precision) return text.slice(0, i)
      const unit = text.charCodeAt(i)
      if (unit >= 0xd800 && unit <= 0xdbff) i++
      count++
    }
    return text
  }

  string(text: string): void {
    this.pad(this.truncate(text))
  }

  quoted(text: string): void {
    const cut = this.truncate(text)
    if (this.sharp && canBackquote(cut)) this.pad(`\`${cut}\``)
    else this.pad(this.plus ? quoteToAscii(cut) : quote(cut))
  }

  /** `%x` of a string or bytes. */
  hexadecimal(data: string | Uint8Array, upper: boolean): void {
    const bytes = typeof data === 'string' ? toBytes(data) : data
    const length = this.hasPrecision && this.precision < bytes.length ? this.precision : bytes.length
    if (length === 0) {
      if (this.hasWidth) this.writePadding(this.width)
      return
    }
    const prefix = this.sharp ? (upper ? '0X' : '0x') : ''
    const parts: string[] = []
    for (let i = 0; i < length; i++) {
      const pair = (bytes[i] ?? 0).toString(16).padStart(2, '0')
      parts.push(upper ? pair.toUpperCase() : pair)
    }
    const text = prefix + parts.join(this.space ? ` ${prefix}` : '')
    if (this.hasWidth && this.width > text.length) {
      if (this.minus) {
        this.out += text
        this.writePadding(this.width - text.length)
      } else {
        this.writePadding(this.width - text.length)
        this.out += text
      }
    } else this.out += text
  }

  character(value: bigint): void {
    this.pad(runeText(toRune(value)))
  }

  quotedCharacter(value: bigint): void {
    const code = toRune(value)
    this.pad(this.plus ? quoteRuneToAscii(code) : quoteRune(code))
  }

  float(value: number, bits: 32 | 64, verb: FloatFormat, defaultPrecision: number): void {
    const precision = this.hasPrecision ? this.precision : defaultPrecision
    let text = formatFloat(value, verb, precision, bits)
    if (text[0] !== '-' && text[0] !== '+') text = `+${text}`
    if (this.space && text[0] === '+' && !this.plus) text = ` ${text.slice(1)}`
    if (text[1] === 'I' || text[1] === 'N') {
      if (text[1] === 'N' && !this.space && !this.plus) text = text.slice(1)
      this.padWithSpaces(text)
      return
    }
    if (this.sharp && verb !== 'b') text = withDecimalPoint(text, verb, precision)
    if (this.plus || text[0] !== '+') {
      if (this.zero && !this.minus && this.hasWidth && this.width > text.length) {
        this.out += text[0]
        this.writePadding(this.width - text.length)
        this.out += text.slice(1)
        return
      }
      this.pad(text)
      return
    }
    this.pad(text.slice(1))
  }
}

function toRune(value: bigint): number {
  const code = BigInt.asUintN(64, value)
  return code > 0x10ffffn ? 0xfffd : Number(code)
}

/** The sharp flag: always a decimal point, and the trailing zeros that %g drops. */
function withDecimalPoint(text: string, verb: FloatFormat, precision: number): string {
  let digits = 0
  if (verb === 'g' || verb === 'G' || verb === 'x') digits = precision === -1 ? 6 : precision
  const isHex = verb === 'x' || verb === 'X'
  const tailAt = text.search(isHex ? /[pP]/ : /[eEpP]/)
  const tail = tailAt < 0 ? '' : text.slice(tailAt)
  let number = tailAt < 0 ? text : text.slice(0, tailAt)
  let hasPoint = false
  let significant = false
  for (const char of number.slice(1)) {
    if (char === '.') {
      hasPoint = true
      continue
    }
    if (char !== '0') significant = true
    if (significant) digits--
  }
  if (!hasPoint) {
    if (number.length === 2 && number[1] === '0') digits--
    number += '.'
  }
  return number + '0'.repeat(Math.max(0, digits)) + tail
}
