import { type JsonObject, listAt, numberAt, objectAt, stringAt, valueAt } from '../../../api/index.ts'
import { type Findings, invalid, nonNegative, required, tooLong, tooMany } from './findings.ts'

const RULES_LIMIT = 20
const INDEXES_LIMIT = 64 * 1024

/** Checks when an indexed job counts as done before all of it is. */
export function validateSuccessPolicy(spec: JsonObject, field: string): Findings {
  const policy = objectAt(spec, 'successPolicy')
  if (!policy) return []
  if (stringAt(spec, 'completionMode') !== 'Indexed') {
    return [invalid(field, { Rules: printSuccessRules(policy) }, 'requires indexed completion mode')]
  }
  const rules = listAt(policy, 'rules')
  const out: Findings = []
  if (rules.length === 0) {
    out.push(required(`${field}.rules`, 'at least one rules must be specified when the successPolicy is specified'))
  }
  if (rules.length > RULES_LIMIT) out.push(tooMany(`${field}.rules`, rules.length, RULES_LIMIT))
  const completions = numberAt(spec, 'completions') ?? 0
  rules.forEach((rule, index) => {
    out.push(...validateRule(rule, completions, `${field}.rules[${index}]`))
  })
  return out
}

/** The rules of a policy as Go prints them. */
export function printSuccessRules(policy: JsonObject): JsonObject[] | null {
  const rules = listAt(policy, 'rules')
  if (valueAt(policy, 'rules') === undefined) return null
  return rules.map((rule) => ({
    SucceededIndexes: rule.succeededIndexes ?? null,
    SucceededCount: rule.succeededCount ?? null,
  }))
}

function validateRule(rule: JsonObject, completions: number, field: string): Findings {
  const indexes = valueAt(rule, 'succeededIndexes')
  const count = numberAt(rule, 'succeededCount')
  const out: Findings = []
  if (indexes === undefined && count === undefined) {
    out.push(required(field, 'at least one of succeededCount or succeededIndexes must be specified'))
  }
  let total = 0
  if (indexes !== undefined) {
    const at = `${field}.succeededIndexes`
    const text = String(indexes)
    if (Buffer.byteLength(text) > INDEXES_LIMIT) out.push(tooLong(at, INDEXES_LIMIT))
    const counted = countIndexes(text, completions)
    if (typeof counted === 'string') out.push(invalid(at, text, `error parsing succeededIndexes: ${counted}`))
    else total = counted
  }
  if (count === undefined) return out
  const at = `${field}.succeededCount`
  out.push(...nonNegative(at, count))
  const most = (limit: number, what: string): string => `must be less than or equal to ${limit} (${what})`
  if (count > completions) out.push(invalid(at, count, most(completions, 'the number of specified completions')))
  if (indexes !== undefined && count > total) {
    out.push(invalid(at, count, most(total, 'the number of indexes in the specified succeededIndexes field')))
  }
  return out
}

/** How many indexes a text such as `0,2-4` names, or what is wrong with it. */
export function countIndexes(text: string, completions: number): number | string {
  if (text === '') return 0
  let last: number | undefined
  let total = 0
  for (const interval of text.split(',')) {
    const limits = interval.split('-')
    if (limits.length > 2) {
      return `the fragment ${JSON.stringify(interval)} violates the requirement that an index interval can have at most two parts separated by '-'`
    }
    const [from = '', to = from] = limits
    const first = parseIndex(from)
    const second = parseIndex(to)
    if (first === undefined) return notANumber(from)
    if (first >= completions) return `too large index: ${JSON.stringify(from)}`
    if (last !== undefined && last >= first) return `non-increasing order, previous: ${last}, current: ${first}`
    if (limits.length === 1) {
      total++
      last = first
      continue
    }
    if (second === undefined) return notANumber(to)
    if (second >= completions) return `too large index: ${JSON.stringify(to)}`
    if (first >= second) return `non-increasing order, previous: ${first}, current: ${second}`
    total += second - first + 1
    last = second
  }
  return total
}

/** The indexes that a sound text names; none for another text. */
export function indexesOf(text: string, completions: number): ReadonlySet<number> {
  const out = new Set<number>()
  if (text === '' || typeof countIndexes(text, completions) === 'string') return out
  for (const interval of text.split(',')) {
    const [from = '', to = from] = interval.split('-')
    for (let index = Number(from); index <= Number(to); index++) out.add(index)
  }
  return out
}

function parseIndex(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined
}

function notANumber(text: string): string {
  return `cannot convert string to integer for index: ${JSON.stringify(text)}`
}
