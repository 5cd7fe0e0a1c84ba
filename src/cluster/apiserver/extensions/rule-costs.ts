import type { FieldError, JsonObject } from '../../../api/index.ts'
import type { SizedType } from '../../../api/cel/index.ts'
import { forbidden } from '../validation/findings.ts'
import type { CompiledRule } from './cel-rules.ts'

/** The most that one expression may be estimated to cost. As StaticEstimatedCostLimit. */
const LIMIT = 10_000_000
/** The most that all expressions of a schema may. As StaticEstimatedCRDCostLimit. */
const TOTAL_LIMIT = 100_000_000
const REQUEST_SIZE = 3 * 1024 * 1024
/** So many of the dearest expressions are named. */
const NAMED = 4

/** How many values a value of this schema may have below it: its limit, one for objects, Infinity without a limit. */
export function childrenOf(schema: JsonObject): number {
  const limit = (key: string): number => {
    const value = schema[key]
    return typeof value === 'number' ? Math.max(0, value) : Infinity
  }
  if (schema.type === 'array') return limit('maxItems')
  return schema.type === 'object' && schema.additionalProperties !== undefined ? limit('maxProperties') : 1
}

/** Gathers the estimated costs of a schema's rules. As ValidateCustomResourceDefinitionOpenAPISchema and TotalCost. */
export class RuleCosts {
  readonly #isUnchanged: boolean
  readonly #seen: { readonly field: string; readonly cost: number }[] = []

  /** The single rules of a schema that an update leaves as it is are let pass. */
  constructor(isUnchanged: boolean) {
    this.#isUnchanged = isUnchanged
  }

  /** What is wrong with the cost of a rule on values of `type`, which may be there `count` times. */
  ofRule(field: string, rule: CompiledRule, type: SizedType, count: number): FieldError[] {
    const times = Number.isFinite(count) ? count : Math.floor(REQUEST_SIZE / (type.min + 1))
    const each = rule.check?.program === undefined ? 0 : rule.check.estimate(type)
    return this.#observe(field, 'estimated rule cost', each === 0 || times === 0 ? 0 : each * times)
  }

  /** What is wrong with the cost of a rule's message, which is made once. */
  ofMessage(field: string, rule: CompiledRule, type: SizedType): FieldError[] {
    if (rule.message?.program === undefined) return []
    return this.#observe(field, 'estimated messageExpression cost', rule.message.estimate(type))
  }

  #observe(field: string, name: string, cost: number): FieldError[] {
    this.#seen.push({ field, cost })
    return cost > LIMIT && !this.#isUnchanged ? [forbidden(field, exceeded(name, cost / LIMIT))] : []
  }

  /** What is wrong with all rules together; `path` is that of the schema. */
  problems(path: string): FieldError[] {
    const total = this.#seen.reduce((sum, { cost }) => sum + cost, 0)
    if (total <= TOTAL_LIMIT) return []
    const dear = this.#seen.filter(({ cost }) => cost >= TOTAL_LIMIT / 100).sort((a, b) => compare(b.cost, a.cost))
    const contributed = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'
    const name = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema'
    return [
      ...dear.slice(0, NAMED).map(({ field }) => forbidden(field, contributed)),
      forbidden(path, exceeded(name, total / TOTAL_LIMIT)),
    ]
  }
}

/** Two costs beyond counting are alike. */
const compare = (a: number, b: number): number => (a === b ? 0 : a - b)

function exceeded(name: string, factor: number): string {
  const by = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`
  const advice = 'try simplifying the rule, or adding maxItems, maxProperties, and maxLength'
  return `${name} exceeds budget by factor of ${by} (${advice} where arrays, maps, and strings are declared)`
}
