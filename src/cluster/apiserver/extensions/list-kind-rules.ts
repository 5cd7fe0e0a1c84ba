import { type FieldError, type JsonObject, objectAt } from '../../../api/index.ts'
import { forbidden, invalid, notSupported, required } from '../validation/findings.ts'

/** What is wrong with `x-kubernetes-list-type`, `-list-map-keys` and `-map-type` of a schema. */
export function listKindProblems(schema: JsonObject, path: string): FieldError[] {
  return [...mapTypeProblems(schema, path), ...listTypeProblems(schema, path), ...nullableProblems(schema, path)]
}

/** The type that an extension needs. */
function neededType(schema: JsonObject, path: string, type: string, extension: string): FieldError[] {
  if (schema.type === type) return []
  const detail = `must be ${type} if ${extension} is specified`
  const found = typeof schema.type === 'string' ? schema.type : ''
  return [found === '' ? required(`${path}.type`, detail) : invalid(`${path}.type`, found, detail)]
}

function mapTypeProblems(schema: JsonObject, path: string): FieldError[] {
  const kind = schema['x-kubernetes-map-type']
  if (kind === undefined) return []
  const errors = neededType(schema, path, 'object', 'x-kubernetes-map-type')
  if (kind !== 'atomic' && kind !== 'granular') {
    errors.push(notSupported(`${path}.x-kubernetes-map-type`, kind, ['atomic', 'granular']))
  }
  return errors
}

function listTypeProblems(schema: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = []
  const kind = schema['x-kubernetes-list-type']
  const field = `${path}.x-kubernetes-list-type`
  const keys = Array.isArray(schema['x-kubernetes-list-map-keys']) ? schema['x-kubernetes-list-map-keys'] : []
  if (kind !== undefined) {
    const wrong = neededType(schema, path, 'array', 'x-kubernetes-list-type')
    errors.push(...wrong)
    if (wrong.length === 0 && kind === 'set') errors.push(...setProblems(objectAt(schema, 'items'), path))
    if (kind !== 'atomic' && kind !== 'set' && kind !== 'map') {
      errors.push(notSupported(field, kind, ['atomic', 'set', 'map']))
    }
  }
  if (keys.length > 0 && kind !== 'map') {
    const detail = 'must be map if x-kubernetes-list-map-keys is non-empty'
    errors.push(kind === undefined ? required(field, detail) : invalid(field, kind, detail))
  }
  if (kind === 'map') errors.push(...mapListProblems(schema, path, keys.map(String)))
  return errors
}

function setProblems(items: JsonObject | undefined, path: string): FieldError[] {
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set'
  const listType = items?.['x-kubernetes-list-type']
  if (items?.type === 'array' && listType !== undefined && listType !== 'atomic') {
    return [invalid(`${path}.items.x-kubernetes-list-type`, listType, detail)]
  }
  if (items?.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') {
    return [invalid(`${path}.items.x-kubernetes-map-type`, listType ?? null, detail)]
  }
  return []
}

function mapListProblems(schema: JsonObject, path: string, keys: readonly string[]): FieldError[] {
  const errors: FieldError[] = []
  const items = objectAt(schema, 'items')
  const field = `${path}.x-kubernetes-list-map-keys`
  if (keys.length === 0) errors.push(required(field, 'must not be empty if x-kubernetes-list-type is map'))
  if (items === undefined) {
    errors.push(required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map'))
    return errors
  }
  if (items.type !== 'object') {
    const detail = "must be object if parent array's x-kubernetes-list-type is map"
    errors.push(invalid(`${path}.items.type`, items.type ?? '', detail))
    return errors
  }
  const properties = objectAt(items, 'properties') ?? {}
  keys.forEach((key, index) => {
    const property = objectAt(properties, key)
    if (property === undefined) errors.push(invalid(field, keys, 'entries must all be names of item properties'))
    else if (property.type === 'array' || property.type === 'object') {
      const detail = "must be a scalar type if parent array's x-kubernetes-list-type is map"
      errors.push(invalid(`${path}.items.properties[${key}].type`, items.type, detail))
    }
    if (keys.indexOf(key) < index) errors.push(invalid(field, keys, 'must not contain duplicate entries'))
  })
  return errors
}

/** Items of sets and maps are never null, and keys of maps are always there. */
function nullableProblems(schema: JsonObject, path: string): FieldError[] {
  const kind = schema['x-kubernetes-list-type']
  const items = objectAt(schema, 'items')
  if (items === undefined || (kind !== 'set' && kind !== 'map')) return []
  const errors: FieldError[] = []
  if (items.nullable === true) {
    errors.push(forbidden(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${kind}`))
  }
  if (kind === 'set') return errors
  const needed = Array.isArray(items.required) ? items.required : []
  const keys = Array.isArray(schema['x-kubernetes-list-map-keys']) ? schema['x-kubernetes-list-map-keys'] : []
  const why = 'this property is in x-kubernetes-list-map-keys, so it'
  for (const key of keys.map(String)) {
    const property = objectAt(objectAt(items, 'properties') ?? {}, key)
    if (property === undefined) continue
    const field = `${path}.items.properties[${key}]`
    if (!needed.includes(key) && property.default === undefined) {
      errors.push(required(`${field}.default`, `${why} must have a default or be a required property`))
    }
    if (property.nullable === true) errors.push(forbidden(`${field}.nullable`, `${why} cannot be nullable`))
  }
  return errors
}
