import { protobufError } from '../errors.ts'
import type { Json } from '../object.ts'
import { readFields, type WireField } from './wire.ts'

/** Text of a field; it must be UTF-8. */
export function textOf(field: WireField): string {
  const bytes = bytesOf(field)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw protobufError('invalid UTF-8')
  }
}

/** Bytes of a field of that wire type. */
export function bytesOf(field: WireField): Uint8Array {
  if (field.type !== 'bytes') throw protobufError(`wrong wireType for field ${field.number}`)
  return field.value
}

/** A signed whole number (int32 and int64 are both sign-extended on the wire). */
export function integerOf(field: WireField): number {
  if (field.type !== 'varint') throw protobufError(`wrong wireType for field ${field.number}`)
  return Number(BigInt.asIntN(64, field.value))
}

/** A 64-bit floating point number. */
export function doubleOf(field: WireField): number {
  if (field.type !== 'fixed64') throw protobufError(`wrong wireType for field ${field.number}`)
  return new DataView(field.value.buffer, field.value.byteOffset, 8).getFloat64(0, true)
}

/** Reads the types whose JSON form is not that of their message; undefined stands for a zero time. */
export const wellKnown: Readonly<Record<string, (bytes: Uint8Array) => Json | undefined>> = {
  quantity: (bytes) => firstText(bytes, 1) ?? '0',
  time: (bytes) => timeText(bytes, 0),
  microtime: (bytes) => timeText(bytes, 6),
  intorstring: readIntOrString,
  raw: (bytes) => parseJson(firstBytes(bytes, 1)),
  fields: (bytes) => parseJson(firstBytes(bytes, 1)),
  duration: (bytes) => durationText(firstInteger(bytes, 1)),
  strings: (bytes) => [...readFields(bytes)].filter((field) => field.number === 1).map(textOf),
}

function firstBytes(bytes: Uint8Array, number: number): Uint8Array | undefined {
  for (const field of readFields(bytes)) if (field.number === number) return bytesOf(field)
  return undefined
}

function firstText(bytes: Uint8Array, number: number): string | undefined {
  for (const field of readFields(bytes)) if (field.number === number) return textOf(field)
  return undefined
}

function firstInteger(bytes: Uint8Array, number: number): number {
  for (const field of readFields(bytes)) if (field.number === number) return integerOf(field)
  return 0
}

/** Seconds and nanoseconds since the epoch as RFC 3339 in UTC. A message without fields is the zero time. */
function timeText(bytes: Uint8Array, fractionDigits: number): string | undefined {
  if (bytes.length === 0) return undefined
  const seconds = firstInteger(bytes, 1)
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) throw protobufError('time out of range')
  const whole = date.toISOString().slice(0, 19)
  if (fractionDigits === 0) return `${whole}Z`
  const fraction = String(firstInteger(bytes, 2)).padStart(9, '0').slice(0, fractionDigits)
  return `${whole}.${fraction}Z`
}

function readIntOrString(bytes: Uint8Array): Json {
  let isText = false
  let number = 0
  let text = ''
  for (const field of readFields(bytes)) {
    if (field.number === 1) isText = integerOf(field) === 1
    else if (field.number === 2) number = integerOf(field)
    else if (field.number === 3) text = textOf(field)
  }
  return isText ? text : number
}

function parseJson(bytes: Uint8Array | undefined): Json {
  if (bytes === undefined || bytes.length === 0) return null
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as Json
  } catch (error) {
    throw protobufError('embedded JSON does not parse', error)
  }
}

/** Nanoseconds as Go prints durations made of whole seconds, the only ones the API holds. */
function durationText(nanoseconds: number): string {
  const total = nanoseconds / 1e9
  const hours = Math.trunc(total / 3600)
  const minutes = Math.trunc((total % 3600) / 60)
  const seconds = `${total % 60}s`
  if (hours !== 0) return `${hours}h${Math.abs(minutes)}m${seconds}`
  return minutes !== 0 ? `${minutes}m${seconds}` : seconds
}
