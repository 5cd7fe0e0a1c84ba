import type { FloatFormat } from '../float.ts'
import { elementTypeOf, goKind, goType, isSigned } from '../kind.ts'
import { fromBytes } from '../utf8.ts'
import { sortedKeys } from '../sorted-keys.ts'
import { GoComplex, GoFunction, GoNil, GoNumber, GoObject, type GoMap, type GoValue } from '../value.ts'
import { Formatter } from './formatter.ts'
import { stringOf } from './stringer.ts'

/** What `%p` shows: real addresses differ from run to run, so one stands for all. */
const ADDRESS = 0xc000012000n

/** Prints operands of any type for a verb, as Go's `fmt` does through reflection. */
export class Printer extends Formatter {
  private erroring = false

  /** An operand as an interface value, at the top level. */
  printArg(arg: GoValue, verb: string): void {
    if (arg === null || arg === undefined) {
      if (verb === 'T' || verb === 'v') this.pad('<nil>')
      else this.badVerb(arg, verb)
      return
    }
    if (verb === 'T') {
      this.string(goType(arg))
      return
    }
    if (verb === 'p') {
      this.pointer(arg, 'p')
      return
    }
    if (arg instanceof Uint8Array) this.bytes(arg, verb, '[]byte')
    else if (!this.handleMethods(arg, verb)) this.printValue(arg, verb, 0)
  }

  /** A value below the top level, with methods first. */
  private printNested(value: GoValue, verb: string, depth: number): void {
    if (!this.handleMethods(value, verb)) this.printValue(value, verb, depth)
  }

  private badVerb(value: GoValue, verb: string): void {
    this.erroring = true
    this.out += `%!${verb}(`
    if (value === null || value === undefined) this.out += '<nil>'
    else {
      this.out += `${goType(value)}=`
      this.printArg(value, 'v')
    }
    this.out += ')'
    this.erroring = false
  }

  private handleMethods(value: GoValue, verb: string): boolean {
    if (this.erroring || typeof value !== 'object' || value === null) return false
    if (verb === 'w') {
      this.badVerb(value, verb)
      return true
    }
    if (this.sharpV) {
      const text = value instanceof GoObject ? value.goSyntax?.() : undefined
      if (text !== undefined) this.string(text)
      return text !== undefined
    }
    if (verb !== 'v' && verb !== 's' && verb !== 'x' && verb !== 'X' && verb !== 'q') return false
    const text = stringOf(value)
    if (text === undefined) return false
    this.text(text, value, verb)
    return true
  }

  private printValue(value: GoValue, verb: string, depth: number): void {
    switch (typeof value) {
      case 'string':
        this.text(value, value, verb)
        return
      case 'boolean':
        if (verb === 't' || verb === 'v') this.boolean(value)
        else this.badVerb(value, verb)
        return
      case 'number':
        this.floatVerb(value, value, 64, verb)
        return
      case 'bigint':
        this.integerVerb(value, value, true, verb)
        return
      case 'undefined':
        this.out += '<nil>'
        return
      default:
        if (value === null) this.out += this.sharpV ? 'interface {}(nil)' : '<nil>'
        else this.printObject(value, verb, depth)
    }
  }

  private printObject(value: GoValue & object, verb: string, depth: number): void {
    if (value instanceof Map) this.map(value, verb, depth)
    else if (Array.isArray(value)) this.list(value, goType(value), verb, depth)
    else if (value instanceof GoNumber) {
      if (typeof value.value === 'bigint') this.integerVerb(value.value, value, isSigned(value.kind), verb)
      else this.floatVerb(value.value, value, 32, verb)
    } else if (value instanceof Uint8Array) {
      if (verb === 's' || verb === 'q' || verb === 'x' || verb === 'X') this.bytes(value, verb, '[]uint8')
      else this.list(byteValues(value), '[]uint8', verb, depth)
    } else if (value instanceof GoObject) this.object(value, verb, depth)
    else if (value instanceof GoComplex) this.complex(value, verb)
    else if (value instanceof GoFunction) this.pointer(value, verb)
    else this.nil(value, verb)
  }

  private text(text: string, value: GoValue, verb: string): void {
    if (verb === 's' || (verb === 'v' && !this.sharpV)) this.string(text)
    else if (verb === 'v' || verb === 'q') this.quoted(text)
    else if (verb === 'x') this.hexadecimal(text, false)
    else if (verb === 'X') this.hexadecimal(text, true)
    else this.badVerb(value, verb)
  }

  private integerVerb(number: bigint, value: GoValue, signed: boolean, verb: string): void {
    switch (verb) {
      case 'v':
        if (this.sharpV && !signed) this.hexNumber(number, true)
        else this.integer(number, 10, verb, false)
        return
      case 'd':
        this.integer(number, 10, verb, false)
        return
      case 'b':
        this.integer(number, 2, verb, false)
        return
      case 'o':
      case 'O':
        this.integer(number, 8, verb, false)
        return
      case 'x':
        this.integer(number, 16, verb, false)
        return
      case 'X':
        this.integer(number, 16, verb, true)
        return
      case 'c':
        this.character(number)
        return
      case 'q':
        this.quotedCharacter(number)
        return
      case 'U':
        this.unicode(number)
        return
      default:
        this.badVerb(value, verb)
    }
  }

  private hexNumber(number: bigint, leading: boolean): void {
    const { sharp } = this
    this.sharp = leading
    this.integer(number, 16, 'v', false)
    this.sharp = sharp
  }

  private floatVerb(number: number, value: GoValue, bits: 32 | 64, verb: string): void {
    switch (verb) {
      case 'v':
        this.float(number, bits, 'g', -1)
        return
      case 'b':
      case 'g':
      case 'G':
      case 'x':
      case 'X':
        this.float(number, bits, verb satisfies FloatFormat, -1)
        return
      case 'f':
      case 'e':
      case 'E':
        this.float(number, bits, verb, 6)
        return
      case 'F':
        this.float(number, bits, 'f', 6)
        return
      default:
        this.badVerb(value, verb)
    }
  }

  private complex(value: GoComplex, verb: string): void {
    if (!/^[vbgGxXfFeE]$/.test(verb)) {
      this.badVerb(value, verb)
      return
    }
    const { plus } = this
    this.out += '('
    this.floatVerb(value.re, value.re, 64, verb)
    this.plus = true
    this.floatVerb(value.im, value.im, 64, verb)
    this.out += 'i)'
    this.plus = plus
  }

  private bytes(value: Uint8Array, verb: string, typeText: string): void {
    switch (verb) {
      case 'v':
      case 'd':
        this.out += this.sharpV ? `${typeText}{` : '['
        value.forEach((byte, index) => {
          if (index > 0) this.out += this.sharpV ? ', ' : ' '
          if (this.sharpV) this.hexNumber(BigInt(byte), true)
          else this.integer(BigInt(byte), 10, verb, false)
        })
        this.out += this.sharpV ? '}' : ']'
        return
      case 's':
        this.string(fromBytes(value))
        return
      case 'q':
        this.quoted(fromBytes(value))
        return
      case 'x':
      case 'X':
        this.hexadecimal(value, verb === 'X')
        return
      default:
        this.list(byteValues(value), '[]uint8', verb, 0)
    }
  }

  private list(items: readonly GoValue[], typeText: string, verb: string, depth: number): void {
    this.out += this.sharpV ? `${typeText}{` : '['
    for (let i = 0; i < items.length; i++) {
      if (i > 0) this.out += this.sharpV ? ', ' : ' '
      this.printNested(items[i], verb, depth + 1)
    }
    this.out += this.sharpV ? '}' : ']'
  }

  private map(map: GoMap, verb: string, depth: number): void {
    this.out += this.sharpV ? `${goType(map)}{` : 'map['
    let first = true
    for (const key of sortedKeys(map)) {
      if (!first) this.out += this.sharpV ? ', ' : ' '
      first = false
      this.printNested(key, verb, depth + 1)
      this.out += ':'
      this.printNested(map.get(key), verb, depth + 1)
    }
    this.out += this.sharpV ? '}' : ']'
  }

  private object(value: GoObject, verb: string, depth: number): void {
    if (value.pointer) {
      if (depth > 0) {
        this.pointer(value, verb)
        return
      }
      this.out += '&'
    }
    if (this.sharpV) this.out += value.typeName
    this.out += '{'
    let first = true
    for (const [name, field] of value.hiddenFields?.() ?? value.fields) {
      if (!first) this.out += this.sharpV ? ', ' : ' '
      first = false
      if (this.plusV || this.sharpV) this.out += `${name}:`
      this.printNested(field, verb, depth + 1)
    }
    this.out += '}'
  }

  private nil(value: GoNil, verb: string): void {
    const kind = goKind(value)
    if (kind === 'slice') {
      if (elementTypeOf(value) === 'uint8' && /^[sqxX]$/.test(verb)) this.bytes(new Uint8Array(0), verb, '')
      else this.out += this.sharpV ? `${value.typeName}(nil)` : '[]'
    } else if (kind === 'map') this.out += this.sharpV ? `${value.typeName}(nil)` : 'map[]'
    else this.pointer(value, verb)
  }

  private pointer(value: GoValue, verb: string): void {
    const kind = goKind(value)
    if (kind !== 'ptr' && kind !== 'map' && kind !== 'slice' && kind !== 'func') {
      this.badVerb(value, verb)
      return
    }
    const address = value instanceof GoNil ? 0n : ADDRESS
    if (verb === 'v') {
      if (this.sharpV) {
        this.out += `(${goType(value)})(`
        if (address === 0n) this.out += 'nil'
        else this.hexNumber(address, true)
        this.out += ')'
      } else if (address === 0n) this.pad('<nil>')
      else this.hexNumber(address, !this.sharp)
    } else if (verb === 'p') this.hexNumber(address, !this.sharp)
    else if (/^[bodxX]$/.test(verb)) this.integerVerb(address, value, false, verb)
    else this.badVerb(value, verb)
  }
}

function byteValues(bytes: Uint8Array): GoValue[] {
  return Array.from(bytes, (byte) => new GoNumber('uint8', BigInt(byte)))
}
