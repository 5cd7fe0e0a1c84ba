import { parseDocument } from 'yaml'

/**
 * Changes a YAML mapping that people keep by hand: `change` gets the plain value and edits it in place; comments and
 * layout stay wherever a top-level key keeps its value. Returns the text unchanged when nothing changed.
 * Throws the reader's error for text that is not YAML, and whatever `change` throws.
 */
export function editYamlDocument(text: string, change: (value: unknown) => void): string {
  const document = parseDocument(text)
  if (document.errors[0] !== undefined) throw document.errors[0]
  const before: unknown = document.toJS()
  const after = structuredClone(before)
  change(after)
  if (typeof after !== 'object' || after === null) return text
  let changed = false
  for (const [key, value] of Object.entries(after)) {
    const old = typeof before === 'object' && before !== null ? (before as Record<string, unknown>)[key] : undefined
    if (JSON.stringify(old) === JSON.stringify(value)) continue
    document.set(key, value)
    changed = true
  }
  return changed ? document.toString({ lineWidth: 0 }) : text
}
