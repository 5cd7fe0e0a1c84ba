import { expect, test } from 'vitest'
import { schemaProblems } from '../../../../src/cluster/apiserver/extensions/schema-rules.ts'
import { testServer } from './harness.ts'

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const PATH = 'spec.validation.openAPIV3Schema'
const ADVICE =
  '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)'

const text = { type: 'string' }
const properties = {
  s: text,
  s8: { type: 'string', maxLength: 8000 },
  l: { type: 'array', items: text },
  few: { type: 'array', maxItems: 900, items: { type: 'string', maxLength: 90 } },
  numbers: { type: 'array', maxItems: 3000, items: { type: 'integer' } },
  m: { type: 'object', maxProperties: 500, additionalProperties: { type: 'string', maxLength: 50 } },
}
const definition = (rule: object, maxItems?: number): object => {
  const spec = { type: 'object', properties, 'x-kubernetes-validations': [rule] }
  const many = { type: 'array', items: spec, ...(maxItems !== undefined && { maxItems }) }
  const openAPIV3Schema = { type: 'object', properties: { spec: maxItems === 1 ? spec : many } }
  return {
    metadata: { name: 'costs.rules.example.com' },
    spec: {
      group: 'rules.example.com',
      scope: 'Namespaced',
      names: { plural: 'costs', kind: 'Cost' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  }
}
const causesOf = (answer: { body: unknown }): string[] =>
  (answer.body as { details?: { causes?: { field: string; message: string }[] } }).details?.causes?.map(
    ({ field, message }) => `${field}: ${message}`,
  ) ?? []

// The verdicts are those of kube-apiserver 1.36.2.
test.each<[rule: string, maxItems: number, factor: string | undefined]>([
  ['self.few.all(x, self.few.exists(y, x == y))', 1, '3.4x'],
  ['self.numbers.all(x, x > 3)', 1, undefined],
  ["self.l.all(x, x == 'a')", 1, undefined],
  ['self.few.isSorted()', 150, undefined],
  ['self.few.isSorted()', 2000, '6.7x'],
  ["self.s8.split(',').all(x, self.s8.contains(x))", 1, undefined],
  ["'a' in self.l", 150, '15.7x'],
  ['self.m.all(k, self.m[k] == k)', 5000, '2.0x'],
  ['self.numbers.distinct().size() == 1', 1, '1.8x'],
  ['self.few.sort() == self.few', 20, '3.4x'],
])('the cost of %s, %d times', async (rule, maxItems, factor) => {
  const server = await testServer()
  const answer = await server.call('POST', CRDS, definition({ rule }, maxItems))
  const [first] = causesOf(answer)
  expect(answer.status).toBe(factor === undefined ? 201 : 422)
  if (factor !== undefined) {
    expect(first).toContain(`.rule: Forbidden: estimated rule cost exceeds budget by factor of ${factor} ${ADVICE}`)
  }
})

test('a message counts as a rule does, once, and what is too much in all names the dearest', async () => {
  const server = await testServer()
  const rule = { rule: 'self.numbers.size() > 1', messageExpression: "'was ' + string(self.numbers.size())" }
  const field = `${PATH}.properties[spec].x-kubernetes-validations[0].messageExpression`
  const total = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema'
  expect(causesOf(await server.call('POST', CRDS, definition(rule, 1)))).toEqual([
    `${field}: Forbidden: estimated messageExpression cost exceeds budget by factor of more than 100x ${ADVICE}`,
    `${field}: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
    `${PATH}: Forbidden: ${total} exceeds budget by factor of more than 100x ${ADVICE}`,
  ])
})

test('an update that leaves a schema as it is may keep a rule that costs too much', () => {
  const rule = { rule: 'self.few.all(x, self.few.exists(y, x == y))' }
  const schema = { type: 'object', properties, 'x-kubernetes-validations': [rule] }
  expect(schemaProblems(schema, PATH, { withRules: true })).toHaveLength(1)
  expect(schemaProblems(schema, PATH, { withRules: true, isUnchanged: true })).toEqual([])
})
