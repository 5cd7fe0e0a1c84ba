import { emitJson } from '../../encoding/index.ts'
import { type GoValue, sprint, toBytes } from '../../go/index.ts'
import { commandFailed } from '../errors.ts'
import { type JsonPathNode, type JsonPathSlice, parseJsonPath } from './jsonpath-parse.ts'

/**
 * Evaluates a JSONPath template (`{.a.b[0]}`, text around it, `{range …}{end}`, filters, slices, `..`, `*`) on values and gives
 * its text. As Kubernetes' `util/jsonpath`: objects and lists print as JSON, results of one action are joined by a blank.
 * A template that does not parse is an error; one that fails on the values (a field is missing, or compared with something of
 * another kind) gives no output at all, as Helm prints it. Members come in the order of their keys, where Go's order is random.
 */
export function printJsonPath(template: string, data: GoValue): string {
  const parsed = parseJsonPath(template)
  if (typeof parsed === 'string') throw commandFailed(`error parsing jsonpath ${template}: ${parsed}`)
  try {
    const results = new Evaluation(parsed).resultsOf(data ?? NOTHING, 0)
    return results.map((values) => values.map(valueText).join(' ')).join('')
  } catch (error) {
    if (error instanceof Failure) return ''
    throw error
  }
}

/** What a loop without items, or over a null, works on. */
const NOTHING = Symbol('nothing')

type Item = GoValue | typeof NOTHING

/** An evaluation that failed; `values` are what it had by then, which a condition on existence counts. */
class Failure extends Error {
  readonly values: readonly Item[]
  constructor(values: readonly Item[] = []) {
    super()
    this.values = values
  }
}

/** One run of a template. Loops are found while it runs: `range` and `end` are words of actions. */
class Evaluation {
  readonly #nodes: readonly JsonPathNode[]
  #beginning = 0
  #within = 0
  #ending = 0
  #lastEnd = -1

  constructor(nodes: readonly JsonPathNode[]) {
    this.#nodes = nodes
  }

  /** The results of the actions from `start` to the end of the loop, or of the template. */
  resultsOf(data: Item, start: number): (readonly Item[])[] {
    const all: (readonly Item[])[] = []
    for (let at = start; at < this.#nodes.length; at++) {
      const results = this.#walk(this.#nodes[at] as JsonPathNode, [data])
      if (this.#ending > 0 && this.#ending <= this.#within) {
        this.#ending -= 1
        this.#lastEnd = at
        break
      }
      if (this.#beginning === 0) {
        all.push(results)
        continue
      }
      this.#beginning -= 1
      this.#within += 1
      for (const item of results) for (const result of this.resultsOf(item ?? NOTHING, at + 1)) all.push(result)
      if (results.length === 0) this.resultsOf(NOTHING, at + 1)
      this.#within -= 1
      if (this.#lastEnd > at) at = this.#lastEnd
    }
    return all
  }

  #walk(node: JsonPathNode, values: readonly Item[]): readonly Item[] {
    switch (node.type) {
      case 'text':
        return [node.text]
      case 'literal':
        return values.map(() => node.value)
      case 'identifier':
        return this.#word(node.name, values)
      case 'field':
        return fieldsOf(values, node.name)
      case 'wildcard':
        return values.flatMap(childrenOf)
      case 'recursive':
        return values.flatMap(descendants)
      case 'slice':
        return slicesOf(values, node)
      case 'union':
        return node.paths.flatMap((path) => withValues(values, () => this.#walk(path, values)))
      case 'filter':
        return withValues(values, () => values.flatMap((value) => this.#filtered(node, value)))
      case 'list':
        return node.path.reduce((current, step) => this.#walk(step, current), values)
    }
  }

  #word(name: string, values: readonly Item[]): readonly Item[] {
    if (name === 'range') {
      this.#beginning += 1
      return values
    }
    if (name !== 'end') throw new Failure(values)
    if (this.#within === 0) throw new Failure()
    this.#ending += 1
    return []
  }

  #filtered(node: Filter, value: Item): Item[] {
    if (!Array.isArray(value)) throw new Failure()
    return value.filter((item: GoValue) => this.#matches(node, item))
  }

  #matches(node: Filter, item: GoValue): boolean {
    if (node.operator === 'exists') return this.#attempt(node.left, item).length > 0
    const left = this.#walk(node.left, [item])
    if (left.length === 0) return false
    if (left.length > 1) throw new Failure()
    const right = this.#walk(node.right, [item])
    if (right.length === 0) return false
    if (right.length > 1) throw new Failure()
    return compare(node.operator, left[0] as GoValue, right[0] as GoValue)
  }

  #attempt(path: JsonPathNode, item: GoValue): readonly Item[] {
    try {
      return this.#walk(path, [item])
    } catch (error) {
      if (error instanceof Failure) return error.values
      throw error
    }
  }
}

type Filter = JsonPathNode & { readonly type: 'filter' }

/** Runs a step; when it fails, `values` are what there was. */
function withValues(values: readonly Item[], run: () => readonly Item[]): readonly Item[] {
  try {
    return run()
  } catch (error) {
    if (error instanceof Failure) throw new Failure(values)
    throw error
  }
}

/** The field of every value that has it; it is missing when none has. */
function fieldsOf(values: readonly Item[], name: string): Item[] {
  const found = values.flatMap((value) => (value instanceof Map && value.has(name) ? [value.get(name)] : []))
  if (found.length === 0 && values.length > 0) throw new Failure()
  return found
}

/** Members, items, or the bytes of a text. */
function childrenOf(value: Item): Item[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return Array.from(toBytes(value), BigInt)
  return value instanceof Map ? sortedValues(value) : []
}

/** Everything that holds something, from the outside in. */
function descendants(value: Item): Item[] {
  const children = childrenOf(value)
  return children.length === 0 ? [] : [value, ...children.flatMap(descendants)]
}

function slicesOf(values: readonly Item[], { from, to, step = 1, isSingle }: JsonPathSlice): Item[] {
  const all: Item[] = []
  for (const value of values) {
    if (value === null) continue
    if (!Array.isArray(value)) throw new Failure(values)
    const { length } = value
    const first = (from ?? 0) < 0 ? (from ?? 0) + length : (from ?? 0)
    const second = isSingle ? (from ?? 0) + 1 : (to ?? length)
    const end = second < 0 || (second === 0 && isSingle) ? second + length : second
    if (first === end) return all
    if (first < 0 || first >= length || end < 0 || end > length || first > end || step <= 0) throw new Failure(values)
    for (let at = first; at < end; at += step) all.push(value[at])
  }
  return all
}

/** As the comparisons of Go's templates: both sides must be of one kind (1 is none with 1.5), and only some have an order. */
function compare(operator: string, a: GoValue, b: GoValue): boolean {
  const kind = typeof a
  if (kind !== typeof b || !['string', 'number', 'bigint', 'boolean'].includes(kind)) throw new Failure()
  if (operator === '==') return a === b
  if (operator === '!=') return a !== b
  if (kind === 'boolean' || !['<', '<=', '>', '>='].includes(operator)) throw new Failure()
  const [x, y] = [a as string | number | bigint, b as string | number | bigint]
  if (operator === '<') return x < y
  if (operator === '<=') return x <= y
  return operator === '>' ? x > y : x >= y
}

function sortedValues(map: Map<GoValue, GoValue>): GoValue[] {
  return [...map].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)).map(([, value]) => value)
}

function valueText(value: Item): string {
  if (value === NOTHING) return '<no value>'
  if (value instanceof Map || Array.isArray(value)) return emitJson(value)
  return value === null ? 'null' : sprint(value)
}
