import { errorText } from '../../base/index.ts'
import { hasDuplicateFields } from '../../api/index.ts'
import { emitYamlFromJson, parseYamlToJson } from '../../encoding/index.ts'

/** Reads one YAML document; JSON is read as such. Throws what the parser throws. */
export function parseYaml(text: string): unknown {
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text)
    } catch {
      // Flow style that is not JSON.
    }
  }
  return parseYamlToJson(text)
}

/**
 * As parseYaml, and what strict reading adds: `repeated` is the error text of keys that occur twice, of which the last one
 * counts.
 */
export function parseYamlStrictly(text: string): { readonly data: unknown; readonly repeated?: string } {
  const data = parseYaml(text)
  if (/^\s*[{[]/.test(text) && !hasDuplicateFields(text, data)) return { data }
  try {
    parseYamlToJson(text, { strict: true })
    return { data }
  } catch (error) {
    return { data, repeated: errorText(error) }
  }
}

/** What a failed parse says. */
export function yamlErrorText(error: unknown): string {
  return errorText(error)
}

const CONVERTING = 'error converting YAML to JSON: '
const UNMARSHAL = 'yaml: unmarshal errors:\n'

/** An error text of the parser without what its converter to JSON puts before it, as bodies of objects are answered. */
export function parserText(text: string): string {
  return text.startsWith(CONVERTING) ? text.slice(CONVERTING.length) : text
}

/** The repeated keys of an error text, each as a warning. */
export function linesOfRepeated(text: string): string[] {
  const said = parserText(text)
  if (!said.startsWith(UNMARSHAL)) return [text]
  return said
    .slice(UNMARSHAL.length)
    .split('\n')
    .map((line) => line.trim())
}

/** Data with the keys of all its objects in order, as what was read from YAML goes on to be read as JSON. */
export function inKeyOrder(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(inKeyOrder)
  if (typeof data !== 'object' || data === null) return data
  const entries = Object.entries(data).map(([key, value]) => [key, inKeyOrder(value)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}

/** Writes YAML with sorted keys. */
export function printYaml(data: unknown): string {
  return emitYamlFromJson(data)
}
