import { goType, integerOf } from '../kind.ts'
import type { GoValue } from '../value.ts'
import { Printer } from './printer.ts'

/** As `fmt.Sprintf`. */
export function sprintf(format: string, ...args: readonly GoValue[]): string {
  return simplePrintf(format, args) ?? new FormatRun(format, args).run()
}

/** Formats made only of text, `%s`, `%d`, `%v` and `%q` on matching operands; undefined sends the rest to the full printer. */
function simplePrintf(format: string, args: readonly GoValue[]): string | undefined {
  let out = ''
  let from = 0
  let index = 0
  for (;;) {
    const at = format.indexOf('%', from)
    if (at < 0) break
    if (at > from) out += format.slice(from, at)
    const verb = format.charCodeAt(at + 1)
    const arg = args[index++]
    if (
      typeof arg === 'string'
        ? verb === 0x73 || verb === 0x76
        : typeof arg === 'bigint' && (verb === 0x64 || verb === 0x76)
    ) {
      out += arg
    } else return undefined
    from = at + 2
  }
  if (index !== args.length) return undefined
  return from === 0 ? format : out + format.slice(from)
}

/** Width, precision and argument numbers above this are refused. */
const TOO_LARGE = 1_000_000

/** One run over a format; directives may pick their operands by number. */
class FormatRun {
  private readonly format: string
  private readonly args: readonly GoValue[]
  private readonly printer = new Printer()
  private at = 0
  private argIndex = 0
  private reordered = false
  private goodIndex = true
  /** The last thing read was an explicit argument number. */
  private afterIndex = false

  constructor(format: string, args: readonly GoValue[]) {
    this.format = format
    this.args = args
  }

  run(): string {
    const { format, printer } = this
    while (this.at < format.length) {
      this.goodIndex = true
      const percent = format.indexOf('%', this.at)
      const textEnd = percent < 0 ? format.length : percent
      printer.out += format.slice(this.at, textEnd)
      this.at = textEnd
      if (percent < 0) break
      this.at++
      printer.clearFlags()
      if (!this.readFlags()) continue
      this.readWidth()
      this.readPrecision()
      if (!this.afterIndex) this.readIndex()
      if (this.at >= format.length) {
        printer.out += '%!(NOVERB)'
        break
      }
      this.verb()
    }
    if (!this.reordered && this.argIndex < this.args.length) this.extra()
    return printer.out
  }

  /** Reads flags; false when a plain verb followed and has been printed. */
  private readFlags(): boolean {
    const { format, printer } = this
    for (; this.at < format.length; this.at++) {
      const char = format[this.at] ?? ''
      if (char === '#') printer.sharp = true
      else if (char === '0') printer.zero = true
      else if (char === '+') printer.plus = true
      else if (char === '-') printer.minus = true
      else if (char === ' ') printer.space = true
      else if (char >= 'a' && char <= 'z' && this.argIndex < this.args.length) {
        this.at++
        this.print(char)
        return false
      } else break
    }
    this.afterIndex = false
    this.readIndex()
    return true
  }

  private print(verb: string): void {
    const { printer } = this
    if (verb === 'v' || verb === 'w') {
      printer.sharpV = printer.sharp
      printer.sharp = false
      printer.plusV = printer.plus
      printer.plus = false
    }
    printer.printArg(this.args[this.argIndex] ?? null, verb)
    this.argIndex++
  }

  private verb(): void {
    const { format, printer } = this
    const verb = String.fromCodePoint(format.codePointAt(this.at) ?? 0)
    this.at += verb.length
    const shown = /[\ud800-\udfff]/u.test(verb) ? '\ufffd' : verb
    if (verb === '%') printer.out += '%'
    else if (!this.goodIndex) printer.out += `%!${shown}(BADINDEX)`
    else if (this.argIndex >= this.args.length) printer.out += `%!${shown}(MISSING)`
    else this.print(shown)
  }

  private readNumber(): number | undefined {
    const { format } = this
    let value: number | undefined
    for (; this.at < format.length; this.at++) {
      const digit = format.charCodeAt(this.at) - 48
      if (digit < 0 || digit > 9) break
      if ((value ?? 0) > TOO_LARGE) {
        this.at = format.length
        return undefined
      }
      value = (value ?? 0) * 10 + digit
    }
    return value
  }

  /** `[n]`: the operand that the next `*` or verb takes. */
  private readIndex(): void {
    const { format } = this
    this.afterIndex = false
    if (format[this.at] !== '[') return
    this.reordered = true
    const close = format.length - this.at < 3 ? -1 : format.indexOf(']', this.at)
    if (close < 0) {
      this.at++
      this.goodIndex = false
      return
    }
    const text = format.slice(this.at + 1, close)
    this.at = close + 1
    const number = /^[0-9]+$/.test(text) && Number(text) <= 10 * TOO_LARGE + 9 ? Number(text) : undefined
    if (number !== undefined && number >= 1 && number <= this.args.length) {
      this.argIndex = number - 1
      this.afterIndex = true
      return
    }
    this.goodIndex = false
    this.afterIndex = number !== undefined
  }

  private starOperand(): number | undefined {
    const value = this.argIndex < this.args.length ? integerOf(this.args[this.argIndex]) : undefined
    if (this.argIndex < this.args.length) this.argIndex++
    if (value === undefined || value > BigInt(TOO_LARGE) || value < BigInt(-TOO_LARGE)) return undefined
    return Number(value)
  }

  private readWidth(): void {
    const { format, printer } = this
    if (format[this.at] === '*') {
      this.at++
      const value = this.starOperand()
      printer.hasWidth = value !== undefined
      printer.width = Math.abs(value ?? 0)
      if (value === undefined) printer.out += '%!(BADWIDTH)'
      else if (value < 0) {
        printer.minus = true
        printer.zero = false
      }
      this.afterIndex = false
      return
    }
    const value = this.readNumber()
    printer.hasWidth = value !== undefined
    printer.width = value ?? 0
    if (this.afterIndex && value !== undefined) this.goodIndex = false
  }

  private readPrecision(): void {
    const { format, printer } = this
    if (format[this.at] !== '.' || this.at + 1 >= format.length) return
    this.at++
    if (this.afterIndex) this.goodIndex = false
    this.readIndex()
    if (format[this.at] === '*') {
      this.at++
      const value = this.starOperand()
      printer.hasPrecision = value !== undefined && value >= 0
      printer.precision = printer.hasPrecision ? (value ?? 0) : 0
      if (!printer.hasPrecision) printer.out += '%!(BADPREC)'
      this.afterIndex = false
      return
    }
    printer.precision = this.readNumber() ?? 0
    printer.hasPrecision = true
  }

  private extra(): void {
    const { printer } = this
    printer.clearFlags()
    printer.out += '%!(EXTRA '
    this.args.slice(this.argIndex).forEach((arg, index) => {
      if (index > 0) printer.out += ', '
      if (arg === null || arg === undefined) printer.out += '<nil>'
      else {
        printer.out += `${goType(arg)}=`
        printer.printArg(arg, 'v')
      }
    })
    printer.out += ')'
  }
}
