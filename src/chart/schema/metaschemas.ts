import draft04 from 'ajv-draft-04/dist/refs/json-schema-draft-04.json' with { type: 'json' }
import applicator2019 from 'ajv/dist/refs/json-schema-2019-09/meta/applicator.json' with { type: 'json' }
import content2019 from 'ajv/dist/refs/json-schema-2019-09/meta/content.json' with { type: 'json' }
import core2019 from 'ajv/dist/refs/json-schema-2019-09/meta/core.json' with { type: 'json' }
import format2019 from 'ajv/dist/refs/json-schema-2019-09/meta/format.json' with { type: 'json' }
import metadata2019 from 'ajv/dist/refs/json-schema-2019-09/meta/meta-data.json' with { type: 'json' }
import validation2019 from 'ajv/dist/refs/json-schema-2019-09/meta/validation.json' with { type: 'json' }
import schema2019 from 'ajv/dist/refs/json-schema-2019-09/schema.json' with { type: 'json' }
import applicator2020 from 'ajv/dist/refs/json-schema-2020-12/meta/applicator.json' with { type: 'json' }
import content2020 from 'ajv/dist/refs/json-schema-2020-12/meta/content.json' with { type: 'json' }
import core2020 from 'ajv/dist/refs/json-schema-2020-12/meta/core.json' with { type: 'json' }
import format2020 from 'ajv/dist/refs/json-schema-2020-12/meta/format-annotation.json' with { type: 'json' }
import metadata2020 from 'ajv/dist/refs/json-schema-2020-12/meta/meta-data.json' with { type: 'json' }
import unevaluated2020 from 'ajv/dist/refs/json-schema-2020-12/meta/unevaluated.json' with { type: 'json' }
import validation2020 from 'ajv/dist/refs/json-schema-2020-12/meta/validation.json' with { type: 'json' }
import schema2020 from 'ajv/dist/refs/json-schema-2020-12/schema.json' with { type: 'json' }
import draft06 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' }
import draft07 from 'ajv/dist/refs/json-schema-draft-07.json' with { type: 'json' }
import type { GoValue } from '../../go/index.ts'
import { NumberLiteral } from './json.ts'

const text = { type: 'string' }

const sources: Readonly<Record<string, unknown>> = {
  'draft-04/schema': { ...draft04, properties: { ...draft04.properties, $ref: text, format: text } },
  'draft-06/schema': draft06,
  'draft-07/schema': {
    ...draft07,
    properties: { ...draft07.properties, writeOnly: { type: 'boolean', default: false } },
  },
  'draft/2019-09/schema': schema2019,
  'draft/2019-09/meta/core': core2019,
  'draft/2019-09/meta/applicator': applicator2019,
  'draft/2019-09/meta/validation': validation2019,
  'draft/2019-09/meta/meta-data': metadata2019,
  'draft/2019-09/meta/format': format2019,
  'draft/2019-09/meta/content': content2019,
  'draft/2020-12/schema': schema2020,
  'draft/2020-12/meta/core': core2020,
  'draft/2020-12/meta/applicator': applicator2020,
  'draft/2020-12/meta/unevaluated': unevaluated2020,
  'draft/2020-12/meta/validation': validation2020,
  'draft/2020-12/meta/meta-data': metadata2020,
  'draft/2020-12/meta/content': content2020,
  'draft/2020-12/meta/format-annotation': format2020,
  'draft/2020-12/meta/format-assertion': {
    ...format2020,
    $id: 'https://json-schema.org/draft/2020-12/meta/format-assertion',
    $vocabulary: { 'https://json-schema.org/draft/2020-12/vocab/format-assertion': true },
    title: 'Format vocabulary meta-schema for assertion results',
  },
  schema: schema2020,
}

const loaded = new Map<string, GoValue>()

/** The meta-schema at a json-schema.org URL; undefined for other URLs. */
export function metaschemaAt(url: string): GoValue {
  const path = /^https?:\/\/json-schema\.org\/(.*)$/.exec(url)?.[1]
  if (path === undefined || !Object.hasOwn(sources, path)) return undefined
  let document = loaded.get(path)
  if (document === undefined) {
    document = toGoValue(sources[path])
    loaded.set(path, document)
  }
  return document
}

function toGoValue(value: unknown): GoValue {
  if (Array.isArray(value)) return value.map(toGoValue)
  if (typeof value === 'number') return new NumberLiteral(String(value))
  if (typeof value !== 'object' || value === null) return value as GoValue
  return new Map(Object.entries(value).map(([key, item]) => [key, toGoValue(item)]))
}
