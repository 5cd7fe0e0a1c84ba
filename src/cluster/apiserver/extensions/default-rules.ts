import type { FieldError, JsonObject } from '../../../api/index.ts'
import { pruneObject, structuralNode } from '../../../api/index.ts'
import { cloneJson, isObject } from '../clone.ts'
import { ruleChecker } from './cel-rules.ts'
import { validateListKinds, validateValue } from './value-validation.ts'

const schemaIn = (schema: JsonObject, key: string): JsonObject | undefined => {
  const value = schema[key]
  return isObject(value) ? (value as JsonObject) : undefined
}

/** Checks the defaults of a structural schema: they are pruned and fit the schema and its rules. */
export function defaultProblems(schema: JsonObject, path: string, inMetadata = false): FieldError[] {
  const errors: FieldError[] = []
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  if (schema.default !== undefined && schema.default !== null) {
    errors.push(...problemsOf(schema, `${path}.default`, inMetadata && !embedded))
  }
  const items = schemaIn(schema, 'items')
  if (items !== undefined) errors.push(...defaultProblems(items, `${path}.items`, inMetadata))
  for (const [name, property] of Object.entries(schemaIn(schema, 'properties') ?? {})) {
    if (!isObject(property)) continue
    const isMeta = embedded && (name === 'metadata' || name === 'apiVersion' || name === 'kind')
    const within = isMeta || (inMetadata && !embedded)
    errors.push(...defaultProblems(property as JsonObject, `${path}.properties[${name}]`, within))
  }
  return errors
}

function problemsOf(schema: JsonObject, field: string, inMetadata: boolean): FieldError[] {
  const value = schema.default
  const errors: FieldError[] = []
  if (!inMetadata && pruneObject(structuralNode(schema), cloneJson(value)).length > 0) {
    errors.push({ type: 'Invalid', field, value, detail: 'must not have unknown fields' })
  }
  const placed = (found: readonly FieldError[]): FieldError[] =>
    found.map((error) => ({
      ...error,
      field: error.field === '<nil>' || error.field === '' ? field : `${field}.${error.field}`,
    }))
  const shape = placed([...embeddedProblems(schema, value), ...validateValue(schema, value)])
  if (shape.length > 0) return [...errors, ...shape]
  errors.push(...placed(validateListKinds(schema, value)))
  const embedded = schema['x-kubernetes-embedded-resource'] === true
  errors.push(...placed(ruleChecker(schema, embedded)?.(value, undefined, () => {}) ?? []))
  return errors
}

/** Embedded resources say what they are. */
export function embeddedProblems(schema: JsonObject | undefined, value: unknown, path = ''): FieldError[] {
  if (schema === undefined || value === null || typeof value !== 'object') return []
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  if (Array.isArray(value)) {
    const items = schemaIn(schema, 'items')
    return value.flatMap((item, index) => embeddedProblems(items, item, `${path}[${index}]`))
  }
  const object = value as Record<string, unknown>
  const errors: FieldError[] = []
  if (schema['x-kubernetes-embedded-resource'] === true) {
    for (const name of ['apiVersion', 'kind']) {
      if (object[name] === undefined || object[name] === '')
        errors.push({ type: 'Required', field: at(name), detail: '' })
    }
  }
  const properties = schemaIn(schema, 'properties') ?? {}
  const additional = schemaIn(schema, 'additionalProperties')
  for (const [name, item] of Object.entries(object)) {
    const property = schemaIn(properties, name)
    if (property !== undefined) errors.push(...embeddedProblems(property, item, at(name)))
    else if (additional !== undefined) errors.push(...embeddedProblems(additional, item, `${path}[${name}]`))
  }
  return errors
}
