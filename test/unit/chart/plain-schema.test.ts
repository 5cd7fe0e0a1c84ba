import { expect, test } from 'vitest'
import { draftOfUrl, latestDraft } from '../../../src/chart/schema/drafts.ts'
import { parseSchemaDocument } from '../../../src/chart/schema/json.ts'
import { isPlainSchema } from '../../../src/chart/schema/plain.ts'

const isPlain = (text: string, url?: string) =>
  isPlainSchema(parseSchemaDocument(text), url === undefined ? latestDraft : (draftOfUrl(url) ?? latestDraft))

const draft7 = 'http://json-schema.org/draft-07/schema#'

test.each([
  ['true'],
  [
    '{"$schema":"http://json-schema.org/schema#","type":"object","properties":{"a":{"type":["string","null"],"form":true}}}',
  ],
  ['{"$ref":"#/$defs/a.b","$defs":{"a.b":{"enum":["x","y"],"minLength":3}}}'],
  ['{"allOf":[{"required":["a"]}],"additionalProperties":false,"hidden":{"type":7}}'],
])('%s needs no meta-schema', (text) => {
  expect(isPlain(text)).toBe(true)
})

test.each([
  ['{"type":"text"}'],
  ['{"type":[]}'],
  ['{"properties":{"a":{"required":"b"}}}'],
  ['{"required":["a","a"]}'],
  ['{"minLength":-1}'],
  ['{"items":[{}]}'],
  ['{"pattern":"("}'],
  ['{"$id":"x"}'],
  ['{"anyOf":[]}'],
  ['{"properties":{"a":{"$schema":"http://json-schema.org/draft-07/schema#"}}}'],
  ['{"properties":{"a":7}}'],
  [`{"$schema":"${draft7}"}`],
])('%s is a case for the meta-schema', (text) => {
  expect(isPlain(text)).toBe(false)
})

test('draft 4 is a case for its meta-schema, since it has no boolean schemas', () => {
  expect(isPlain('{"type":"object"}', 'http://json-schema.org/draft-04/schema#')).toBe(false)
  expect(isPlain(`{"$schema":"${draft7}"}`, draft7)).toBe(true)
})
