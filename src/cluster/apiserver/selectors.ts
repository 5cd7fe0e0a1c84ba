import type { KubeObject } from '../../api/index.ts'
import { badRequest } from './errors.ts'
import type { ResourceDefinition } from './registry/resource.ts'

/** Says whether an object is selected. */
export type Predicate = (object: KubeObject) => boolean

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean

/** Parses a label selector as it stands in `labelSelector=`. Undefined: everything. */
export function labelPredicate(selector: string): Predicate | undefined {
  if (selector.trim() === '') return undefined
  const tests = splitTerms(selector).map(labelTest)
  return (object) => {
    const labels = object.metadata.labels ?? {}
    return tests.every((test) => test(labels))
  }
}

/** Splits at commas that are not within parentheses. */
function splitTerms(selector: string): string[] {
  const terms: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < selector.length; i++) {
    if (selector[i] === '(') depth++
    else if (selector[i] === ')') depth--
    else if (selector[i] === ',' && depth === 0) {
      terms.push(selector.slice(start, i))
      start = i + 1
    }
  }
  terms.push(selector.slice(start))
  return terms.map((term) => term.trim())
}

function labelTest(term: string): LabelTest {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term)
  if (set !== null) {
    const [, key = '', operator, list = ''] = set
    const values = new Set(list.split(',').map((value) => value.trim()))
    if (operator === 'in') return (labels) => labels[key] !== undefined && values.has(labels[key])
    return (labels) => labels[key] === undefined || !values.has(labels[key])
  }
  const equal = /^([^=!<>\s]+)\s*(==|=|!=|>|<)\s*([^=!\s]*)$/.exec(term)
  if (equal !== null) {
    const [, key = '', operator, value = ''] = equal
    if (operator === '!=') return (labels) => labels[key] !== value
    if (operator === '>') return (labels) => Number(labels[key]) > Number(value)
    if (operator === '<') return (labels) => Number(labels[key]) < Number(value)
    return (labels) => labels[key] === value
  }
  const exists = /^(!?)\s*([^=!<>\s()]+)$/.exec(term)
  if (exists !== null) {
    const [, not, key = ''] = exists
    return not === '!' ? (labels) => labels[key] === undefined : (labels) => labels[key] !== undefined
  }
  throw badRequest(`unable to parse requirement: found '${term}', expected: identifier`)
}

/** Parses a field selector for a resource. Undefined: everything. */
export function fieldPredicate(selector: string, definition: ResourceDefinition): Predicate | undefined {
  if (selector.trim() === '') return undefined
  const terms = selector
    .split(',')
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(term)
      if (match === null) {
        throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`)
      }
      return { field: (match[1] ?? '').trim(), negative: match[2] === '!=', value: match[3] ?? '' }
    })
  return (object) => {
    const fields = fieldsOf(object, definition)
    return terms.every((term) => ((fields[term.field] ?? '') === term.value) !== term.negative)
  }
}

/** The fields that can be selected on. */
export function fieldsOf(object: KubeObject, definition: ResourceDefinition): Record<string, string> {
  return {
    'metadata.name': object.metadata.name ?? '',
    ...(definition.namespaced && { 'metadata.namespace': object.metadata.namespace ?? '' }),
    ...definition.strategy.selectableFields?.(object),
  }
}

/** Both selectors as one predicate; undefined when everything is selected. */
export function selectionOf(
  options: { readonly labelSelector: string; readonly fieldSelector: string },
  definition: ResourceDefinition,
): Predicate | undefined {
  const labels = labelPredicate(options.labelSelector)
  const fields = fieldPredicate(options.fieldSelector, definition)
  if (labels === undefined) return fields
  if (fields === undefined) return labels
  return (object) => labels(object) && fields(object)
}

interface Requirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** Whether the label selector in a spec (`selector` with matchLabels and matchExpressions) selects an object. Absent: nothing. */
export function selectorMatches(spec: unknown, object: KubeObject): boolean {
  const selector = (
    spec as { selector?: { matchLabels?: Record<string, string>; matchExpressions?: Requirement[] } } | undefined
  )?.selector
  if (selector === undefined || selector === null) return false
  const labels = object.metadata.labels ?? {}
  const equal = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value)
  return equal && (selector.matchExpressions ?? []).every((requirement) => meets(labels, requirement))
}

function meets(labels: Readonly<Record<string, string>>, { key, operator, values = [] }: Requirement): boolean {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    default:
      return value === undefined
  }
}
