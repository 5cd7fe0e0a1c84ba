import type { GoValue } from '../../go/index.ts'
import type { JsonType, Rational } from './json.ts'

/** A regular expression of a schema. */
export interface SchemaPattern {
  readonly source: string
  matches(text: string): boolean
}

/** A format that is checked: an error text, or undefined when the value is fine. */
export interface SchemaFormat {
  readonly name: string
  readonly check: (value: GoValue) => string | undefined
}

/** A compiled schema. Keywords that are absent are undefined; sub-schemas are compiled too. */
export interface Schema {
  readonly url: string
  readonly pointer: string
  readonly location: string
  draft: number
  /** The schema at the root of the resource this one belongs to. */
  resource: Schema
  dynamicAnchors: Map<string, Schema>
  allPropertiesEvaluated: boolean
  allItemsEvaluated: boolean
  itemsEvaluated: number

  /** A boolean schema, or an empty object (true). */
  boolean?: boolean
  ref?: Schema | undefined
  recursiveRef?: Schema | undefined
  recursiveAnchor?: boolean
  dynamicRef?: { readonly schema: Schema; readonly anchor: string } | undefined
  dynamicAnchor?: string
  types?: ReadonlySet<JsonType> | undefined
  enum?: readonly GoValue[] | undefined
  const?: { readonly value: GoValue }
  format?: SchemaFormat | undefined
  not?: Schema | undefined
  allOf?: readonly Schema[] | undefined
  anyOf?: readonly Schema[] | undefined
  oneOf?: readonly Schema[] | undefined
  /** `if`, and what holds when it does (`then`) or does not (`else`). */
  condition?: Schema | undefined
  whenTrue?: Schema | undefined
  whenFalse?: Schema | undefined

  minProperties?: number | undefined
  maxProperties?: number | undefined
  required?: readonly string[] | undefined
  properties?: ReadonlyMap<string, Schema> | undefined
  patternProperties?: readonly (readonly [SchemaPattern, Schema])[] | undefined
  additionalProperties?: Schema | boolean | undefined
  dependencies?: ReadonlyMap<string, Schema | readonly string[]> | undefined
  propertyNames?: Schema | undefined
  dependentSchemas?: ReadonlyMap<string, Schema> | undefined
  dependentRequired?: ReadonlyMap<string, readonly string[]> | undefined
  unevaluatedProperties?: Schema | undefined

  minItems?: number | undefined
  maxItems?: number | undefined
  uniqueItems?: boolean
  items?: Schema | readonly Schema[] | undefined
  additionalItems?: Schema | boolean | undefined
  prefixItems?: readonly Schema[] | undefined
  items2020?: Schema | undefined
  contains?: Schema | undefined
  minContains?: number | undefined
  maxContains?: number | undefined
  unevaluatedItems?: Schema | undefined

  minLength?: number | undefined
  maxLength?: number | undefined
  pattern?: SchemaPattern | undefined

  minimum?: Rational | undefined
  maximum?: Rational | undefined
  exclusiveMinimum?: Rational | undefined
  exclusiveMaximum?: Rational | undefined
  multipleOf?: Rational | undefined
}

/** A schema without keywords at a place. */
export function newSchema(url: string, pointer: string, location: string): Schema {
  const schema = {
    url,
    pointer,
    location,
    draft: 2020,
    dynamicAnchors: new Map<string, Schema>(),
    allPropertiesEvaluated: false,
    allItemsEvaluated: false,
    itemsEvaluated: 0,
  } as Omit<Schema, 'resource'> as Schema
  schema.resource = schema
  return schema
}
