import {
  boolAt,
  type Json,
  type JsonObject,
  jsonEqual,
  listAt,
  objectAt,
  stringAt,
  valueAt,
} from '../../../api/index.ts'
import { isObject } from '../clone.ts'

/** How a field of a schema is printed: as a text, number, flag, pointer, schema, list or map of schemas, or one of the odd forms. */
type Form = 'text' | 'flag' | 'value' | 'list' | 'schema' | 'schemas' | 'map' | 'items' | 'boolOrSchema' | 'rules'

/** Fields of Kubernetes' internal JSON schema in their order: Go's name, the name in JSON, the form. */
const FIELDS: readonly (readonly [goName: string, key: string, form: Form])[] = [
  ['ID', 'id', 'text'],
  ['Schema', '$schema', 'text'],
  ['Ref', '$ref', 'value'],
  ['Description', 'description', 'text'],
  ['Type', 'type', 'text'],
  ['Nullable', 'nullable', 'flag'],
  ['Format', 'format', 'text'],
  ['Title', 'title', 'text'],
  ['Default', 'default', 'value'],
  ['Maximum', 'maximum', 'value'],
  ['ExclusiveMaximum', 'exclusiveMaximum', 'flag'],
  ['Minimum', 'minimum', 'value'],
  ['ExclusiveMinimum', 'exclusiveMinimum', 'flag'],
  ['MaxLength', 'maxLength', 'value'],
  ['MinLength', 'minLength', 'value'],
  ['Pattern', 'pattern', 'text'],
  ['MaxItems', 'maxItems', 'value'],
  ['MinItems', 'minItems', 'value'],
  ['UniqueItems', 'uniqueItems', 'flag'],
  ['MultipleOf', 'multipleOf', 'value'],
  ['Enum', 'enum', 'list'],
  ['MaxProperties', 'maxProperties', 'value'],
  ['MinProperties', 'minProperties', 'value'],
  ['Required', 'required', 'list'],
  ['Items', 'items', 'items'],
  ['AllOf', 'allOf', 'schemas'],
  ['OneOf', 'oneOf', 'schemas'],
  ['AnyOf', 'anyOf', 'schemas'],
  ['Not', 'not', 'schema'],
  ['Properties', 'properties', 'map'],
  ['AdditionalProperties', 'additionalProperties', 'boolOrSchema'],
  ['PatternProperties', 'patternProperties', 'map'],
  ['Dependencies', 'dependencies', 'map'],
  ['AdditionalItems', 'additionalItems', 'boolOrSchema'],
  ['Definitions', 'definitions', 'map'],
  ['ExternalDocs', 'externalDocs', 'value'],
  ['Example', 'example', 'value'],
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields', 'value'],
  ['XEmbeddedResource', 'x-kubernetes-embedded-resource', 'flag'],
  ['XIntOrString', 'x-kubernetes-int-or-string', 'flag'],
  ['XListMapKeys', 'x-kubernetes-list-map-keys', 'list'],
  ['XListType', 'x-kubernetes-list-type', 'value'],
  ['XMapType', 'x-kubernetes-map-type', 'value'],
  ['XValidations', 'x-kubernetes-validations', 'rules'],
]

/** A schema as Kubernetes prints its internal form in findings: all fields, by Go's names. */
export function printSchema(schema: JsonObject): JsonObject {
  return Object.fromEntries(FIELDS.map(([name, key, form]) => [name, printField(schema[key], form)]))
}

function printField(value: Json | undefined, form: Form): Json {
  switch (form) {
    case 'text':
      return typeof value === 'string' ? value : ''
    case 'flag':
      return value === true
    case 'value':
    case 'list':
      return value ?? null
    case 'schema':
      return isObject(value) ? printSchema(value as JsonObject) : null
    case 'schemas':
      return schemasOf(value)
    case 'map':
      return mapOf(value)
    case 'items':
      if (Array.isArray(value)) return { Schema: null, JSONSchemas: schemasOf(value) }
      return isObject(value) ? { Schema: printSchema(value as JsonObject), JSONSchemas: null } : null
    case 'boolOrSchema':
      if (typeof value === 'boolean') return { Allows: value, Schema: null }
      return isObject(value) ? { Allows: true, Schema: printSchema(value as JsonObject) } : null
    case 'rules':
      return Array.isArray(value) ? value.map((rule) => printRule(rule as JsonObject)) : null
  }
}

function schemasOf(value: Json | undefined): Json {
  return Array.isArray(value) ? value.map((each) => (isObject(each) ? printSchema(each as JsonObject) : each)) : null
}

function mapOf(value: Json | undefined): Json {
  if (!isObject(value)) return null
  const entries = Object.entries(value as JsonObject).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    entries.map(([key, each]) => [key, isObject(each) ? printSchema(each as JsonObject) : each]),
  )
}

function printRule(rule: JsonObject): JsonObject {
  return {
    Rule: stringAt(rule, 'rule'),
    Message: stringAt(rule, 'message'),
    MessageExpression: stringAt(rule, 'messageExpression'),
    Reason: valueAt(rule, 'reason') ?? null,
    FieldPath: stringAt(rule, 'fieldPath'),
    OptionalOldSelf: valueAt(rule, 'optionalOldSelf') ?? null,
  }
}

/** The versions of a definition in Kubernetes' internal form, where what is the same in all of them stands elsewhere. */
export function printVersions(versions: readonly JsonObject[]): Json {
  const own = (version: JsonObject, key: string): Json => {
    const shared = versions.every((each) => jsonEqual(each[key] ?? null, versions[0]?.[key] ?? null))
    return shared ? null : (version[key] ?? null)
  }
  return versions.map((version) => ({
    Name: stringAt(version, 'name'),
    Served: boolAt(version, 'served'),
    Storage: boolAt(version, 'storage'),
    Deprecated: boolAt(version, 'deprecated'),
    DeprecationWarning: valueAt(version, 'deprecationWarning') ?? null,
    Schema: printHolder(own(version, 'schema')),
    Subresources: printSubresources(own(version, 'subresources')),
    AdditionalPrinterColumns: printColumns(own(version, 'additionalPrinterColumns')),
    SelectableFields: printFields(own(version, 'selectableFields')),
  }))
}

function printHolder(value: Json): Json {
  if (!isObject(value)) return null
  const schema = objectAt(value, 'openAPIV3Schema')
  return { OpenAPIV3Schema: schema ? printSchema(schema) : null }
}

function printSubresources(value: Json): Json {
  if (!isObject(value)) return null
  const scale = objectAt(value, 'scale')
  return {
    Status: objectAt(value, 'status') ? {} : null,
    Scale: scale
      ? {
          SpecReplicasPath: stringAt(scale, 'specReplicasPath'),
          StatusReplicasPath: stringAt(scale, 'statusReplicasPath'),
          LabelSelectorPath: valueAt(scale, 'labelSelectorPath') ?? null,
        }
      : null,
  }
}

function printColumns(value: Json): Json {
  if (!Array.isArray(value)) return null
  return listAt({ value }, 'value').map((column) => ({
    Name: stringAt(column, 'name'),
    Type: stringAt(column, 'type'),
    Format: stringAt(column, 'format'),
    Description: stringAt(column, 'description'),
    Priority: valueAt(column, 'priority') ?? 0,
    JSONPath: stringAt(column, 'jsonPath'),
  }))
}

function printFields(value: Json): Json {
  return Array.isArray(value)
    ? listAt({ value }, 'value').map((each) => ({ JSONPath: stringAt(each, 'jsonPath') }))
    : null
}
