import {
  GoComplex,
  GoError,
  parseFloat64,
  parseInteger,
  parseUnsigned,
  quote,
  runes,
  unquoteChar,
} from '../go/index.ts'
import type { NumberNode } from './node.ts'
import { Token, type TokenKind } from './token.ts'

type NumberValue = Pick<NumberNode, 'int' | 'uint' | 'float' | 'complex'>

/**
 * Reads a number literal under every type that can hold it, as Go's untyped constants. Throws GoError with the text that
 * the parse error shows.
 */
export function parseNumber(pos: number, text: string, kind: TokenKind): NumberNode {
  const { int, uint, float, complex } = readNumber(text, kind)
  return { type: 'number', pos, text, int, uint, float, complex }
}

function readNumber(text: string, kind: TokenKind): NumberValue {
  if (kind === Token.charConstant) return readCharacter(text)
  if (kind === Token.complex) return simplify(readComplex(text))
  if (text.endsWith('i')) {
    const imaginary = attempt(() => parseFloat64(text.slice(0, -1)))
    if (imaginary !== undefined) return simplify(new GoComplex(0, imaginary))
  }
  return readReal(text)
}

function readCharacter(text: string): NumberValue {
  const char = unquoteChar(text.slice(1), text.slice(0, 1))
  if (char.tail !== "'") throw new GoError('INVALID_SYNTAX', `malformed character constant: ${text}`)
  const code = char.isByte ? char.code : (runes(String.fromCodePoint(char.code))[0] ?? 0)
  return { int: BigInt(code), uint: BigInt(code), float: code, complex: undefined }
}

function readComplex(text: string): GoComplex {
  // The sign of the imaginary part is the last one that belongs to no exponent.
  let sign = text.length - 1
  while (sign > 0 && !(/[+-]/.test(text[sign] ?? '') && !/[eEpP]/.test(text[sign - 1] ?? ''))) sign--
  const re = attempt(() => parseFloat64(text.slice(0, sign)))
  const im = attempt(() => parseFloat64(text.slice(sign, -1)))
  if (re === undefined || im === undefined) throw new GoError('INVALID_SYNTAX', 'syntax error scanning complex number')
  return new GoComplex(re, im)
}

function simplify(value: GoComplex): NumberValue {
  if (value.im !== 0) return { int: undefined, uint: undefined, float: undefined, complex: value }
  return { int: integerIn(value.re, -63, 63), uint: integerIn(value.re, 0, 64), float: value.re, complex: value }
}

/** The integer that a float is, when it lies in [-2^low, 2^high) (low 0: from 0). */
function integerIn(value: number, low: number, high: number): bigint | undefined {
  const floor = low === 0 ? 0 : -(2 ** -low)
  return Number.isInteger(value) && value >= floor && value < 2 ** high ? BigInt(value) : undefined
}

/** Plain integers, which most literals are. */
const PLAIN = /^(?:0|[1-9][0-9]{0,14})$/

function readReal(text: string): NumberValue {
  if (PLAIN.test(text)) {
    const int = BigInt(text)
    return { int, uint: int, float: Number(text), complex: undefined }
  }
  let uint = attempt(() => parseUnsigned(text, 0))
  const int = attempt(() => parseInteger(text, 0))
  if (int === 0n) uint = 0n
  const integer = int ?? uint
  if (integer !== undefined) return { int, uint, float: Number(integer), complex: undefined }
  const float = attempt(() => parseFloat64(text))
  if (float === undefined) throw new GoError('INVALID_SYNTAX', `illegal number syntax: ${quote(text)}`)
  if (!/[.eEpP]/.test(text)) throw new GoError('OUT_OF_RANGE', `integer overflow: ${quote(text)}`)
  return { int: integerIn(float, -63, 63), uint: integerIn(float, 0, 64), float, complex: undefined }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
