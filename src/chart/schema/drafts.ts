/** A version of JSON schema. */
export interface Draft {
  readonly version: 4 | 6 | 7 | 2019 | 2020
  readonly url: string
  /** Keyword that holds the id. */
  readonly idKeyword: 'id' | '$id'
  /** Where sub-schemas stand: keyword, and whether it holds one, a map or a list of them. */
  readonly subschemas: readonly (readonly [keyword: string, holds: 'one' | 'map' | 'list'])[]
  readonly vocabularyPrefix: string
  readonly vocabularies: readonly string[]
  readonly defaultVocabularies: readonly string[]
}

const subschemas4: Draft['subschemas'] = [
  ['definitions', 'map'],
  ['not', 'one'],
  ['allOf', 'list'],
  ['anyOf', 'list'],
  ['oneOf', 'list'],
  ['properties', 'map'],
  ['additionalProperties', 'one'],
  ['patternProperties', 'map'],
  ['items', 'one'],
  ['items', 'list'],
  ['additionalItems', 'one'],
  ['dependencies', 'map'],
]
const subschemas6: Draft['subschemas'] = [...subschemas4, ['propertyNames', 'one'], ['contains', 'one']]
const subschemas7: Draft['subschemas'] = [...subschemas6, ['if', 'one'], ['then', 'one'], ['else', 'one']]
const subschemas2019: Draft['subschemas'] = [
  ...subschemas7,
  ['$defs', 'map'],
  ['dependentSchemas', 'map'],
  ['unevaluatedProperties', 'one'],
  ['unevaluatedItems', 'one'],
  ['contentSchema', 'one'],
]

const old = { vocabularyPrefix: '', vocabularies: [], defaultVocabularies: [] }

const draft4: Draft = {
  version: 4,
  url: 'http://json-schema.org/draft-04/schema',
  idKeyword: 'id',
  subschemas: subschemas4,
  ...old,
}
const draft6: Draft = {
  version: 6,
  url: 'http://json-schema.org/draft-06/schema',
  idKeyword: '$id',
  subschemas: subschemas6,
  ...old,
}
const draft7: Draft = {
  version: 7,
  url: 'http://json-schema.org/draft-07/schema',
  idKeyword: '$id',
  subschemas: subschemas7,
  ...old,
}
const draft2019: Draft = {
  version: 2019,
  url: 'https://json-schema.org/draft/2019-09/schema',
  idKeyword: '$id',
  subschemas: subschemas2019,
  vocabularyPrefix: 'https://json-schema.org/draft/2019-09/vocab/',
  vocabularies: ['core', 'applicator', 'validation', 'meta-data', 'format', 'content'],
  defaultVocabularies: ['core', 'applicator', 'validation'],
}

/** The draft of schemas that do not name one. */
export const latestDraft: Draft = {
  version: 2020,
  url: 'https://json-schema.org/draft/2020-12/schema',
  idKeyword: '$id',
  subschemas: [...subschemas2019, ['prefixItems', 'list']],
  vocabularyPrefix: 'https://json-schema.org/draft/2020-12/vocab/',
  vocabularies: [
    'core',
    'applicator',
    'unevaluated',
    'validation',
    'meta-data',
    'format-annotation',
    'format-assertion',
    'content',
  ],
  defaultVocabularies: ['core', 'applicator', 'unevaluated', 'validation'],
}

/** All drafts, oldest first. */
export const drafts: readonly Draft[] = [draft4, draft6, draft7, draft2019, latestDraft]

/** The draft that a `$schema` URL names, with http or https; undefined for any other URL. */
export function draftOfUrl(url: string): Draft | undefined {
  const plain = url.replace(/#$/, '').replace(/^https?:\/\//, '')
  if (plain === 'json-schema.org/schema') return latestDraft
  return drafts.find((draft) => draft.url.replace(/^https?:\/\//, '') === plain)
}

/** A draft and the vocabularies in force; undefined means the draft's defaults. */
export interface Dialect {
  readonly draft: Draft
  readonly vocabularies: readonly string[] | undefined
}

/** Whether the keywords of a vocabulary count. */
export function hasVocabulary(dialect: Dialect, name: string): boolean {
  if (name === 'core' || dialect.draft.version < 2019) return true
  return (dialect.vocabularies ?? dialect.draft.defaultVocabularies).includes(name)
}
