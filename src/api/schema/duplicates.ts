import type { SchemaNode } from './model.ts'

type Tree = readonly Entry[] | TreeList | undefined
interface Entry {
  readonly key: string
  readonly value: Tree
}
interface TreeList {
  readonly items: readonly Tree[]
}

/** Whether a JSON text names a field twice in one object. Cheap: it compares the number of members with `value`'s. */
export function hasDuplicateFields(text: string, value: unknown): boolean {
  return countColons(text) !== countMembers(value)
}

function countColons(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 58) count++
    else if (code === 34) {
      at++
      while (at < text.length && text.charCodeAt(at) !== 34) at += text.charCodeAt(at) === 92 ? 2 : 1
    }
  }
  return count
}

function countMembers(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  let count = 0
  if (Array.isArray(value)) for (const item of value) count += countMembers(item)
  else {
    for (const key in value) {
      count += 1 + countMembers((value as Record<string, unknown>)[key])
    }
  }
  return count
}

/**
 * Strict findings of a sound JSON text in the order of the text: `unknown field "a.b"` and `duplicate field "a.b"`.
 * Without a schema only duplicates are found. Used when hasDuplicateFields says so; decode alone finds unknown fields.
 */
export function strictFindings(text: string, node: SchemaNode | undefined): string[] {
  const findings: string[] = []
  walk(parseTree(text), node, '', (finding) => {
    if (!findings.includes(finding) && findings.length < 100) findings.push(finding)
  })
  return findings
}

function walk(tree: Tree, node: SchemaNode | undefined, path: string, report: (finding: string) => void): void {
  if (tree === undefined) return
  if ('items' in tree) {
    const item = node?.kind === 'list' ? node.item : undefined
    tree.items.forEach((each, index) => {
      walk(each, item, `${path}[${index}]`, report)
    })
    return
  }
  const seen = new Set<string>()
  for (const { key, value } of tree) {
    const field = path === '' ? key : `${path}.${key}`
    const known = node?.kind === 'struct' ? node.fields.get(key) : undefined
    if (node?.kind === 'struct' && !known && !node.preserveUnknown) {
      report(`unknown field ${JSON.stringify(field)}`)
      continue
    }
    if (seen.has(key)) report(`duplicate field ${JSON.stringify(field)}`)
    seen.add(key)
    walk(value, known?.node ?? (node?.kind === 'map' ? node.value : undefined), field, report)
  }
}

/** Reads objects as lists of entries so that repeated keys stay; leaves are dropped. The text is known to be valid. */
function parseTree(text: string): Tree {
  let at = 0
  const skip = (): void => {
    while (at < text.length && ' \t\r\n,:'.includes(text[at] ?? '')) at++
  }
  const string = (): string => {
    const start = at++
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    at++
    return JSON.parse(text.slice(start, at)) as string
  }
  const value = (): Tree => {
    skip()
    const char = text[at]
    if (char === '{') {
      const entries: Entry[] = []
      at++
      for (skip(); at < text.length && text[at] !== '}'; skip()) entries.push({ key: string(), value: value() })
      at++
      return entries
    }
    if (char === '[') {
      const items: Tree[] = []
      at++
      for (skip(); at < text.length && text[at] !== ']'; skip()) items.push(value())
      at++
      return { items }
    }
    if (char === '"') string()
    else while (at < text.length && !',]} \t\r\n'.includes(text[at] ?? '')) at++
    return undefined
  }
  return value()
}
