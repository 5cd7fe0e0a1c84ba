import type { Json, JsonObject } from '../object.ts'

/** A field that holds text. */
export function textField(number: number, value: string): Buffer {
  return bytesField(number, Buffer.from(value))
}

/** A field that holds bytes: text, bytes, or a message. */
export function bytesField(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content])
}

/** A field that holds a whole number; negative ones as 64 bits in two's complement. */
export function integerField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)])
}

/** A field that holds a floating-point number of 64 bits. */
export function doubleField(number: number, value: number): Buffer {
  const content = Buffer.alloc(8)
  content.writeDoubleLE(value)
  return Buffer.concat([varint(number * 8 + 1), content])
}

/** The object at a place of JSON; an empty one where there is none. */
export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function varint(value: number): Buffer {
  const out: number[] = []
  let rest = BigInt.asUintN(64, BigInt(Math.trunc(value)))
  while (rest >= 0x80n) {
    out.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  out.push(Number(rest))
  return Buffer.from(out)
}
