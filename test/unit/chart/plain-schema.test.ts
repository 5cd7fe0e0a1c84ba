import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkAgainstSchema } from '../../../src/chart/schema/validate.ts'
import { isSurelyValid } from '../../../src/chart/schema/plain.ts'
import { parseYamlValues } from '../../../src/encoding/index.ts'

const values = parseYamlValues('{a: x, n: 3, f: 1.5, list: [1, 2], none: null, deep: {b: true}}')

test.each([
  [
    '{"$schema":"http://json-schema.org/schema#","type":"object","properties":{"a":{"type":["string","null"],"form":true}}}',
  ],
  ['{"properties":{"a":{"$ref":"#/$defs/t.x"}},"$defs":{"t.x":{"enum":["x","y"],"minLength":1,"maxLength":1}}}'],
  ['{"allOf":[{"required":["a"]}],"properties":{"n":{"type":"integer","minimum":3,"maximum":3}},"hidden":{"type":7}}'],
  ['{"properties":{"list":{"items":{"type":"number"},"minItems":2},"none":{"type":"null"}}}'],
  ['{"anyOf":[{"type":"string"},{"properties":{"deep":{"additionalProperties":{"type":"boolean"}}}}]}'],
])('%s is surely satisfied', (text) => {
  expect(isSurelyValid(text, values)).toBe(true)
  expect(checkAgainstSchema(values, Buffer.from(text))).toBeUndefined()
})

test.each([
  ['{"type":"text"}'],
  ['{"properties":{"x":{"required":"b"}}}'],
  ['{"required":["a","a"]}'],
  ['{"properties":{"x":{"$ref":"#/definitions/missing"}}}'],
  ['{"$ref":"#"}'],
  ['{"items":[{}]}'],
  ['{"properties":{"x":{"pattern":"("}}}'],
  ['{"$id":"x"}'],
  ['{"properties":{"a":{"$schema":"http://json-schema.org/draft-07/schema#"}}}'],
  ['{"properties":{"a":7}}'],
  ['{"$schema":"http://json-schema.org/draft-04/schema#"}'],
  ['{"$schema":"http://example.com/schema"}'],
  ['{"type":"object"'],
])('%s is not plain', (text) => {
  expect(isSurelyValid(text, values)).toBe(false)
})

test('what is surely valid is valid', () => {
  const count = fc.nat(4)
  const leaf = fc.oneof(
    fc.record({ type: fc.constantFrom('string', 'integer', 'number', 'array', 'object', 'null', 'boolean') }),
    fc.record({ enum: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1 }) }),
    fc.record({ minimum: count, maximum: count, minLength: count, maxItems: count }, { requiredKeys: [] }),
    fc.record({ required: fc.uniqueArray(fc.constantFrom('a', 'b', 'n')) }),
    fc.boolean(),
  )
  const { schema } = fc.letrec((tie) => ({
    schema: fc.oneof({ maxDepth: 3 }, leaf, tie('tree')),
    tree: fc.record(
      {
        properties: fc.dictionary(fc.constantFrom('a', 'n', 'f', 'list', 'none', 'deep', 'b'), tie('schema')),
        additionalProperties: tie('schema'),
        items: tie('schema'),
        anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
        allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
  }))
  let surely = 0
  fc.assert(
    fc.property(schema, (document) => {
      const text = JSON.stringify(document)
      if (!isSurelyValid(text, values)) return
      surely++
      // An unusual keyword that says nothing makes the complete way necessary.
      const complete = typeof document === 'object' ? JSON.stringify({ ...document, minProperties: 0 }) : text
      expect(checkAgainstSchema(values, Buffer.from(complete))).toBeUndefined()
    }),
    { numRuns: 500 },
  )
  expect(surely).toBeGreaterThan(20)
})
