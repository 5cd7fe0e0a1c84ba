import type { JsonObject } from '../../../api/index.ts'
import { isObject } from '../clone.ts'

/** Parts of a path such as `.spec['a b'].c`, or why it is none. */
export type ParsedPath =
  | { readonly parts: readonly { readonly name: string; readonly quoted: boolean }[] }
  | { readonly problem: string }

const TOKEN = /'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]]+/g

/** Reads a path of fields and map keys. As ValidFieldPath of apiextensions. */
function parseFieldPath(path: string, arrays = true): ParsedPath {
  const tokens = path.match(TOKEN) ?? []
  const parts: { name: string; quoted: boolean }[] = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? ''
    if (token === '.') {
      const name = tokens[++at]
      if (name === undefined) return { problem: 'unexpected end of JSON path' }
      parts.push({ name, quoted: false })
    } else if (token === '[') {
      if (!arrays) return { problem: 'array notation is not allowed' }
      const name = tokens[++at]
      if (name === undefined) return { problem: 'unexpected end of JSON path' }
      if (!/^'.*'$/s.test(name)) return { problem: `expected single quoted string but got ${name}` }
      const close = tokens[++at]
      if (close === undefined) return { problem: 'unexpected end of JSON path' }
      if (close !== ']') return { problem: `expected ] but got ${close}` }
      parts.push({ name: name.slice(1, -1).replaceAll(/\\(.)/g, '$1'), quoted: true })
    } else return { problem: `expected [ or . but got: ${token}` }
  }
  return { parts }
}

/** The schema that a path leads to, or why it leads nowhere; `text` is the path as findings print it. */
export function schemaAtPath(
  schema: JsonObject,
  path: string,
  arrays = true,
): { readonly schema: JsonObject; readonly text: string } | { readonly problem: string } {
  const parsed = parseFieldPath(path, arrays)
  if ('problem' in parsed) return parsed
  let current = schema
  let text = ''
  for (const { name } of parsed.parts) {
    const properties = current.properties
    const additional = current.additionalProperties
    if (isObject(properties)) {
      const next = properties[name]
      if (!isObject(next)) return { problem: 'does not refer to a valid field' }
      current = next as JsonObject
      text += `.${name}`
    } else if (isObject(additional)) {
      current = additional as JsonObject
      text += `[${name}]`
    } else return { problem: 'does not refer to a valid field' }
  }
  return { schema: current, text: text.replace(/^\./, '') }
}

/** A rule's fieldPath as findings print it. */
export function fieldPathText(path: string): string {
  const parsed = parseFieldPath(path)
  if ('problem' in parsed) return ''
  return parsed.parts
    .map(({ name, quoted }) => (quoted && /\W/.test(name) ? `[${name}]` : `.${name}`))
    .join('')
    .replace(/^\./, '')
}
