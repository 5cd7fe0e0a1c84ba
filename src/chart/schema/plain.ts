import type { GoValue } from '../../go/index.ts'
import { type Draft, draftOfUrl } from './drafts.ts'
import { NumberLiteral } from './json.ts'

/**
 * Whether a schema uses only the usual keywords in their usual forms, so that the meta-schema of its draft accepts it. False
 * says nothing: then the meta-schema must be asked, which takes far longer to compile than most schemas take to be used.
 */
export function isPlainSchema(schema: GoValue, draft: Draft): boolean {
  return draft.version >= 6 && isSchema(schema, draft, true)
}

type Check = (value: GoValue, draft: Draft) => boolean

const TYPES = new Set(['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'])

const isText: Check = (value) => typeof value === 'string'
const isBoolean: Check = (value) => typeof value === 'boolean'
const isAnything: Check = () => true
const isNumber: Check = (value) => value instanceof NumberLiteral
const isCount: Check = (value) => value instanceof NumberLiteral && /^[0-9]{1,9}$/.test(value.literal)
const isSubschema: Check = (value, draft) => isSchema(value, draft, false)
const isSchemaMap: Check = (value, draft) =>
  value instanceof Map && [...value.values()].every((item) => isSchema(item, draft, false))
const isSchemaList: Check = (value, draft) =>
  Array.isArray(value) && value.length > 0 && value.every((item) => isSchema(item, draft, false))
const isTextSet: Check = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') && new Set(value).size === value.length

/** Keywords that every draft from 6 on reads alike in these forms. */
const checks: Readonly<Record<string, Check>> = {
  $comment: isText,
  title: isText,
  description: isText,
  default: isAnything,
  const: isAnything,
  format: isText,
  $ref: (value) => typeof value === 'string' && /^#(\/[\w.$-]+)*$/.test(value),
  type: (value, draft) =>
    typeof value === 'string'
      ? TYPES.has(value)
      : isSome(value) && value.every((item) => TYPES.has(String(item))) && isTextSet(value, draft),
  enum: (value, draft) => isSome(value) && isTextSet(value, draft),
  required: isTextSet,
  uniqueItems: isBoolean,
  minimum: isNumber,
  maximum: isNumber,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  minProperties: isCount,
  maxProperties: isCount,
  properties: isSchemaMap,
  definitions: isSchemaMap,
  $defs: isSchemaMap,
  additionalProperties: isSubschema,
  items: isSubschema,
  not: isSubschema,
  allOf: isSchemaList,
  anyOf: isSchemaList,
  oneOf: isSchemaList,
}

/** All other keywords that some meta-schema has a rule for. */
const special = new Set([
  'additionalItems',
  'contains',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
  'dependencies',
  'dependentRequired',
  'dependentSchemas',
  'deprecated',
  'else',
  'examples',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'if',
  'maxContains',
  'minContains',
  'multipleOf',
  'pattern',
  'patternProperties',
  'prefixItems',
  'propertyNames',
  'readOnly',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
  'writeOnly',
])

function isSchema(schema: GoValue, draft: Draft, isRoot: boolean): boolean {
  if (typeof schema === 'boolean') return true
  if (!(schema instanceof Map)) return false
  for (const [key, value] of schema) {
    const keyword = String(key)
    if (keyword === '$schema' && isRoot) {
      if (typeof value !== 'string' || draftOfUrl(value) !== draft) return false
      continue
    }
    const check = Object.hasOwn(checks, keyword) ? checks[keyword] : undefined
    if (check !== undefined ? !check(value, draft) : special.has(keyword) || keyword.startsWith('$')) return false
  }
  return true
}

function isSome(value: GoValue): value is GoValue[] {
  return Array.isArray(value) && value.length > 0
}
