import { CLASSES, COMMA, DOUBLE_QUOTE, KEY_PART, KEY_START, SINGLE_QUOTE } from './plain-characters.ts'
import { quoted, resolved } from './plain-scalars.ts'
import { has, type PlainMapping, type PlainSource } from './plain-source.ts'

/** Collections nested deeper go to the parser. */
export const MAX_DEPTH = 200

/** Takes a quoted scalar, or a collection in brackets that ends on this line. */
export function flowItem(source: PlainSource): unknown {
  const c = source.text.charCodeAt(source.pos)
  if (c === DOUBLE_QUOTE || c === SINGLE_QUOTE) return quoted(source, c)
  if (c !== 0x5b && c !== 0x7b) return source.fail()
  if (++source.depth > MAX_DEPTH) return source.fail()
  source.pos++
  const value = c === 0x5b ? flowSequence(source) : flowMapping(source)
  source.depth--
  return value
}

function flowSequence(source: PlainSource): unknown[] {
  const list: unknown[] = []
  if (takeClosing(source, 0x5d)) return list
  do {
    list.push(flowValue(source))
  } while (takeComma(source, 0x5d))
  return list
}

function flowMapping(source: PlainSource): PlainMapping {
  const map: PlainMapping = source.plain ? {} : new Map<string, unknown>()
  if (takeClosing(source, 0x7d)) return map
  do {
    const key = source.key()
    if (key === undefined || (source.strict && has(map, key))) {
      source.fail()
      break
    }
    source.skipSpaces()
    const value = flowValue(source)
    if (map instanceof Map) map.set(key, value)
    else map[key] = value
  } while (takeComma(source, 0x7d))
  return map
}

function flowValue(source: PlainSource): unknown {
  const text = source.text
  const start = source.pos
  if (((CLASSES[text.charCodeAt(start)] ?? 0) & KEY_START) === 0) return flowItem(source)
  let end = start
  while (((CLASSES[text.charCodeAt(end)] ?? 0) & KEY_PART) !== 0) end++
  source.pos = end
  return resolved(source, text.slice(start, end))
}

function takeClosing(source: PlainSource, mark: number): boolean {
  source.skipSpaces()
  if (source.text.charCodeAt(source.pos) !== mark) return false
  source.pos++
  return true
}

/** Passes over a comma and gives true, or over the bracket that closes; a comma before the bracket is for the parser. */
function takeComma(source: PlainSource, closing: number): boolean {
  if (source.failed || takeClosing(source, closing)) return false
  if (source.text.charCodeAt(source.pos++) !== COMMA) source.fail()
  source.skipSpaces()
  if (source.text.charCodeAt(source.pos) === closing) source.fail()
  return !source.failed
}
