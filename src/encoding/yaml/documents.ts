import { type GoMap, type GoValue, trimSpace } from '../../go/index.ts'
import { EncodingError, wrapEncodingError } from '../errors.ts'
import { type ParseYamlOptions, parseYaml } from './load.ts'

const SEPARATOR = '---'

/**
 * Splits a stream into documents as Kubernetes' YAMLReader: a line that begins with `---` separates, and only blanks or a comment
 * may follow it. Every line ends in a line feed in the result (a carriage return before it is dropped); empty documents between
 * two separators do not occur, and separators are not part of any document.
 */
export function splitYamlDocuments(text: string): string[] {
  return [...yamlDocuments(text)]
}

/** The documents one by one: a separator that is wrong throws only when the documents before it are taken. */
function* yamlDocuments(text: string): Generator<string> {
  const clean = text.includes('\r') ? text.replace(/\r\n/g, '\n') : text
  let start = 0
  const upTo = (end: number): string => {
    const document = clean.slice(start, end)
    return document.endsWith('\n') ? document : `${document}\n`
  }
  for (let at = nextSeparator(clean, 0); at >= 0; at = nextSeparator(clean, at + 1)) {
    const newline = clean.indexOf('\n', at)
    const end = newline < 0 ? clean.length : newline
    const rest = trimSpace(clean.slice(at + SEPARATOR.length, end))
    if (rest !== '' && !rest.startsWith('#')) {
      throw new EncodingError('YAML_SEPARATOR', `invalid Yaml document separator: ${rest}`)
    }
    // A separator with nothing before it becomes part of the document that it begins.
    if (at === start) continue
    yield upTo(at)
    start = end + 1
  }
  if (start < clean.length) yield upTo(clean.length)
}

/** Where the next line that begins with `---` starts; -1 when there is none. */
function nextSeparator(text: string, from: number): number {
  if (from === 0 && text.startsWith(SEPARATOR)) return 0
  const at = text.indexOf(`\n${SEPARATOR}`, Math.max(from - 1, 0))
  return at < 0 ? -1 : at + 1
}

/** Reads every document of a stream, split as `splitYamlDocuments`. */
export function parseYamlDocuments(text: string, options: ParseYamlOptions = {}): GoValue[] {
  return splitYamlDocuments(text).map((document) => parseYaml(document, options))
}

/**
 * Reads a values file as Helm 4 does: the documents of the stream are merged, later ones over earlier ones, maps key by key.
 * Errors carry Helm's prefixes, not the file's name.
 */
export function parseYamlValues(text: string, options: Omit<ParseYamlOptions, 'target'> = {}): GoMap {
  const documents = yamlDocuments(text)
  let values: GoMap = new Map()
  for (let next = nextDocument(documents); next !== undefined; next = nextDocument(documents)) {
    try {
      values = mergeMaps(values, parseYaml(next, { ...options, target: 'map' }))
    } catch (error) {
      throw wrapEncodingError('cannot unmarshal yaml document', error)
    }
  }
  return values
}

function nextDocument(documents: Generator<string>): string | undefined {
  try {
    const { value, done } = documents.next()
    return done ? undefined : value
  } catch (error) {
    throw wrapEncodingError('error reading yaml document', error)
  }
}

/** Merges two maps into a new one; where both have a map under a key these are merged, else the second wins. */
export function mergeMaps(first: GoMap, second: GoMap): GoMap {
  if (first.size === 0) return second
  const merged: GoMap = new Map(first)
  for (const [key, value] of second) {
    const existing = merged.get(key)
    merged.set(key, value instanceof Map && existing instanceof Map ? mergeMaps(existing, value) : value)
  }
  return merged
}
