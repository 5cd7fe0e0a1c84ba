import {
  type JsonObject,
  type LabelSelector,
  labelValueProblems,
  listAt,
  mapAt,
  matchesSelector,
  qualifiedNameProblems,
  stringAt,
  stringsAt,
} from '../../../api/index.ts'
import { type Findings, forbidden, invalid, invalidEach, required } from './findings.ts'
import { validateLabels } from './metadata.ts'

/** Checks a LabelSelector; absent is fine. */
export function validateLabelSelector(selector: JsonObject | undefined, field: string): Findings {
  if (!selector) return []
  const out = validateLabels(mapAt(selector, 'matchLabels'), `${field}.matchLabels`)
  listAt(selector, 'matchExpressions').forEach((expression, index) => {
    out.push(...validateRequirement(expression, `${field}.matchExpressions[${index}]`))
  })
  return out
}

/** Checks a requirement of a label selector; `anyOperator` lets pass operators that are not known. */
export function validateRequirement(expression: JsonObject, field: string, anyOperator = false): Findings {
  const out: Findings = []
  const operator = stringAt(expression, 'operator')
  const values = stringsAt(expression, 'values')
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      out.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      out.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
    }
  } else if (!anyOperator) out.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'))
  const key = stringAt(expression, 'key')
  out.push(...invalidEach(`${field}.key`, key, qualifiedNameProblems(key)))
  values.forEach((value, index) => {
    out.push(...invalidEach(`${field}.values[${index}]`, value, labelValueProblems(value)))
  })
  return out
}

/** A map as Go prints it in errors: with sorted keys; null when it is absent. */
export function printMap(map: JsonObject | undefined): JsonObject | null {
  if (!map) return null
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A selector as Go prints it in errors: fields in their order, labels sorted. */
export function printSelector(selector: JsonObject | undefined): JsonObject | null {
  if (!selector) return null
  const out: JsonObject = {}
  const labels = printMap(mapAt(selector, 'matchLabels'))
  if (labels && Object.keys(labels).length > 0) out.matchLabels = labels
  const expressions = listAt(selector, 'matchExpressions')
  if (expressions.length > 0) {
    out.matchExpressions = expressions.map((expression) => {
      const values = stringsAt(expression, 'values')
      const key = stringAt(expression, 'key')
      const operator = stringAt(expression, 'operator')
      return { key, operator, ...(values.length > 0 && { values }) }
    })
  }
  return out
}

/** Whether a selector is absent or selects everything. */
export function isEmptySelector(selector: JsonObject | undefined): boolean {
  return Object.keys(mapAt(selector, 'matchLabels')).length === 0 && listAt(selector, 'matchExpressions').length === 0
}

/** Whether every requirement of a selector can be understood. */
export function isSoundSelector(selector: JsonObject | undefined): boolean {
  return validateLabelSelector(selector, '').length === 0
}

/** Whether a selector matches labels. */
export function selectorMatchesLabels(selector: JsonObject, labels: Readonly<Record<string, string>>): boolean {
  return matchesSelector(selector as LabelSelector, labels)
}
