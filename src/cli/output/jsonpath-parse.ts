/** A part of a JSONPath template. */
export type JsonPathNode =
  | { readonly type: 'text'; readonly text: string }
  /** A number (an integer is a bigint) or a boolean. */
  | { readonly type: 'literal'; readonly value: number | bigint | boolean }
  /** A bare word, which means nothing: evaluating it fails. */
  | { readonly type: 'identifier'; readonly name: string }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }
  | {
      readonly type: 'slice'
      readonly single?: number
      readonly from?: number
      readonly to?: number
      readonly step?: number
    }
  | { readonly type: 'union'; readonly paths: readonly (readonly JsonPathNode[])[] }
  | {
      readonly type: 'filter'
      readonly operator: string
      readonly left: readonly JsonPathNode[]
      readonly right: readonly JsonPathNode[]
    }
  | { readonly type: 'list'; readonly path: readonly JsonPathNode[] }
  | { readonly type: 'range'; readonly path: readonly JsonPathNode[]; readonly body: readonly JsonPathNode[] }

class Invalid extends Error {}

/** Parses a template; a text is the error. */
export function parseJsonPath(template: string): readonly JsonPathNode[] | string {
  try {
    return parseTemplate(template, { at: 0 }, false).nodes
  } catch (error) {
    if (error instanceof Invalid) return error.message
    throw error
  }
}

function parseTemplate(
  text: string,
  cursor: { at: number },
  inRange: boolean,
): { readonly nodes: readonly JsonPathNode[]; readonly closed: boolean } {
  const nodes: JsonPathNode[] = []
  while (cursor.at < text.length) {
    const open = text.indexOf('{', cursor.at)
    if (open < 0) {
      nodes.push({ type: 'text', text: text.slice(cursor.at) })
      cursor.at = text.length
      break
    }
    if (open > cursor.at) nodes.push({ type: 'text', text: text.slice(cursor.at, open) })
    const close = endOfAction(text, open + 1)
    const action = text.slice(open + 1, close).trim()
    cursor.at = close + 1
    if (action === 'end') {
      if (inRange) return { nodes, closed: true }
      nodes.push({ type: 'list', path: [{ type: 'identifier', name: action }] })
      continue
    }
    const range = /^range\s+/.exec(action)
    if (range === null) nodes.push({ type: 'list', path: parsePath(action) })
    else {
      const body = parseTemplate(text, cursor, true)
      if (!body.closed) nodes.push({ type: 'list', path: [{ type: 'identifier', name: 'range' }] })
      nodes.push({ type: 'range', path: parsePath(action.slice(range[0].length)), body: body.nodes })
    }
  }
  return { nodes, closed: false }
}

/** Position of the brace that ends an action; braces inside quotes do not count. */
function endOfAction(text: string, start: number): number {
  let quote = ''
  for (let at = start; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '\\') at += 1
    else if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if (char === '}') return at
  }
  throw new Invalid('unclosed action')
}

function parsePath(text: string): JsonPathNode[] {
  const nodes: JsonPathNode[] = []
  let rest = text.trim()
  while (rest !== '') {
    const { node, length } = parseStep(rest)
    if (node !== undefined) nodes.push(node)
    rest = rest.slice(length).trimStart()
  }
  return nodes
}

function parseStep(text: string): { readonly node: JsonPathNode | undefined; readonly length: number } {
  if (text.startsWith('..')) return { node: { type: 'recursive' }, length: /^\.\.[\w*]/.test(text) ? 1 : 2 }
  if (text.startsWith('.*')) return { node: { type: 'wildcard' }, length: 2 }
  if (text.startsWith('[')) return parseBrackets(text)
  const quoted = /^"((?:[^"\\]|\\.)*)"|^'((?:[^'\\]|\\.)*)'/.exec(text)
  if (quoted !== null)
    return { node: { type: 'text', text: unescaped(quoted[1] ?? quoted[2] ?? '') }, length: quoted[0].length }
  const number = /^-?[0-9]+(\.[0-9]+)?/.exec(text)
  if (number !== null) {
    const value = number[1] === undefined ? BigInt(number[0]) : Number(number[0])
    return { node: { type: 'literal', value }, length: number[0].length }
  }
  if (/^[@$]/.test(text)) return { node: undefined, length: 1 }
  const word = /^[\p{L}\p{N}_][^\s.,[\]$@{}]*/u.exec(text)?.[0]
  if (word === 'true' || word === 'false')
    return { node: { type: 'literal', value: word === 'true' }, length: word.length }
  if (word !== undefined) return { node: { type: 'identifier', name: word }, length: word.length }
  // A dot alone names the member without a name.
  const field = /^\.((?:\\.|[^.[\]\s,{}()=<>!@$"'|])*)/.exec(text)
  if (field !== null) {
    return { node: { type: 'field', name: (field[1] ?? '').replace(/\\(.)/g, '$1') }, length: field[0].length }
  }
  throw new Invalid(`unrecognized character in action: U+${hex(text)} '${text[0]}'`)
}

function parseBrackets(text: string): { readonly node: JsonPathNode; readonly length: number } {
  if (text.startsWith('[?(') && !/\)\s*\]/.test(text)) throw new Invalid('unterminated filter')
  const close = endOfBrackets(text)
  const inside = text.slice(1, close).trim()
  const length = close + 1
  if (inside === '*') return { node: { type: 'wildcard' }, length }
  const filter = /^\?\((.*)\)$/s.exec(inside)
  if (filter !== null) return { node: parseFilter(filter[1] ?? ''), length }
  const parts = splitUnion(inside)
  if (parts.length > 1) {
    return { node: { type: 'union', paths: parts.map((part) => [parseBrackets(`[${part}]`).node]) }, length }
  }
  const name = /^'([^']*)'$/.exec(inside)
  // A name in quotes is read as what may follow a dot: dots within it part fields, unless a backslash stands before them.
  if (name !== null) return { node: { type: 'list', path: parsePath(`.${name[1] ?? ''}`) }, length }
  if (/^-?[0-9]+$/.test(inside)) return { node: { type: 'slice', single: Number(inside) }, length }
  const slice = /^(-?[0-9]*)(?::(-?[0-9]*))?(?::(-?[0-9]*))?$/.exec(inside)
  if (slice === null) throw new Invalid(`invalid array index ${inside}`)
  const [, from = '', to = '', stride = ''] = slice
  return {
    node: {
      type: 'slice',
      ...(from === '' ? {} : { from: Number(from) }),
      ...(to === '' ? {} : { to: Number(to) }),
      ...(stride === '' ? {} : { step: Number(stride) }),
    },
    length,
  }
}

function endOfBrackets(text: string): number {
  let depth = 0
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if (char === '[') depth += 1
    else if (char === ']' && --depth === 0) return at
  }
  throw new Invalid('unterminated array')
}

function parseFilter(text: string): JsonPathNode {
  const match = /^([^!<>=]+)([!<>=]+)(.+)$/s.exec(text)
  if (match === null) return { type: 'filter', operator: 'exists', left: parsePath(text), right: [] }
  const [, left = '', operator = '', right = ''] = match
  return { type: 'filter', operator, left: parsePath(left), right: parsePath(right) }
}

function splitUnion(text: string): string[] {
  const parts = text.match(/(?:'[^']*'|"[^"]*"|[^,])+/g) ?? []
  return parts.map((part) => part.trim())
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_all, char: string) => ({ n: '\n', t: '\t', r: '\r' })[char] ?? char)
}

function hex(text: string): string {
  return (text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}
