import type { GoMap, GoValue } from '../../go/index.ts'
import { EncodingError, wrapEncodingError } from '../errors.ts'
import { type ParseYamlOptions, parseYaml } from './load.ts'

const SEPARATOR = '---'

/**
 * Splits a stream into documents as Kubernetes' YAMLReader: a line that begins with `---` separates, and only blanks or a comment
 * may follow it. Every line ends in a line feed in the result (a carriage return before it is dropped); empty documents between
 * two separators do not occur, and separators are not part of any document.
 */
export function splitYamlDocuments(text: string): string[] {
  const documents: string[] = []
  let lines: string[] = []
  const flush = (): void => {
    if (lines.length > 0) documents.push(`${lines.join('\n')}\n`)
    lines = []
  }
  const all = text.split('\n')
  const unterminated = all.pop() as string
  const complete = all.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  if (unterminated !== '') complete.push(unterminated)
  for (const line of complete) {
    if (line.startsWith(SEPARATOR)) {
      const rest = line.slice(SEPARATOR.length).trim()
      if (rest !== '' && !rest.startsWith('#')) {
        throw new EncodingError('YAML_SEPARATOR', `invalid Yaml document separator: ${rest}`)
      }
      if (lines.length > 0) {
        flush()
        continue
      }
    }
    lines.push(line)
  }
  flush()
  return documents
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
  let documents: string[]
  try {
    documents = splitYamlDocuments(text)
  } catch (error) {
    throw wrapEncodingError('error reading yaml document', error)
  }
  let values: GoMap = new Map()
  for (const document of documents) {
    try {
      values = mergeMaps(values, parseYaml(document, { ...options, target: 'map' }))
    } catch (error) {
      throw wrapEncodingError('cannot unmarshal yaml document', error)
    }
  }
  return values
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
