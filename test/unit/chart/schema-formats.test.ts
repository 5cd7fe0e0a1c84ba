import { expect, test } from 'vitest'
import { checkAgainstSchema } from '../../../src/chart/index.ts'

const schema = Buffer.from(
  JSON.stringify({
    $schema: 'http://json-schema.org/draft-07/schema#',
    properties: { link: { type: 'string', format: 'uri-reference' } },
  }),
)

test('a bad escape in a link is named as Go names it', () => {
  expect(checkAgainstSchema(new Map([['link', '/a%zz']]), schema)).toContain('invalid URL escape "%zz"')
  expect(checkAgainstSchema(new Map([['link', '/a%20b']]), schema)).toBeUndefined()
})

test('formats bind by the older drafts only', () => {
  const values = new Map([['link', '/a%zz']])
  const newer = Buffer.from(
    schema
      .toString()
      .replace('http://json-schema.org/draft-07/schema#', 'https://json-schema.org/draft/2020-12/schema'),
  )
  expect(checkAgainstSchema(values, newer)).toBeUndefined()
})
