import { CLASSES, COLON, QUESTION, SCALAR_START, SPACE } from './plain-characters.ts'
import { flowItem, MAX_DEPTH } from './plain-flow.ts'
import { literal, plainScalar } from './plain-scalars.ts'
import { has, type PlainMapping, type PlainOptions, PlainSource } from './plain-source.ts'

/** What `readPlainBlocks` gives for a text that needs the parser. */
export const NEEDS_PARSER = Symbol('needs the parser')

/** How a document that is no block may begin: what begins otherwise may be a marker or a directive. */
const DOCUMENT_START = /[\w{["']/

/** Texts with a character that ends lines besides LF, is refused, or is a surrogate go to the parser. */
const UNUSUAL = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/

/**
 * Reads a document line by line, as most values files and manifests allow: block mappings and sequences, literal block scalars, plain
 * and quoted scalars, collections in brackets on one line. Anything else (several documents, anchors, tags, folded blocks, rare
 * escapes, odd words, and everything that is wrong) gives `NEEDS_PARSER`, so errors always come from the parser. What it does give is
 * what the parser gives, at a fraction of the time: no tokens, no events. With `strict` a key that stands twice goes to the parser, too.
 */
export function readPlainBlocks(text: string, options: PlainOptions): unknown {
  if (UNUSUAL.test(text)) return NEEDS_PARSER
  const source = new PlainSource(text, options)
  const value = document(source)
  return source.failed ? NEEDS_PARSER : value
}

function document(source: PlainSource): unknown {
  if (source.text.startsWith('---\n')) source.pos = 4
  source.nextLine()
  if (source.failed || source.column < 0) return null
  const value = content(source, -1)
  if (source.column >= 0) source.failed = true
  return value
}

/** What begins at the content of a line, in a block of this column. */
function content(source: PlainSource, column: number): unknown {
  const inner = source.column
  if (source.isDash()) return sequence(source, inner, false)
  const key = source.key()
  return key === undefined ? scalar(source, column) : mapping(source, inner, key)
}

/** Reads a mapping whose first key has been taken. */
function mapping(source: PlainSource, column: number, firstKey: string): PlainMapping {
  const map: PlainMapping = source.plain ? {} : new Map<string, unknown>()
  if (++source.depth > MAX_DEPTH) source.fail()
  if (source.failed) return map
  for (let key: string | undefined = firstKey; ; key = source.key()) {
    if (key === undefined || (source.strict && has(map, key))) {
      source.fail()
      return map
    }
    const value = mappingValue(source, column)
    if (map instanceof Map) map.set(key, value)
    else map[key] = value
    if (source.column < column) break
    if (source.column > column) {
      source.fail()
      break
    }
  }
  source.depth--
  return map
}

function mappingValue(source: PlainSource, column: number): unknown {
  if (!source.isAtLineEnd()) return scalar(source, column)
  source.endLine()
  if (source.column > column) return content(source, column)
  return source.column === column && source.isDash() ? sequence(source, column, true) : null
}

/** Reads the sequence whose first dash is next; `isIndentless` when it stands no deeper than the key above it. */
function sequence(source: PlainSource, column: number, isIndentless: boolean): unknown[] {
  const list: unknown[] = []
  if (++source.depth > MAX_DEPTH) source.fail()
  if (source.failed) return list
  do {
    list.push(item(source, column))
    if (source.column < column) break
    if (source.column > column) source.fail()
  } while (source.isDash() && !source.failed)
  if (source.column === column && !isIndentless) source.fail()
  source.depth--
  return list
}

function item(source: PlainSource, column: number): unknown {
  source.pos++
  if (source.isAtLineEnd()) {
    source.endLine()
    return source.column > column ? content(source, column) : null
  }
  source.column = source.pos - source.lineStart
  return content(source, column)
}

/** Reads a scalar, or a collection in brackets, in a block of this column; then goes to the next content, which must not be deeper. */
function scalar(source: PlainSource, column: number): unknown {
  if (column < 0 && !isOneLine(source)) return source.fail()
  const value = scalarHere(source, column)
  if (source.column > column) source.fail()
  return value
}

/** Whether the rest of a document is one line that is no marker and no directive. */
function isOneLine({ text, pos }: PlainSource): boolean {
  const end = text.indexOf('\n', pos)
  return DOCUMENT_START.test(text[pos] ?? '') && (end < 0 || text.slice(end).trim() === '')
}

function scalarHere(source: PlainSource, column: number): unknown {
  const c = source.text.charCodeAt(source.pos)
  if (c === 0x7c) return literal(source, column)
  if (((c < 128 ? CLASSES[c] : SCALAR_START) as number) & SCALAR_START && !source.isDash())
    return plainScalar(source, column)
  if (c === COLON || c === QUESTION) {
    const next = source.text.charCodeAt(source.pos + 1)
    return next > SPACE ? plainScalar(source, column) : source.fail()
  }
  const value = flowItem(source)
  source.endLine()
  return value
}
