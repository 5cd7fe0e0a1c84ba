import type { GoValue } from '../../go/index.ts'
import { withoutOverflow } from '../errors.ts'
import { type Jsonable, JsonNumber, jsonKeys, toJsonable } from './jsonable.ts'

/** How JSON is written. */
export interface JsonStyle {
  /** Write `<`, `>` and `&` as they are; otherwise as `\u003c` and so on. */
  readonly raw?: boolean
  /** Indent by this text per level; absent: one line without blanks. */
  readonly indent?: string
}

/**
 * Writes a value as Go's encoding/json: sorted keys, shortest floats, `<>&` and the line separators escaped.
 * Throws EncodingError (`JSON_UNSUPPORTED`) for functions, infinities and maps whose keys are neither text nor integers.
 */
export function emitJson(value: GoValue, style: JsonStyle = {}): string {
  const quote = style.raw === true ? quoteRaw : quoteHtml
  const { indent } = style
  return withoutOverflow(() => (indent === undefined ? compact(value, quote) : pretty(value, quote, indent, '\n')))
}

/** As `emitJson`, indented by two blanks (`json.MarshalIndent(v, "", "  ")`). */
export function emitPrettyJson(value: GoValue): string {
  return emitJson(value, { indent: '  ' })
}

type Quote = (text: string) => string

function scalar(value: Exclude<Jsonable, object> | JsonNumber, quote: Quote): string {
  if (typeof value === 'string') return quote(value)
  return value instanceof JsonNumber ? value.text : String(value)
}

function compact(value: GoValue, quote: Quote): string {
  const item = toJsonable(value)
  if (Array.isArray(item)) return `[${item.map((member) => compact(member, quote)).join(',')}]`
  if (!(item instanceof Map)) return scalar(item as string, quote)
  const members: string[] = []
  for (const key of jsonKeys(value, item)) members.push(`${quote(key)}:${compact(item.get(key), quote)}`)
  return `{${members.join(',')}}`
}

function pretty(value: GoValue, quote: Quote, step: string, margin: string): string {
  const item = toJsonable(value)
  const inner = margin + step
  if (Array.isArray(item)) {
    if (item.length === 0) return '[]'
    return `[${inner}${item.map((member) => pretty(member, quote, step, inner)).join(`,${inner}`)}${margin}]`
  }
  if (!(item instanceof Map)) return scalar(item as string, quote)
  if (item.size === 0) return '{}'
  const members = jsonKeys(value, item).map((key) => `${quote(key)}: ${pretty(item.get(key), quote, step, inner)}`)
  return `{${inner}${members.join(`,${inner}`)}${margin}}`
}

const SPECIAL_HTML = /[<>&\u2028\u2029]/g
const SPECIAL_RAW = /[\u2028\u2029]/g

function escapeChar(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** A JSON string with Go's HTML escapes. Bytes that are not UTF-8 become U+FFFD, escaped. */
function quoteHtml(text: string): string {
  return quoteWith(text, SPECIAL_HTML)
}

function quoteRaw(text: string): string {
  return quoteWith(text, SPECIAL_RAW)
}

/** Both languages escape control characters, quotes and backslashes alike; Go escapes some more. */
function quoteWith(text: string, special: RegExp): string {
  const quoted = text.isWellFormed() ? JSON.stringify(text) : quoteBroken(text)
  return quoted.search(special) < 0 ? quoted : quoted.replace(special, escapeChar)
}

/** JSON of a text with lone surrogates, which stand for bytes that are not UTF-8. */
function quoteBroken(text: string): string {
  const pieces = text.split(/[\ud800-\udfff]/u)
  return `"${pieces.map((piece) => JSON.stringify(piece).slice(1, -1)).join('\\ufffd')}"`
}
