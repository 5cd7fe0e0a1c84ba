import { type FieldError, type Json, jsonEqual, type JsonObject } from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import { tooLong } from '../validation/findings.ts'
import { type Before, fieldBefore, isUnchanged, itemBefore } from './correlation.ts'
import { compilePattern } from './patterns.ts'
import { formatProblem } from './formats.ts'

/** A finding, or a text about several schemas that has no place of its own. */
interface Result {
  readonly errors: FieldError[]
  /** How many schemas were looked at; the alternative with most is the one that is reported. */
  matches: number
}

const schemaOf = (value: Json | undefined): JsonObject | undefined =>
  isObject(value) ? (value as JsonObject) : undefined
const schemasOf = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter((each): each is JsonObject => isObject(each)) : []

/**
 * Checks a value against an OpenAPI v3 schema of a CustomResourceDefinition. Order and texts are kube-openapi's. What was
 * wrong `before` and has not changed is let pass.
 */
export function validateValue(
  schema: JsonObject | undefined,
  value: unknown,
  path = '',
  before?: Before,
): FieldError[] {
  return schema === undefined ? [] : check(schema, value, path, before).errors
}

function check(schema: JsonObject, value: unknown, path: string, before?: Before): Result {
  const result = checkAll(schema, value, path, before)
  if (result.errors.length > 0 && isUnchanged(before, value)) result.errors.length = 0
  return result
}

function checkAll(schema: JsonObject, value: unknown, path: string, before: Before | undefined): Result {
  const result: Result = { errors: [], matches: 0 }
  const intOrString = schema['x-kubernetes-int-or-string'] === true
  const wrongType = intOrString ? intOrStringProblem(value, path) : typeProblem(schema, value, path)
  result.matches++
  if (wrongType !== undefined) {
    result.errors.push(wrongType)
    return result
  }
  if (value === null || value === undefined) {
    checkEnum(schema, value, path, result)
    return result
  }
  checkAlternatives(schema, value, path, result)
  if (typeof value === 'string') checkText(schema, value, path, result)
  if (typeof value === 'number') checkNumber(schema, value, path, result)
  if (Array.isArray(value)) checkList(schema, value, path, result, before)
  checkEnum(schema, value, path, result)
  if (isObject(value)) checkObject(schema, value, path, result, before)
  return result
}

function invalid(path: string, value: unknown, text: string): FieldError {
  return { type: 'Invalid', field: fieldOf(path), value, detail: `${path} in body ${text}` }
}

function fieldOf(path: string): string {
  return path === '' ? '<nil>' : path
}

function jsonType(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function typeProblem(schema: JsonObject, value: unknown, path: string): FieldError | undefined {
  const wanted = schema.type
  if (typeof wanted !== 'string' || wanted === '') return undefined
  const found = jsonType(value)
  if (found === 'null') return schema.nullable === true ? undefined : wrongType(path, wanted, 'null')
  if (found === wanted || (found === 'integer' && wanted === 'number')) return undefined
  return wrongType(path, wanted, found)
}

function intOrStringProblem(value: unknown, path: string): FieldError | undefined {
  const found = jsonType(value)
  return found === 'integer' || found === 'string' ? undefined : wrongType(path, 'integer,string', found)
}

function wrongType(path: string, wanted: string, found: string): FieldError {
  const detail = `${path} in body must be of type ${wanted}: ${JSON.stringify(found)}`
  return { type: 'TypeInvalid', field: fieldOf(path), value: found, detail }
}

function checkEnum(schema: JsonObject, value: unknown, path: string, result: Result): void {
  if (!Array.isArray(schema.enum) || schema.enum.length === 0) return
  if (schema.enum.some((each) => jsonEqual(each, value ?? null))) return
  const supported = schema.enum.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
  result.errors.push({ type: 'NotSupported', field: fieldOf(path), value: value ?? null, detail: '', supported })
}

/** Findings about alternatives stand at no field; what is wrong with the closest alternative follows. */
function checkAlternatives(schema: JsonObject, value: unknown, path: string, result: Result): void {
  const about = (text: string): FieldError => ({
    type: 'Invalid',
    field: '<nil>',
    value: '',
    detail: `${JSON.stringify(path)} ${text}`,
  })
  const closest = (all: readonly Result[]): Result | undefined =>
    all.reduce<Result | undefined>(
      (best, each) => (best === undefined || each.matches > best.matches ? each : best),
      undefined,
    )
  const anyOf = schemasOf(schema.anyOf)
  if (anyOf.length > 0) {
    const tried = anyOf.map((each) => check(each, value, path))
    if (!tried.some((each) => each.errors.length === 0)) {
      result.errors.push(about('must validate at least one schema (anyOf)'), ...(closest(tried)?.errors ?? []))
    }
  }
  const oneOf = schemasOf(schema.oneOf)
  if (oneOf.length > 0) {
    const tried = oneOf.map((each) => check(each, value, path))
    const valid = tried.filter((each) => each.errors.length === 0).length
    if (valid !== 1) {
      const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`
      result.errors.push(about(`must validate one and only one schema (oneOf). ${found}`))
      if (valid === 0) result.errors.push(...(closest(tried)?.errors ?? []))
    }
  }
  const allOf = schemasOf(schema.allOf).map((each) => check(each, value, path))
  for (const each of allOf) result.errors.push(...each.errors)
  const passed = allOf.filter((each) => each.errors.length === 0).length
  if (passed !== allOf.length) {
    result.errors.push(about(`must validate all the schemas (allOf)${passed === 0 ? '. None validated' : ''}`))
  }
  const not = schemaOf(schema.not)
  if (not !== undefined && check(not, value, path).errors.length === 0) {
    result.errors.push(about('must not validate the schema (not)'))
  }
  result.matches++
}

function checkText(schema: JsonObject, value: string, path: string, result: Result): void {
  const length = [...value].length
  if (typeof schema.maxLength === 'number' && length > schema.maxLength) {
    result.errors.push(tooLong(fieldOf(path), schema.maxLength))
  }
  if (typeof schema.minLength === 'number' && length < schema.minLength) {
    result.errors.push(invalid(path, value, `should be at least ${schema.minLength} chars long`))
  }
  if (typeof schema.pattern === 'string' && schema.pattern !== '') {
    const matches = compilePattern(schema.pattern)
    if (typeof matches === 'function' && !matches(value))
      result.errors.push(invalid(path, value, `should match '${schema.pattern}'`))
  }
  const format = typeof schema.format === 'string' ? formatProblem(schema.format, value) : undefined
  if (format !== undefined) {
    const detail = `${path} in body must be of type ${format}: ${JSON.stringify(value)}`
    result.errors.push({ type: 'TypeInvalid', field: fieldOf(path), value, detail })
  }
}

function checkNumber(schema: JsonObject, value: number, path: string, result: Result): void {
  const { multipleOf, maximum, minimum } = schema
  if (typeof multipleOf === 'number' && multipleOf > 0 && !Number.isInteger(value / multipleOf)) {
    result.errors.push(invalid(path, value, `should be a multiple of ${multipleOf}`))
  }
  if (typeof maximum === 'number') {
    if (schema.exclusiveMaximum === true && value >= maximum)
      result.errors.push(invalid(path, value, `should be less than ${maximum}`))
    else if (value > maximum) result.errors.push(invalid(path, value, `should be less than or equal to ${maximum}`))
  }
  if (typeof minimum === 'number') {
    if (schema.exclusiveMinimum === true && value <= minimum)
      result.errors.push(invalid(path, value, `should be greater than ${minimum}`))
    else if (value < minimum) result.errors.push(invalid(path, value, `should be greater than or equal to ${minimum}`))
  }
}

function checkList(
  schema: JsonObject,
  value: readonly unknown[],
  path: string,
  result: Result,
  before: Before | undefined,
): void {
  const items = schemaOf(schema.items)
  if (items !== undefined) {
    value.forEach((item, index) => {
      merge(result, check(items, item, `${path}[${index}]`, itemBefore(schema, before, item)))
    })
  }
  if (typeof schema.minItems === 'number' && value.length < schema.minItems) {
    result.errors.push(invalid(path, value.length, `should have at least ${schema.minItems} items`))
  }
  if (typeof schema.maxItems === 'number' && value.length > schema.maxItems) {
    const detail = `must have at most ${schema.maxItems} ${schema.maxItems === 1 ? 'item' : 'items'}`
    result.errors.push({ type: 'TooMany', field: fieldOf(path), value: value.length, detail })
  }
  if (schema.uniqueItems === true && new Set(value.map((item) => JSON.stringify(item))).size < value.length) {
    result.errors.push(invalid(path, '', "shouldn't contain duplicates"))
  }
}

function checkObject(
  schema: JsonObject,
  value: Record<string, unknown>,
  path: string,
  result: Result,
  before: Before | undefined,
): void {
  const size = Object.keys(value).length
  if (typeof schema.minProperties === 'number' && size < schema.minProperties) {
    result.errors.push(invalid(path, size, `should have at least ${schema.minProperties} properties`))
  }
  if (typeof schema.maxProperties === 'number' && size > schema.maxProperties) {
    const detail = `must have at most ${schema.maxProperties} ${schema.maxProperties === 1 ? 'item' : 'items'}`
    result.errors.push({ type: 'TooMany', field: fieldOf(path), value: size, detail })
  }
  const properties = (schemaOf(schema.properties) ?? {}) as Record<string, Json>
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  const additional = schemaOf(schema.additionalProperties)
  for (const [name, item] of Object.entries(value)) {
    if (name in properties) continue
    if (additional !== undefined) merge(result, check(additional, item, at(name), fieldBefore(before, name)))
    else if (schema.additionalProperties === false) result.errors.push(invalid(at(name), '', 'is a forbidden property'))
  }
  for (const [name, each] of Object.entries(properties)) {
    const property = schemaOf(each)
    if (property !== undefined && value[name] !== undefined) {
      merge(result, check(property, value[name], at(name), fieldBefore(before, name)))
    }
  }
  for (const name of Array.isArray(schema.required) ? schema.required : []) {
    if (typeof name !== 'string' || value[name] !== undefined) continue
    result.errors.push({ type: 'Required', field: at(name), detail: '' })
  }
}

function merge(result: Result, other: Result): void {
  result.errors.push(...other.errors)
  result.matches += other.matches
}

/** Checks lists that are sets or maps for items that occur twice. As ValidateListSetsAndMaps of structural schemas. */
export function validateListKinds(schema: JsonObject | undefined, value: unknown, path = ''): FieldError[] {
  if (schema === undefined || value === null || typeof value !== 'object') return []
  const errors: FieldError[] = []
  if (Array.isArray(value)) {
    const keys = Array.isArray(schema['x-kubernetes-list-map-keys'])
      ? schema['x-kubernetes-list-map-keys'].map(String)
      : []
    const type = schema['x-kubernetes-list-type']
    const seen = new Set<string>()
    value.forEach((item: unknown, index) => {
      const keyed = type === 'map' && isObject(item) ? Object.fromEntries(keys.map((key) => [key, item[key]])) : item
      const id = JSON.stringify(keyed)
      if ((type === 'set' || type === 'map') && seen.has(id)) {
        errors.push({ type: 'Duplicate', field: `${path}[${index}]`, value: keyed, detail: '' })
      }
      seen.add(id)
      errors.push(...validateListKinds(schemaOf(schema.items), item, `${path}[${index}]`))
    })
    return errors
  }
  const properties = (schemaOf(schema.properties) ?? {}) as Record<string, Json>
  const additional = schemaOf(schema.additionalProperties)
  for (const [name, item] of Object.entries(value as Record<string, unknown>)) {
    const at = path === '' ? name : name in properties ? `${path}.${name}` : `${path}[${name}]`
    errors.push(...validateListKinds(schemaOf(properties[name]) ?? additional, item, at))
  }
  return errors
}
