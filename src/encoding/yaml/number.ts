/** Which table applies: go-yaml v2 (YAML 1.1 booleans) or v3 (only true and false, and `0o` octals). */
export type Dialect = 2 | 3

const MAX_INT64 = 0x7fff_ffff_ffff_ffffn
const MAX_UINT64 = 0xffff_ffff_ffff_ffffn

const SMALL_DECIMAL = /^[-+]?(?:0|[1-9][0-9]{0,14})$/
const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/
const STYLE_FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/

/** An integer as go-yaml reads it (Go's base prefixes, 64 bits, unsigned above int64); undefined when it is none. */
export function parseYamlInt(text: string, dialect: Dialect): number | bigint | undefined {
  if (SMALL_DECIMAL.test(text)) return Number(text) + 0
  const match = INTEGER.exec(text)
  if (match !== null) {
    const [, sign = '', hex, binary, octal, decimal] = match
    if (hex !== undefined) return inRange(sign, BigInt(`0x${hex}`))
    if (binary !== undefined) return inRange(sign, BigInt(`0b${binary}`))
    if (octal !== undefined) return inRange(sign, BigInt(`0o${octal}`))
    return inRange(sign, BigInt(decimal ?? 0))
  }
  return (
    parseSignedAfterPrefix(text, '0b', /^[-+]([01]+)$/) ??
    (dialect === 3 ? parseSignedAfterPrefix(text, '0o', /^[-+]([0-7]+)$/) : undefined)
  )
}

/** go-yaml also takes a sign behind the prefix, as in `0b-1`. */
function parseSignedAfterPrefix(text: string, prefix: string, shape: RegExp): number | bigint | undefined {
  if (!text.startsWith(prefix)) return undefined
  const rest = text.slice(prefix.length)
  const match = shape.exec(rest)
  return match === null ? undefined : inRange(rest.charAt(0), BigInt(prefix + (match[1] ?? '0')))
}

function inRange(sign: string, magnitude: bigint): number | bigint | undefined {
  if (sign === '-') {
    if (magnitude > MAX_INT64 + 1n) return undefined
    return magnitude <= BigInt(Number.MAX_SAFE_INTEGER) ? 0 - Number(magnitude) : -magnitude
  }
  if (magnitude > (sign === '+' ? MAX_INT64 : MAX_UINT64)) return undefined
  return magnitude <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(magnitude) : magnitude
}

/** A decimal float with the shape that YAML allows; undefined when it is none or too large for a double. */
export function parseYamlFloat(text: string): number | undefined {
  if (!STYLE_FLOAT.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

const LOOSE_FLOAT = /^\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?$/

/** A float that begins with a dot, as Go's ParseFloat reads it. */
export function parseYamlLooseFloat(text: string): number | undefined {
  if (!LOOSE_FLOAT.test(text)) return undefined
  const value = Number(text.replaceAll('_', ''))
  return Number.isFinite(value) ? value : undefined
}
