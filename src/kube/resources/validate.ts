import { KubeClientError } from '../errors.ts'

/**
 * What clients check themselves before a server that validates fields sees the object: `apiVersion` and `kind`. As
 * kubectl's validator against such a server. Throws `error validating "": …`.
 */
export function checkTypeIsSet(object: Readonly<Record<string, unknown>>): void {
  const complaints: string[] = []
  for (const field of ['apiVersion', 'kind'] as const) {
    const value = object[field]
    if (value === undefined || value === null) complaints.push(`${field} not set`)
    else if (typeof value !== 'string') complaints.push(`${field} isn't string type`)
  }
  if (complaints.length === 0 && hasOddVersion(object)) {
    complaints.push(`unexpected GroupVersion string: ${object.apiVersion}`)
  }
  if (complaints.length === 0) return
  const text = complaints.length === 1 ? complaints[0] : `[${complaints.join(', ')}]`
  throw new KubeClientError('INVALID_OBJECT', `error validating "": error validating data: ${text}`)
}

/** Whether `apiVersion` is neither a version nor a group and a version; such objects have no kind for Go. */
export function hasOddVersion({ apiVersion }: Readonly<Record<string, unknown>>): boolean {
  return typeof apiVersion === 'string' && apiVersion.split('/').length > 2
}

type FieldType = 'string' | 'int64' | 'map' | 'owners' | 'strings' | 'fields' | 'time'

const META_FIELDS: Readonly<Record<string, FieldType>> = {
  annotations: 'map',
  creationTimestamp: 'time',
  deletionGracePeriodSeconds: 'int64',
  deletionTimestamp: 'time',
  finalizers: 'strings',
  generateName: 'string',
  generation: 'int64',
  labels: 'map',
  managedFields: 'fields',
  name: 'string',
  namespace: 'string',
  ownerReferences: 'owners',
  resourceVersion: 'string',
  selfLink: 'string',
  uid: 'string',
}

const GO_TYPES: Readonly<Record<FieldType, string>> = {
  string: 'string',
  int64: 'int64',
  map: 'map[string]string',
  owners: '[]v1.OwnerReference',
  strings: '[]string',
  fields: '[]v1.ManagedFieldsEntry',
  time: 'v1.Time',
}

/**
 * Checks that `metadata` has the types of ObjectMeta; throws the first finding in Go's words
 * (`json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string`), keys in sorted order.
 */
export function checkMetadataTypes(object: Readonly<Record<string, unknown>>): void {
  const { metadata } = object
  if (metadata === undefined || metadata === null) return
  if (typeof metadata !== 'object' || Array.isArray(metadata)) {
    fail(metadata, 'metadataOnlyObject.metadata', 'v1.ObjectMeta')
  }
  const fields = metadata as Record<string, unknown>
  for (const field of Object.keys(fields).sort()) {
    const type = META_FIELDS[field]
    const value = fields[field]
    if (type === undefined || value === null || value === undefined) continue
    checkField(field, type, value)
  }
}

function checkField(field: string, type: FieldType, value: unknown): void {
  const place = `ObjectMeta.metadata.${field}`
  if (type === 'string' && typeof value !== 'string') fail(value, place, 'string')
  if (type === 'int64' && !Number.isInteger(value)) fail(value, place, 'int64')
  if (type === 'map') {
    if (typeof value !== 'object' || Array.isArray(value)) fail(value, place, GO_TYPES.map)
    const entries = value as Record<string, unknown>
    for (const key of Object.keys(entries).sort()) {
      const item = entries[key]
      if (item !== null && typeof item !== 'string') fail(item, place, 'string')
    }
  }
  if ((type === 'strings' || type === 'owners' || type === 'fields') && !Array.isArray(value)) {
    fail(value, place, GO_TYPES[type])
  }
  if (type === 'strings') {
    for (const item of value as unknown[]) if (item !== null && typeof item !== 'string') fail(item, place, 'string')
  }
}

function fail(value: unknown, place: string, type: string): never {
  const text = `json: cannot unmarshal ${jsonKind(value)}${type === 'int64' && typeof value === 'number' ? ` ${value}` : ''} into Go struct field ${place} of type ${type}`
  throw new KubeClientError('INVALID_OBJECT', text)
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return 'number'
  return typeof value === 'string' ? 'string' : 'object'
}
