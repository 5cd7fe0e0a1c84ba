import lists from './lists.json' with { type: 'json' }
import type { FuzzCase } from '../case.ts'
import type { Random } from '../random.ts'
import { patternText } from './patterns.ts'

const drafts = [
  'http://json-schema.org/draft-04/schema#',
  'http://json-schema.org/draft-06/schema#',
  'http://json-schema.org/draft-07/schema#',
  'https://json-schema.org/draft/2019-09/schema',
  'https://json-schema.org/draft/2020-12/schema',
]
const { schemaFormats: formats } = lists
const { schemaSamples: samples } = lists
const properties = ['a', 'b', 'c']

type Schema = boolean | Record<string, unknown>

/** A chart with a schema and values that meet it or not. */
export function schemaCase(random: Random): FuzzCase {
  const root: Record<string, unknown> = {
    ...objectSchema(random, 3),
    ...(random.chance(0.8) ? { $schema: random.pick(drafts) } : {}),
  }
  if (random.chance(0.3)) root[random.pick(['definitions', '$defs'])] = { p: schema(random, 1), q: schema(random, 1) }
  if (random.chance(0.02)) root.$schema = random.pick(['', 1, 'http://json-schema.org/schema#'])
  const text = JSON.stringify(root)
  const files: Record<string, string> = {
    'values.schema.json': random.chance(0.03) ? text.slice(0, random.int(text.length)) : text,
    'values.yaml': '{}\n',
    'templates/t.yaml': 'is: fine',
  }
  if (random.chance(0.1)) {
    files['charts/s/Chart.yaml'] = '{apiVersion: v2, name: s, version: 0.1.0}\n'
    files['charts/s/values.schema.json'] = JSON.stringify(objectSchema(random, 1))
  }
  const values: Record<string, unknown> = {}
  for (const key of [...properties, 'd', 's']) if (random.chance(0.75)) values[key] = value(random, 2)
  return { files, valueFiles: [`${JSON.stringify(values)}\n`] }
}

function value(random: Random, depth: number): unknown {
  return random.weighted<unknown>([
    [3, () => random.pick([0, 1, -1, 2, 3, 1.5, 10, 1e21, 0.1, 4, 100])],
    [3, () => random.pick(samples)],
    [1, () => random.pick(['x', 'abc', 'long text here', '日本'])],
    [2, () => random.pick([true, false, null])],
    [depth > 0 ? 2 : 0, () => random.some(0, 4, () => value(random, depth - 1))],
    [
      depth > 0 ? 2 : 0,
      () =>
        Object.fromEntries(
          random.some(0, 3, () => [random.pick([...properties, 'xy', 'é']), value(random, depth - 1)]),
        ),
    ],
  ])
}

function objectSchema(random: Random, depth: number): Record<string, unknown> {
  const out: Record<string, unknown> = {
    type: 'object',
    properties: Object.fromEntries(
      properties.filter(() => random.chance(0.7)).map((key) => [key, schema(random, depth - 1)]),
    ),
  }
  if (random.chance(0.2)) out.required = random.some(1, 2, () => random.pick([...properties, 'zz']))
  if (random.chance(0.12)) out.additionalProperties = random.chance(0.6) ? false : schema(random, depth - 1)
  return out
}

function schema(random: Random, depth: number): Schema {
  if (random.chance(0.03)) return random.chance(0.5)
  if (depth > 0 && random.chance(0.12)) return objectSchema(random, depth)
  const out: Record<string, unknown> = {}
  for (const [name, make] of random.some(1, 3, () => random.pick(keywords))) out[name] = make(random, depth)
  if (random.chance(0.02)) out[random.pick(keywords)[0]] = random.pick([1, 'x', null, [], {}, -1, true])
  return out
}

const sub = (random: Random, depth: number): Schema =>
  depth > 0
    ? schema(random, depth - 1)
    : { type: random.pick(['string', 'number', 'integer', 'object', 'array', 'boolean', 'null']) }
const subs = (random: Random, depth: number): Schema[] => random.some(1, 3, () => sub(random, depth))
const count = (random: Random): number => random.pick([0, 1, 2, 3])
const few = (random: Random): number => random.pick([0, 1, 2, 1.5, 10, -1])
const named = (random: Random, depth: number): Record<string, Schema> =>
  Object.fromEntries(random.some(1, 2, () => [random.pick([...properties, 'zz']), sub(random, depth)]))

const keywords: readonly (readonly [string, (random: Random, depth: number) => unknown])[] = [
  [
    'type',
    (random) =>
      random.chance(0.75)
        ? random.pick(['string', 'number', 'integer', 'object', 'array', 'boolean', 'null'])
        : random.some(1, 3, () => random.pick(['string', 'integer', 'null', 'array'])),
  ],
  ['type', (random) => random.pick(['string', 'integer', 'number', 'object', 'array'])],
  [
    'enum',
    (random) => random.some(1, 4, () => random.pick<unknown>([1, 'x', null, true, [], {}, 'a', 1.5, [1], { a: 1 }])),
  ],
  ['const', (random) => random.pick<unknown>([1, 'x', null, true, [], { a: 1 }, [1, 'x']])],
  ['minimum', few],
  ['maximum', few],
  ['exclusiveMinimum', (random) => (random.chance(0.7) ? few(random) : random.chance(0.5))],
  ['exclusiveMaximum', (random) => (random.chance(0.7) ? few(random) : random.chance(0.5))],
  ['multipleOf', (random) => random.pick([1, 2, 0.1, 3, 0.01, 1.5])],
  ['minLength', count],
  ['maxLength', count],
  ['pattern', patternText],
  ['format', (random) => random.pick(formats)],
  ['format', (random) => random.pick(formats)],
  ['minItems', count],
  ['maxItems', count],
  ['uniqueItems', (random) => random.chance(0.8)],
  ['items', (random, depth) => (random.chance(0.7) ? sub(random, depth) : subs(random, depth))],
  ['additionalItems', (random, depth) => (random.chance(0.5) ? false : sub(random, depth))],
  ['prefixItems', subs],
  ['contains', sub],
  ['minContains', count],
  ['maxContains', count],
  ['unevaluatedItems', (random, depth) => (random.chance(0.6) ? false : sub(random, depth))],
  ['minProperties', count],
  ['maxProperties', count],
  ['required', (random) => random.some(1, 3, () => random.pick([...properties, 'zz']))],
  ['properties', named],
  [
    'patternProperties',
    (random, depth) => ({ [random.pick(['^a', 'x', '.', patternText(random)])]: sub(random, depth) }),
  ],
  ['additionalProperties', (random, depth) => (random.chance(0.6) ? false : sub(random, depth))],
  ['unevaluatedProperties', (random, depth) => (random.chance(0.6) ? false : sub(random, depth))],
  ['propertyNames', sub],
  [
    'dependencies',
    (random, depth) => ({
      [random.pick(properties)]: random.chance(0.5) ? [random.pick(properties), 'zz'] : sub(random, depth),
    }),
  ],
  ['dependentRequired', (random) => ({ [random.pick(properties)]: [random.pick(properties), 'zz'] })],
  ['dependentSchemas', named],
  ['allOf', subs],
  ['anyOf', subs],
  ['oneOf', subs],
  ['not', sub],
  ['if', sub],
  ['then', sub],
  ['else', sub],
  [
    '$ref',
    (random) =>
      random.pick([
        '#/definitions/p',
        '#/$defs/p',
        '#/definitions/q',
        '#',
        '#/properties/a',
        '#/nope',
        '#anchor',
        'other.json',
        '#/$defs/q',
      ]),
  ],
  ['contentEncoding', (random) => random.pick(['base64', 'x'])],
  ['contentMediaType', () => 'application/json'],
  ['contentSchema', sub],
  ['title', () => 't'],
  ['default', () => 1],
  ['readOnly', () => true],
  ['$comment', () => 'c'],
  ['examples', () => [1]],
  ['$anchor', () => 'anchor'],
  ['deprecated', () => true],
]
