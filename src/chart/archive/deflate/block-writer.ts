import { BitWriter } from './bit-writer.ts'
import { buildCode, codedBits, type HuffmanCode, reverseBits } from './huffman-code.ts'

/** A literal is its byte; a match is `matchFlag + (length - 3) * 2^15 + (offset - 1)`. */
export const matchFlag = 1 << 30
export const lengthShift = 22

const literalSymbols = 286
const offsetSymbols = 30
const endOfBlock = 256
const firstLength = 257
const maxStored = 65535
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const lengthBase = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 255,
]
const offsetExtra = Array.from({ length: offsetSymbols }, (_, code) => Math.max(0, (code >> 1) - 1))
const offsetBase = offsetExtra.map((extra, code) => (code < 4 ? code : (2 + (code & 1)) << extra))

const lengthCodes = new Uint8Array(256)
for (let code = 0, length = 0; length < 256; length++) {
  while (code + 1 < lengthBase.length && length >= (lengthBase[code + 1] ?? 0)) code++
  lengthCodes[length] = code
}

function offsetCode(offset: number): number {
  if (offset < 4) return offset
  const high = 31 - Math.clz32(offset)
  return high * 2 + ((offset >> (high - 1)) & 1)
}

const fixedLiterals = fixedLiteralCode()
const fixedOffsets: HuffmanCode = {
  codes: Uint16Array.from({ length: offsetSymbols }, (_, symbol) => reverseBits(symbol, 5)),
  lengths: new Uint8Array(offsetSymbols).fill(5),
}

/** Writes blocks of literals and matches in the smallest of deflate's three forms, chosen as Go's compress/flate does. */
export class BlockWriter {
  readonly #out = new BitWriter()

  /** Writes a block; `input` is what it stands for, when that is still at hand (only then may it be stored as it is). */
  block(tokens: readonly number[], input: Uint8Array | undefined): void {
    const literals = new Uint32Array(literalSymbols)
    const offsets = new Uint32Array(offsetSymbols)
    count(tokens, literals, offsets)
    const numLiterals = usedLength(literals)
    const numOffsets = Math.max(1, usedLength(offsets))
    if (usedLength(offsets) === 0) offsets[0] = 1
    const literalCode = buildCode(literals, 15)
    const offsetCodes = buildCode(offsets, 15)
    const canStore = input !== undefined && input.length <= maxStored
    const extra = canStore ? extraBits(literals, offsets, numLiterals, numOffsets) : 0
    const fixedSize = 3 + codedBits(fixedLiterals, literals) + codedBits(fixedOffsets, offsets) + extra
    const header = new CodeHeader(literalCode, numLiterals, offsetCodes, numOffsets)
    const dynamicSize = header.bits + codedBits(literalCode, literals) + codedBits(offsetCodes, offsets) + extra
    const isDynamic = dynamicSize < fixedSize
    if (canStore && (input.length + 5) * 8 < Math.min(fixedSize, dynamicSize)) {
      this.#storedHeader(input.length, false)
      this.#out.bytes(input)
    } else if (isDynamic) {
      header.write(this.#out)
      this.#tokens(tokens, literalCode, offsetCodes)
    } else {
      this.#out.write(2, 3)
      this.#tokens(tokens, fixedLiterals, fixedOffsets)
    }
  }

  /** Ends the stream with an empty block and gives all bytes. */
  finish(): Buffer {
    this.#storedHeader(0, true)
    this.#out.align()
    return this.#out.result()
  }

  #storedHeader(length: number, last: boolean): void {
    this.#out.write(last ? 1 : 0, 3)
    this.#out.align()
    this.#out.write(length, 16)
    this.#out.write(~length & 0xffff, 16)
  }

  #tokens(tokens: readonly number[], literals: HuffmanCode, offsets: HuffmanCode): void {
    const out = this.#out
    const symbol = (code: HuffmanCode, index: number): void =>
      out.write(code.codes[index] ?? 0, code.lengths[index] ?? 0)
    for (const token of tokens) {
      if (token < matchFlag) {
        symbol(literals, token)
        continue
      }
      const length = (token - matchFlag) >>> lengthShift
      const offset = token & ((1 << lengthShift) - 1)
      const lengthSymbol = lengthCodes[length] ?? 0
      symbol(literals, firstLength + lengthSymbol)
      out.write(length - (lengthBase[lengthSymbol] ?? 0), lengthExtra[lengthSymbol] ?? 0)
      const offsetSymbol = offsetCode(offset)
      symbol(offsets, offsetSymbol)
      out.write(offset - (offsetBase[offsetSymbol] ?? 0), offsetExtra[offsetSymbol] ?? 0)
    }
    symbol(literals, endOfBlock)
  }
}

function count(tokens: readonly number[], literals: Uint32Array, offsets: Uint32Array): void {
  const add = (table: Uint32Array, index: number): void => {
    table[index] = (table[index] ?? 0) + 1
  }
  for (const token of tokens) {
    if (token < matchFlag) add(literals, token)
    else {
      add(literals, firstLength + (lengthCodes[(token - matchFlag) >>> lengthShift] ?? 0))
      add(offsets, offsetCode(token & ((1 << lengthShift) - 1)))
    }
  }
  add(literals, endOfBlock)
}

function usedLength(table: Uint32Array): number {
  let length = table.length
  while (length > 0 && table[length - 1] === 0) length--
  return length
}

function extraBits(literals: Uint32Array, offsets: Uint32Array, numLiterals: number, numOffsets: number): number {
  let bits = 0
  for (let symbol = firstLength + 8; symbol < numLiterals; symbol++) {
    bits += (literals[symbol] ?? 0) * (lengthExtra[symbol - firstLength] ?? 0)
  }
  for (let symbol = 4; symbol < numOffsets; symbol++) bits += (offsets[symbol] ?? 0) * (offsetExtra[symbol] ?? 0)
  return bits
}

/** The description of two codes at the start of a dynamic block: code lengths, run-length coded, then Huffman coded. */
class CodeHeader {
  readonly bits: number
  readonly #runs: readonly (readonly [symbol: number, extra: number])[]
  readonly #code: HuffmanCode
  readonly #numCodes: number
  readonly #numLiterals: number
  readonly #numOffsets: number

  constructor(literals: HuffmanCode, numLiterals: number, offsets: HuffmanCode, numOffsets: number) {
    this.#numLiterals = numLiterals
    this.#numOffsets = numOffsets
    this.#runs = runLengths([...literals.lengths.subarray(0, numLiterals), ...offsets.lengths.subarray(0, numOffsets)])
    const frequencies = new Uint32Array(codeLengthOrder.length)
    for (const [symbol] of this.#runs) frequencies[symbol] = (frequencies[symbol] ?? 0) + 1
    this.#code = buildCode(frequencies, 7)
    let numCodes = codeLengthOrder.length
    while (numCodes > 4 && frequencies[codeLengthOrder[numCodes - 1] ?? 0] === 0) numCodes--
    this.#numCodes = numCodes
    const repeats = (frequencies[16] ?? 0) * 2 + (frequencies[17] ?? 0) * 3 + (frequencies[18] ?? 0) * 7
    this.bits = 3 + 5 + 5 + 4 + 3 * numCodes + codedBits(this.#code, frequencies) + repeats
  }

  write(out: BitWriter): void {
    out.write(4, 3)
    out.write(this.#numLiterals - 257, 5)
    out.write(this.#numOffsets - 1, 5)
    out.write(this.#numCodes - 4, 4)
    for (const symbol of codeLengthOrder.slice(0, this.#numCodes)) out.write(this.#code.lengths[symbol] ?? 0, 3)
    for (const [symbol, extra] of this.#runs) {
      out.write(this.#code.codes[symbol] ?? 0, this.#code.lengths[symbol] ?? 0)
      if (symbol === 16) out.write(extra, 2)
      else if (symbol === 17) out.write(extra, 3)
      else if (symbol === 18) out.write(extra, 7)
    }
  }
}

/** Code lengths with runs folded: 16 repeats the length before, 17 and 18 are runs of zeros. */
function runLengths(lengths: readonly number[]): (readonly [symbol: number, extra: number])[] {
  const runs: (readonly [number, number])[] = []
  for (let at = 0; at < lengths.length; ) {
    const length = lengths[at] ?? 0
    let left = 1
    while (at + left < lengths.length && lengths[at + left] === length) left++
    at += left
    if (length !== 0) {
      runs.push([length, 0])
      left--
      for (; left >= 3; left -= Math.min(6, left)) runs.push([16, Math.min(6, left) - 3])
    } else {
      for (; left >= 11; left -= Math.min(138, left)) runs.push([18, Math.min(138, left) - 11])
      if (left >= 3) {
        runs.push([17, left - 3])
        left = 0
      }
    }
    for (; left > 0; left--) runs.push([length, 0])
  }
  return runs
}

function fixedLiteralCode(): HuffmanCode {
  const codes = new Uint16Array(literalSymbols)
  const lengths = new Uint8Array(literalSymbols)
  for (let symbol = 0; symbol < literalSymbols; symbol++) {
    const [bits, size] =
      symbol < 144
        ? [symbol + 48, 8]
        : symbol < 256
          ? [symbol + 400 - 144, 9]
          : symbol < 280
            ? [symbol - 256, 7]
            : [symbol + 192 - 280, 8]
    codes[symbol] = reverseBits(bits, size)
    lengths[symbol] = size
  }
  return { codes, lengths }
}
