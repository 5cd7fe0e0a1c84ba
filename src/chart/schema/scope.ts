import type { GoValue } from '../../go/index.ts'
import type { Schema } from './model.ts'

/** A schema under evaluation and those that led to it. */
export interface Scope {
  readonly schema: Schema
  readonly valueId: number
  readonly parent: Scope | undefined
  readonly keyword: string
}

/** Properties and items that no keyword has looked at yet; undefined when nobody asks. */
export interface Unevaluated {
  properties: Set<GoValue> | undefined
  items: Set<number> | undefined
}

/** What is unevaluated before a schema looks at a value. */
export function unevaluatedOf(value: GoValue, schema: Schema, callerNeeds: boolean): Unevaluated {
  if (value instanceof Map) {
    const wanted = !schema.allPropertiesEvaluated && (callerNeeds || schema.unevaluatedProperties !== undefined)
    return { properties: wanted ? new Set(value.keys()) : undefined, items: undefined }
  }
  if (Array.isArray(value)) {
    const wanted =
      !schema.allItemsEvaluated &&
      (callerNeeds || schema.unevaluatedItems !== undefined) &&
      schema.itemsEvaluated < value.length
    const items = wanted ? value.map((_, index) => index).slice(schema.itemsEvaluated) : undefined
    return { properties: undefined, items: items && new Set(items) }
  }
  return { properties: undefined, items: undefined }
}

/** Whether nothing is left, or nobody asks. */
export function isEmpty(unevaluated: Unevaluated): boolean {
  return (unevaluated.properties?.size ?? 0) === 0 && (unevaluated.items?.size ?? 0) === 0
}

/** A scope and those around it, innermost first. */
export function* scopes(scope: Scope): Iterable<Scope> {
  for (let at: Scope | undefined = scope; at; at = at.parent) yield at
}

/** Keywords from the outermost schema to this one. */
export function keywordLocation(scope: Scope): string {
  let text = ''
  for (let at: Scope = scope; at.parent; at = at.parent) {
    const step = at.keyword === '' ? at.schema.location.slice(at.parent.schema.location.length) : `/${at.keyword}`
    text = step + text
  }
  return text
}
