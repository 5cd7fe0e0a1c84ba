import { emitJson } from '../../encoding/index.ts'
import { type GoValue, sprint } from '../../go/index.ts'
import { commandFailed } from '../errors.ts'
import { type JsonPathNode, parseJsonPath } from './jsonpath-parse.ts'

/**
 * Evaluates a JSONPath template (`{.a.b[0]}`, text around it, `{range …}{end}`, filters, slices, `..`, `*`) on values and gives
 * its text. As Kubernetes' `util/jsonpath`: objects and lists print as JSON, results of one action are joined by a blank.
 * A template that does not parse is an error; a field that is missing gives no output at all, as Helm prints it.
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
  let current: GoValue[] = [start]
  for (const node of path) current = step(node, current)
  return current
}

function step(node: JsonPathNode, values: readonly GoValue[]): GoValue[] {
  switch (node.type) {
    case 'text':
      return [node.text]
    case 'number':
      return [node.value]
    case 'field':
      return fieldsOf(values, node.name)
    case 'wildcard':
      return values.flatMap(childrenOf)
    case 'recursive':
      return values.flatMap(descendants)
    case 'slice':
      return values.flatMap((value) => sliceOf(value, node))
    case 'union':
      return node.paths.flatMap((path) => values.flatMap((value) => walk(path, value)))
    case 'filter':
      return values.flatMap((value) => (Array.isArray(value) ? value.filter((item) => matches(node, item)) : []))
    case 'list':
      return values.flatMap((value) => walk(node.path, value))
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
  const items = value.slice(at(node.from ?? 0), node.to === undefined ? length : at(node.to))
  return items.filter((_item, index) => index % (node.step ?? 1) === 0)
}

function matches(node: JsonPathNode & { readonly type: 'filter' }, item: GoValue): boolean {
  const left = attempt(node.left, item)
  if (node.operator === 'exists') return left.length > 0
  const right = attempt(node.right, item)
  if (left.length === 0 || right.length === 0) return false
  const [a, b] = [left[0], right[0]]
  const order =
    typeof a === 'number' && typeof b === 'number'
      ? a - b
      : valueText(a) < valueText(b)
        ? -1
        : Number(valueText(a) !== valueText(b))
  if (node.operator === '==') return order === 0
  if (node.operator === '!=') return order !== 0
  if (node.operator === '<') return order < 0
  if (node.operator === '<=') return order <= 0
  return node.operator === '>' ? order > 0 : order >= 0
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
  return value === null ? '' : sprint(value)
}
