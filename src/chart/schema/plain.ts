import type { GoMap, GoValue } from '../../go/index.ts'
import { draftOfUrl, latestDraft } from './drafts.ts'
import { formatNamed } from './formats.ts'
import { jsonTypeOf } from './json.ts'

/**
 * Whether values surely satisfy a schema (the text of a JSON document) that uses only the usual keywords in their usual
 * forms. False says nothing: then the schema must be checked by its meta-schema, compiled and asked, which for most charts
 * takes longer than everything else.
 */
export function isSurelyValid(text: string, values: GoMap): boolean {
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    return false
  }
  const draft = plainDraft(root)
  return draft !== undefined && satisfies({ root: root as Json, checksFormats: draft < 2020, depth: 0 }, root, values)
}

type Json = Readonly<Record<string, unknown>>

/** Schemas nested, or referring to each other, deeper than this are not plain. */
const MAX_DEPTH = 100

const TYPES = new Set(['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'])

/** A form that a keyword of the schema `root` may have. */
type Form = (value: unknown, root: Json) => boolean

const isText: Form = (value) => typeof value === 'string'
const isAnything: Form = () => true
const isCount: Form = (value) => Number.isSafeInteger(value) && Number(value) >= 0
const isSchemaMap: Form = (value, root) => isObject(value) && Object.values(value).every((item) => isPlain(item, root))
const isSchemaList: Form = (value, root) => isSome(value) && value.every((item) => isPlain(item, root))
const isTextSet: Form = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string') && new Set(value).size === value.length

/** Keywords that every draft from 6 on reads alike in these forms. */
const forms: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['$comment', isText],
  ['title', isText],
  ['description', isText],
  ['default', isAnything],
  ['format', isText],
  ['$ref', (value, root) => typeof value === 'string' && target(root, value) !== undefined],
  [
    'type',
    (value) =>
      TYPES.has(String(value)) ||
      (isSome(value) && isTextSet(value, {}) && value.every((item) => TYPES.has(String(item)))),
  ],
  ['enum', (value) => isSome(value) && isTextSet(value, {})],
  ['required', isTextSet],
  ['minimum', Number.isSafeInteger],
  ['maximum', Number.isSafeInteger],
  ['minLength', isCount],
  ['maxLength', isCount],
  ['minItems', isCount],
  ['maxItems', isCount],
  ['properties', isSchemaMap],
  ['definitions', isSchemaMap],
  ['$defs', isSchemaMap],
  ['additionalProperties', isPlain],
  ['items', isPlain],
  ['allOf', isSchemaList],
  ['anyOf', isSchemaList],
])

/** All other keywords that some draft has a rule for. */
const special = new Set([
  'additionalItems',
  'const',
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
  'maxProperties',
  'minContains',
  'minProperties',
  'multipleOf',
  'not',
  'oneOf',
  'pattern',
  'patternProperties',
  'prefixItems',
  'propertyNames',
  'readOnly',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
  'uniqueItems',
  'writeOnly',
])

/** The draft by which a schema is read that uses only the forms above; undefined for any other schema. */
function plainDraft(root: unknown): number | undefined {
  if (!isObject(root)) return undefined
  const { $schema, ...others } = root
  const draft = $schema === undefined ? latestDraft : typeof $schema === 'string' ? draftOfUrl($schema) : undefined
  return draft !== undefined && draft.version >= 6 && isPlain(others, root) ? draft.version : undefined
}

function isPlain(schema: unknown, root: Json): boolean {
  if (typeof schema === 'boolean') return true
  if (!isObject(schema)) return false
  for (const keyword in schema) {
    const form = forms.get(keyword)
    if (form === undefined ? special.has(keyword) || keyword.startsWith('$') : !form(schema[keyword], root))
      return false
  }
  return true
}

/** The schema that a reference means: the whole, or one of the definitions. */
function target(root: Json, reference: string): unknown {
  if (reference === '#') return root
  const [, group = '', name = ''] = /^#\/(definitions|\$defs)\/([\w.-]+)$/.exec(reference) ?? []
  const definitions = root[group]
  return isObject(definitions) && Object.hasOwn(definitions, name) ? definitions[name] : undefined
}

interface Place {
  readonly root: Json
  /** Formats bind, as they do in the older drafts. */
  readonly checksFormats: boolean
  readonly depth: number
}

function satisfies(place: Place, schema: unknown, value: GoValue): boolean {
  if (typeof schema === 'boolean') return schema
  if (!isObject(schema) || place.depth > MAX_DEPTH) return false
  const inner = { ...place, depth: place.depth + 1 }
  for (const keyword in schema) {
    if (!holds(inner, schema, keyword, value)) return false
  }
  return true
}

function holds(place: Place, schema: Json, keyword: string, value: GoValue): boolean {
  const rule = schema[keyword]
  switch (keyword) {
    case 'type':
      return Array.isArray(rule) ? rule.some((type) => hasType(value, type)) : hasType(value, rule)
    case 'format':
      return !place.checksFormats || formatNamed(String(rule))?.check(value) === undefined
    case 'enum':
      return Array.isArray(rule) && rule.includes(value)
    case '$ref':
      return satisfies(place, target(place.root, String(rule)), value)
    case 'allOf':
      return Array.isArray(rule) && rule.every((item) => satisfies(place, item, value))
    case 'anyOf':
      return Array.isArray(rule) && rule.some((item) => satisfies(place, item, value))
    case 'minimum':
    case 'maximum':
      return isWithin(value, keyword, Number(rule))
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
      return !(typeof value === 'string' || Array.isArray(value)) || isSized(value, keyword, Number(rule))
    case 'items':
      return !Array.isArray(value) || value.every((item) => satisfies(place, rule, item))
    case 'required':
      return !(value instanceof Map) || (Array.isArray(rule) && rule.every((name) => value.has(name)))
    case 'properties':
      return !(value instanceof Map && isObject(rule)) || hasProperties(place, rule, value)
    case 'additionalProperties': {
      if (!(value instanceof Map) || rule === true) return true
      const named = isObject(schema.properties) ? schema.properties : {}
      for (const [key, item] of value) {
        if (!Object.hasOwn(named, String(key)) && !satisfies(place, rule, item)) return false
      }
      return true
    }
    default:
      return true
  }
}

function hasProperties(place: Place, properties: Json, value: GoMap): boolean {
  for (const name in properties) {
    if (value.has(name) && !satisfies(place, properties[name], value.get(name))) return false
  }
  return true
}

function hasType(value: GoValue, type: unknown): boolean {
  if (type !== 'integer') return type !== undefined && jsonTypeOf(value) === type
  return typeof value === 'bigint' || Number.isInteger(value)
}

function isWithin(value: GoValue, keyword: 'minimum' | 'maximum', bound: number): boolean {
  const type = jsonTypeOf(value)
  if (type !== 'number') return type !== undefined
  if (typeof value !== 'number' && typeof value !== 'bigint') return false
  return keyword === 'minimum' ? value >= bound : value <= bound
}

/** Lengths count characters; bounds on the other type do not matter. */
function isSized(value: string | readonly GoValue[], keyword: string, bound: number): boolean {
  if (keyword.endsWith('Length') !== (typeof value === 'string')) return true
  const size = typeof value === 'string' ? [...value].length : value.length
  return keyword.startsWith('min') ? size >= bound : size <= bound
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSome(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0
}
