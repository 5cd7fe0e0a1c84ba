import { emitJson } from '../../encoding/index.ts'
import { type GoValue, sprint } from '../../go/index.ts'
import { commandFailed } from '../errors.ts'
import { type JsonPathNode, parseJsonPath } from './jsonpath-parse.ts'

/**
 * Evaluates a JSONPath template (`{.a.b[0]}`, text around it, `{range …}{end}`, filters, slices, `..`, `*`) on values and gives
 * its text. As Kubernetes' `util/jsonpath`: objects and lists print as JSON, results of one action are joined by a blank.
 * A template that does not parse is an error; one that fails on the values (a field is missing, or compared with something of
 * another kind) gives no output at all, as Helm prints it.
 */
export function printJsonPath(template: string, data: GoValue): string {
  const parsed = parseJsonPath(template)
  if (typeof parsed === 'string') throw commandFailed(`error parsing jsonpath ${template}: ${parsed}`)
  try {
    return evaluate(parsed, data)
  } catch (error) {
    if (error instanceof Missing) return ''
    throw error
  }
}

class Missing extends Error {}

function evaluate(nodes: readonly JsonPathNode[], data: GoValue): string {
  let out = ''
  for (const node of nodes) {
    if (node.type === 'text') out += node.text
    else if (node.type === 'range') for (const item of walk(node.path, data)) out += evaluate(node.body, item)
    else if (node.type === 'list') out += walk(node.path, data).map(valueText).join(' ')
  }
  return out
}

function walk(path: readonly JsonPathNode[], start: GoValue): GoValue[] {
  return walkAll(path, [start])
}

function walkAll(path: readonly JsonPathNode[], start: readonly GoValue[]): GoValue[] {
  let current = [...start]
  for (const node of path) current = step(node, current)
  return current
}

function step(node: JsonPathNode, values: readonly GoValue[]): GoValue[] {
  switch (node.type) {
    case 'text':
      return [node.text]
    case 'literal':
      return [node.value]
    case 'identifier':
      throw new Missing()
    case 'field':
      return fieldsOf(values, node.name)
    case 'wildcard':
      return values.flatMap(childrenOf)
    case 'recursive':
      return values.flatMap(descendants)
    case 'slice':
      return values.flatMap((value) => sliceOf(value, node))
    case 'union':
      return node.paths.flatMap((path) => walkAll(path, values))
    case 'filter':
      return values.flatMap((value) => filtered(node, value))
    case 'list':
      return walkAll(node.path, values)
    case 'range':
      return []
  }
}

/** The field of every value that has it; it is missing when none has. */
function fieldsOf(values: readonly GoValue[], name: string): GoValue[] {
  const found = values.flatMap((value) => (value instanceof Map && value.has(name) ? [value.get(name)] : []))
  if (found.length === 0) throw new Missing()
  return found
}

function childrenOf(value: GoValue): GoValue[] {
  if (Array.isArray(value)) return value
  return value instanceof Map ? sortedValues(value) : []
}

function descendants(value: GoValue): GoValue[] {
  if (!(value instanceof Map) && !Array.isArray(value)) return []
  return [value, ...childrenOf(value).flatMap(descendants)]
}

function sliceOf(value: GoValue, node: JsonPathNode & { readonly type: 'slice' }): GoValue[] {
  if (!Array.isArray(value)) throw new Missing()
  const { length } = value
  const at = (index: number): number => (index < 0 ? index + length : index)
  if (node.single !== undefined) {
    const index = at(node.single)
    if (index < 0 || index >= length) throw new Missing()
    return [value[index]]
  }
  const [from, to, stride] = [at(node.from ?? 0), node.to === undefined ? length : at(node.to), node.step ?? 1]
  if (from === to) return []
  if (from < 0 || from >= length || to < 0 || to > length || from > to || stride <= 0) throw new Missing()
  return value.slice(from, to).filter((_item, index) => index % stride === 0)
}

type Filter = JsonPathNode & { readonly type: 'filter' }

function filtered(node: Filter, value: GoValue): GoValue[] {
  if (!Array.isArray(value)) throw new Missing()
  return value.filter((item) => matches(node, item))
}

function matches(node: Filter, item: GoValue): boolean {
  if (node.operator === 'exists') return attempt(node.left, item).length > 0
  const [left, right] = [walk(node.left, item), walk(node.right, item)]
  if (left.length === 0 || right.length === 0) return false
  if (left.length > 1 || right.length > 1) throw new Missing()
  return compare(node.operator, left[0], right[0])
}

/** As the comparisons of Go's templates: both sides must be of one kind (1 is none with 1.5), and only some have an order. */
function compare(operator: string, a: GoValue, b: GoValue): boolean {
  const kind = typeof a
  if (kind !== typeof b || !['string', 'number', 'bigint', 'boolean'].includes(kind)) throw new Missing()
  if (operator === '==') return a === b
  if (operator === '!=') return a !== b
  if (kind === 'boolean' || !['<', '<=', '>', '>='].includes(operator)) throw new Missing()
  const [x, y] = [a as string | number | bigint, b as string | number | bigint]
  if (operator === '<') return x < y
  if (operator === '<=') return x <= y
  return operator === '>' ? x > y : x >= y
}

function attempt(path: readonly JsonPathNode[], item: GoValue): GoValue[] {
  try {
    return walk(path, item)
  } catch (error) {
    if (error instanceof Missing) return []
    throw error
  }
}

function sortedValues(map: Map<GoValue, GoValue>): GoValue[] {
  return [...map].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)).map(([, value]) => value)
}

function valueText(value: GoValue): string {
  if (value instanceof Map || Array.isArray(value)) return emitJson(value)
  return value === null ? 'null' : sprint(value)
}
