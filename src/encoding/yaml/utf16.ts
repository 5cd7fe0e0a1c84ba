import { toBytes } from '../../go/index.ts'
import { yamlSyntaxError } from '../errors.ts'

/** The two bytes that mark UTF-16, as our strings hold bytes that are not UTF-8. */
const LITTLE = '\udcff\udcfe'
const BIG = '\udcfe\udcff'

const isHigh = (unit: number): boolean => (unit & 0xfc00) === 0xd800
const isLow = (unit: number): boolean => (unit & 0xfc00) === 0xdc00

/** The text of a document that begins with a mark of UTF-16; any other text as it is. Errors are those of go-yaml's reader. */
export function decodeUtf16(text: string): string {
  const isBig = text.startsWith(BIG)
  if (!isBig && !text.startsWith(LITTLE)) return text
  const bytes = Buffer.from(toBytes(text)).subarray(2)
  const units = (bytes.length - (bytes.length % 2)) / 2
  const unit = (index: number): number => (isBig ? bytes.readUInt16BE(2 * index) : bytes.readUInt16LE(2 * index))
  const fail = (message: string): never => {
    throw yamlSyntaxError(message, { line: 1, column: 1 })
  }
  let out = ''
  for (let at = 0; at < units; at++) {
    const first = unit(at)
    if (isLow(first)) fail('unexpected low surrogate area')
    out += String.fromCharCode(first)
    if (!isHigh(first)) continue
    if (at + 1 >= units) fail('incomplete UTF-16 surrogate pair')
    const second = unit(++at)
    if (!isLow(second)) fail('expected low surrogate area')
    out += String.fromCharCode(second)
  }
  if (bytes.length % 2 === 1) fail('incomplete UTF-16 character')
  return out
}
