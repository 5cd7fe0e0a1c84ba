import { type FieldError, type Json, jsonEqual, type JsonObject } from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import { forbidden, invalid, required } from '../validation/findings.ts'
import { compilePattern } from './patterns.ts'

type Level = 'root' | 'item' | 'field'

const MISSING: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

const schemaOf = (value: Json | undefined): JsonObject | undefined =>
  isObject(value) ? (value as JsonObject) : undefined
const entriesOf = (value: Json | undefined): [string, JsonObject][] =>
  Object.entries(schemaOf(value) ?? {}).flatMap(([key, each]) =>
    isObject(each) ? [[key, each as JsonObject] as [string, JsonObject]] : [],
  )

/** What keeps a schema from being structural. As ValidateStructural, sorted like it. */
export function structuralProblems(schema: JsonObject, path: string): FieldError[] {
  return invariants(schema, 'root', path).sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1))
}

const UNREADABLE = ['id', '$schema', '$ref', 'patternProperties', 'dependencies', 'additionalItems', 'definitions']

/**
 * Whether a schema can be read as a structural one at all, at any depth. Other rules find and word what prevents it. As
 * NewStructural.
 */
export function isReadable(schema: JsonObject): boolean {
  if (schema['x-kubernetes-preserve-unknown-fields'] === false || Array.isArray(schema.items)) return false
  if (UNREADABLE.some((key) => isSet(schema[key]))) return false
  const below = [schemaOf(schema.items), schemaOf(schema.additionalProperties), schemaOf(schema.not)]
  const properties = entriesOf(schema.properties).map(([, each]) => each)
  const lists = ['allOf', 'anyOf', 'oneOf'].flatMap((key) => (Array.isArray(schema[key]) ? schema[key] : []))
  return [...below, ...properties, ...lists.map(schemaOf)].every((each) => each === undefined || isReadable(each))
}

function isSet(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return false
  return !isObject(value) || Object.keys(value).length > 0
}

function textOf(error: FieldError): string {
  return `${error.field}: ${error.type} ${error.detail}`
}

function invariants(schema: JsonObject, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = []
  const type = typeof schema.type === 'string' ? schema.type : ''
  const items = schemaOf(schema.items)
  if (type === 'array' && items === undefined) errors.push(required(`${path}.items`, 'must be specified'))
  if (items !== undefined) errors.push(...invariants(items, 'item', `${path}.items`))
  for (const [name, property] of entriesOf(schema.properties)) {
    errors.push(...invariants(property, 'field', `${path}.properties[${name}]`))
  }
  if (schema.additionalProperties !== undefined) {
    if (level === 'root') errors.push(forbidden(`${path}.additionalProperties`, 'must not be used at the root'))
    const additional = schemaOf(schema.additionalProperties)
    if (additional !== undefined) errors.push(...invariants(additional, 'field', `${path}.additionalProperties`))
  }
  errors.push(...extensionProblems(schema, path))
  errors.push(...nestedProblems(schema, path))
  errors.push(...levelProblems(schema, type, level, path))
  return errors
}

function extensionProblems(schema: JsonObject, path: string): FieldError[] {
  if (schema['x-kubernetes-int-or-string'] !== true) return []
  const errors: FieldError[] = []
  for (const extension of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource']) {
    if (schema[extension] !== true) continue
    errors.push(invalid(`${path}.${extension}`, true, 'must be false if x-kubernetes-int-or-string is true'))
  }
  return errors
}

function levelProblems(schema: JsonObject, type: string, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = []
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  if (embedded && type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true'
    errors.push(type === '' ? required(`${path}.type`, detail) : invalid(`${path}.type`, type, detail))
  } else if (type === '' && schema['x-kubernetes-int-or-string'] !== true && !preserves) {
    errors.push(required(`${path}.type`, MISSING[level]))
  }
  if (level === 'root' && type !== '' && type !== 'object')
    errors.push(invalid(`${path}.type`, type, 'must be object at the root'))
  const properties = schemaOf(schema.properties) ?? {}
  if (level === 'root' || embedded) {
    for (const name of ['kind', 'apiVersion']) {
      const property = schemaOf(properties[name])
      if (property !== undefined && property.type !== 'string') {
        errors.push(invalid(`${path}.properties[${name}].type`, property.type ?? '', 'must be string'))
      }
    }
    const metadata = schemaOf(properties.metadata)
    if (metadata !== undefined && metadata.type !== 'object') {
      errors.push(invalid(`${path}.properties[metadata].type`, metadata.type ?? '', 'must be object'))
    }
  }
  if (embedded && !preserves && Object.keys(properties).length === 0) {
    const detail =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
    errors.push(required(`${path}.properties`, detail))
  }
  return errors
}

const STRUCTURE_ONLY: readonly (readonly [key: string, detail: string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
]

const INT_OR_STRING = [{ type: 'integer' }, { type: 'string' }]

/** Under allOf, anyOf, oneOf and not only values may be described, not structure. */
function nestedProblems(schema: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = []
  const each = (key: 'anyOf' | 'allOf' | 'oneOf'): void => {
    const list = Array.isArray(schema[key]) ? schema[key] : []
    if (key === 'anyOf' && jsonEqual(list, INT_OR_STRING)) return
    list.forEach((value, index) => {
      const nested = schemaOf(value)
      if (nested === undefined) return
      if (key === 'allOf' && jsonEqual(nested.anyOf, INT_OR_STRING)) return
      errors.push(...nestedInvariants(nested, `${path}.${key}[${index}]`))
    })
  }
  each('anyOf')
  each('allOf')
  each('oneOf')
  const not = schemaOf(schema.not)
  if (not !== undefined) errors.push(...nestedInvariants(not, `${path}.not`))
  const pattern =
    typeof schema.pattern === 'string' && schema.pattern !== '' ? compilePattern(schema.pattern) : undefined
  if (typeof pattern === 'string') {
    const detail = `must be a valid regular expression, but isn't: ${pattern}`
    errors.push(invalid(`${path}.pattern`, schema.pattern, detail))
  }
  return errors
}

function nestedInvariants(schema: JsonObject, path: string): FieldError[] {
  const errors = nestedProblems(schema, path)
  const items = schemaOf(schema.items)
  if (items !== undefined) errors.push(...nestedInvariants(items, `${path}.items`))
  for (const [name, property] of entriesOf(schema.properties)) {
    errors.push(...nestedInvariants(property, `${path}.properties[${name}]`))
  }
  for (const [key, detail] of STRUCTURE_ONLY) {
    const value = schema[key]
    if (value !== undefined && value !== '' && value !== false && value !== null)
      errors.push(forbidden(`${path}.${key}`, detail))
  }
  if (schemaOf(schema.properties)?.metadata !== undefined) {
    errors.push(forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context'))
  }
  return errors
}
