import { type FieldError, type Json, type JsonObject, objectAt } from '../../../api/index.ts'
import { schemaCelType, type SizedType } from '../../../api/cel/index.ts'
import { isObject } from '../clone.ts'
import { forbidden, invalid, required } from '../validation/findings.ts'
import { compileRules, rulesOf } from './cel-rules.ts'
import { childrenOf, RuleCosts } from './rule-costs.ts'
import { schemaAtPath } from './field-path.ts'
import { listKindProblems } from './list-kind-rules.ts'

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']
const UNSUPPORTED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref']

/** Where a schema stands, and what may not be there. */
interface Place {
  readonly path: string
  readonly isRoot: boolean
  readonly inMetadata: boolean
  /** Why no defaults may be here. */
  readonly noDefaults?: string
  /** The part of the schema whose old and new values cannot be told apart. */
  readonly uncorrelated?: string
  /** Type of the values for rules; absent where rules are not looked at. */
  readonly type?: SizedType
  /** The values are whole resources. */
  readonly resource: boolean
  /** How often values may be here in one resource, by the limits of lists and maps above; Infinity without such. */
  readonly count: number
  readonly costs: RuleCosts
}

interface Found {
  readonly schema: FieldError[]
  readonly rules: FieldError[]
}

const schemasIn = (schema: JsonObject, key: string): JsonObject[] => {
  const value = schema[key]
  return Array.isArray(value) ? value.filter((each): each is JsonObject => isObject(each)) : []
}

/**
 * What is wrong with a schema beyond its structure: unsupported keywords, list kinds, validation rules. `withRules` says
 * whether the rules are compiled, which needs a structural schema. As ValidateCustomResourceDefinitionOpenAPISchema.
 */
export function schemaProblems(
  schema: JsonObject,
  path: string,
  { withRules, isUnchanged = false }: { readonly withRules: boolean; readonly isUnchanged?: boolean },
): FieldError[] {
  const type = withRules ? schemaCelType(schema, 'selfType', true) : undefined
  const costs = new RuleCosts(isUnchanged)
  const place: Place = {
    path,
    isRoot: true,
    inMetadata: false,
    resource: true,
    count: 1,
    costs,
    ...(type !== undefined && { type }),
  }
  const found = visit(schema, place)
  return [...found.schema, ...found.rules, ...costs.problems(path)]
}

function visit(schema: JsonObject, place: Place): Found {
  const found: Found = { schema: keywordProblems(schema, place), rules: [] }
  const add = (child: JsonObject | undefined, at: Place): void => {
    if (child === undefined) return
    const below = visit(child, at)
    found.schema.push(...below.schema)
    found.rules.push(...below.rules)
  }
  const { path } = place
  visitAdditional(schema, place, found, add)
  const atomic = schema['x-kubernetes-map-type'] !== undefined && !isCorrelatable(schema['x-kubernetes-map-type'])
  for (const [name, property] of Object.entries(objectAt(schema, 'properties') ?? {})) {
    if (isObject(property)) add(property as JsonObject, propertyPlace(schema, place, name, atomic))
  }
  const { inMetadata, costs } = place
  const loose: Place = { path, isRoot: false, inMetadata, resource: false, count: 1, costs }
  add(objectAt(schema, 'not'), { ...loose, path: `${path}.not` })
  for (const key of ['allOf', 'oneOf', 'anyOf']) {
    schemasIn(schema, key).forEach((each, index) => {
      add(each, { ...loose, path: `${path}.${key}[${index}]` })
    })
  }
  const items = objectAt(schema, 'items')
  const uncorrelated = place.uncorrelated ?? (schema['x-kubernetes-list-type'] === 'map' ? undefined : path)
  add(items, {
    ...childPlace(schema, place, `${path}.items`, place.type?.item, items),
    ...(uncorrelated !== undefined && { uncorrelated }),
  })
  found.schema.push(...listKindProblems(schema, path))
  checkRules(schema, place, found)
  return found
}

function isCorrelatable(mapType: Json): boolean {
  return mapType === 'granular' || mapType === 'atomic'
}

function childPlace(
  parent: JsonObject,
  place: Place,
  path: string,
  type: SizedType | undefined,
  schema: JsonObject | undefined,
): Place {
  return {
    path,
    isRoot: false,
    inMetadata: place.inMetadata,
    count: place.count === 0 ? 0 : place.count * childrenOf(parent),
    costs: place.costs,
    resource: schema?.['x-kubernetes-embedded-resource'] === true,
    ...(place.noDefaults !== undefined && { noDefaults: place.noDefaults }),
    ...(place.uncorrelated !== undefined && { uncorrelated: place.uncorrelated }),
    ...(type !== undefined && { type }),
  }
}

function propertyPlace(schema: JsonObject, place: Place, name: string, atomic: boolean): Place {
  const property = objectAt(objectAt(schema, 'properties') ?? {}, name)
  const type =
    property === undefined || place.type === undefined ? undefined : typeOfProperty(place.type, name, property)
  const below = childPlace(schema, place, `${place.path}.properties[${name}]`, type, property)
  const isMeta = (place.isRoot || schema['x-kubernetes-embedded-resource'] === true) && isMetaField(name)
  return {
    ...below,
    ...(atomic && place.uncorrelated === undefined && { uncorrelated: place.path }),
    ...(isMeta && { inMetadata: true }),
    ...(isMeta && place.isRoot && { noDefaults: `in top-level ${name}` }),
  }
}

function typeOfProperty(parent: SizedType, name: string, property: JsonObject): SizedType | undefined {
  const resource = property['x-kubernetes-embedded-resource'] === true
  return parent.fields?.get(name) ?? schemaCelType(property, `selfType.${name}`, resource)
}

function isMetaField(name: string): boolean {
  return name === 'metadata' || name === 'kind' || name === 'apiVersion'
}

function visitAdditional(
  schema: JsonObject,
  place: Place,
  found: Found,
  add: (child: JsonObject | undefined, at: Place) => void,
): void {
  const value = schema.additionalProperties
  if (value === undefined) return
  const field = `${place.path}.additionalProperties`
  const properties = Object.keys(objectAt(schema, 'properties') ?? {})
  if (properties.length > 0 && value !== true) {
    found.schema.push(forbidden(field, 'additionalProperties and properties are mutual exclusive'))
  }
  const additional = objectAt(schema, 'additionalProperties')
  add(additional, {
    ...childPlace(schema, place, field, place.type?.item, additional),
    ...(place.inMetadata && { noDefaults: 'inside additionalProperties applying to object metadata' }),
  })
}

function keywordProblems(schema: JsonObject, place: Place): FieldError[] {
  const { path } = place
  const errors: FieldError[] = []
  const type = typeof schema.type === 'string' ? schema.type : ''
  if (type !== '' && !TYPES.includes(type)) {
    errors.push({ type: 'NotSupported', field: `${path}.type`, value: type, detail: '', supported: TYPES })
  }
  if (schema.default !== undefined && place.noDefaults !== undefined) {
    errors.push(forbidden(`${path}.default`, `must not be set ${place.noDefaults}`))
  }
  for (const key of UNSUPPORTED) {
    const value = schema[key]
    const isSet = value !== undefined && value !== '' && !(isObject(value) && Object.keys(value).length === 0)
    if (isSet) errors.push(forbidden(`${path}.${key}`, `${key} is not supported`))
  }
  if (type === 'null') {
    errors.push(forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'))
  }
  if (Array.isArray(schema.items))
    errors.push(forbidden(`${path}.items`, 'items must be a schema object and not an array'))
  if (place.inMetadata && schema['x-kubernetes-embedded-resource'] === true) {
    errors.push(forbidden(`${path}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta'))
  }
  if (schema.uniqueItems === true) {
    const detail = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'
    errors.push(forbidden(`${path}.uniqueItems`, detail))
  }
  const preserve = schema['x-kubernetes-preserve-unknown-fields']
  if (preserve === false) {
    errors.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'))
  }
  return errors
}

const hasNewline = (text: string): boolean => /[\n\r]/.test(text)
const textIn = (rule: JsonObject, key: string): string => {
  const value = rule[key]
  return typeof value === 'string' ? value : ''
}

function checkRules(schema: JsonObject, place: Place, found: Found): void {
  const rules = rulesOf(schema)
  const at = (index: number, key: string): string => `${place.path}.x-kubernetes-validations[${index}].${key}`
  rules.forEach((rule, index) => {
    found.schema.push(...wordingProblems(rule, schema, (key) => at(index, key)))
  })
  const { type } = place
  if (rules.length === 0 || found.schema.length > 0 || type === undefined) return
  compileRules(schema, type).forEach((compiled, index) => {
    const { rule, problem, messageProblem, usesOldSelf } = compiled
    found.rules.push(...place.costs.ofRule(at(index, 'rule'), compiled, type, place.count))
    if (problem !== undefined) found.rules.push(invalid(at(index, 'rule'), printedRule(rule), problem))
    if (messageProblem !== undefined) {
      found.rules.push(invalid(at(index, 'messageExpression'), printedRule(rule), messageProblem))
    } else found.rules.push(...place.costs.ofMessage(at(index, 'messageExpression'), compiled, type))
    if (usesOldSelf && place.uncorrelated !== undefined) {
      const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelated}`
      found.rules.push(invalid(at(index, 'rule'), textIn(rule, 'rule'), detail))
    } else if (!usesOldSelf && rule.optionalOldSelf !== undefined) {
      const detail = 'may not be set if oldSelf is not used in rule'
      found.rules.push(invalid(at(index, 'optionalOldSelf'), rule.optionalOldSelf, detail))
    }
  })
}

/** A rule as findings print it. */
function printedRule(rule: JsonObject): JsonObject {
  return {
    Rule: textIn(rule, 'rule'),
    Message: textIn(rule, 'message'),
    MessageExpression: textIn(rule, 'messageExpression'),
    Reason: rule.reason ?? null,
    FieldPath: textIn(rule, 'fieldPath'),
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  }
}

function wordingProblems(rule: JsonObject, schema: JsonObject, at: (key: string) => string): FieldError[] {
  const errors: FieldError[] = []
  const [text, message] = [textIn(rule, 'rule').trim(), textIn(rule, 'message')]
  const expression = textIn(rule, 'messageExpression')
  if (text === '') errors.push(required(at('rule'), 'rule is not specified'))
  else if (message !== '' && message.trim() === '') {
    errors.push(invalid(at('message'), message, 'must be non-empty if specified'))
  } else if (hasNewline(message.trim())) errors.push(invalid(at('message'), message, 'must not contain line breaks'))
  else if (hasNewline(text) && message.trim() === '') {
    errors.push(required(at('message'), 'message must be specified if rule contains line breaks'))
  }
  if (expression !== '' && expression.trim() === '') {
    errors.push(required(at('messageExpression'), 'messageExpression must be non-empty if specified'))
  }
  const { reason } = rule
  if (typeof reason === 'string' && !REASONS.includes(reason)) {
    errors.push({ type: 'NotSupported', field: at('reason'), value: reason, detail: '', supported: REASONS })
  }
  const path = textIn(rule, 'fieldPath')
  if (path === '') return errors
  if (path.trim() === '') errors.push(invalid(at('fieldPath'), path, 'must be non-empty if specified'))
  if (hasNewline(path)) errors.push(invalid(at('fieldPath'), path, 'must not contain line breaks'))
  if ('problem' in schemaAtPath(schema, path)) errors.push(invalid(at('fieldPath'), path, 'must be a valid path'))
  return errors
}
