import { beforeAll, describe, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const GEARS = '/apis/rules.example.com/v1/namespaces/default/gears'
const MERGE = { headers: { 'content-type': 'application/merge-patch+json' } }
const causes = (answer: { body: unknown }): string[] =>
  (answer.body as { details?: { causes?: { field: string; message: string }[] } }).details?.causes?.map(
    ({ field, message }) => `${field}: ${message}`,
  ) ?? []

const properties = {
  size: { type: 'integer' },
  max: { type: 'integer', default: 10 },
  kind: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'kind stays' }] },
  m: { type: 'object', additionalProperties: { type: 'string' } },
  quantity: { 'x-kubernetes-int-or-string': true },
  ports: {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    items: {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string' },
        port: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'ports grow' }] },
      },
    },
  },
}
const rules: object[] = [
  {
    rule: 'self.size <= self.max',
    messageExpression: "'size %d over %d'.format([self.size, self.max])",
    fieldPath: '.size',
  },
  {
    rule: '!oldSelf.hasValue() || oldSelf.value().size <= self.size',
    optionalOldSelf: true,
    message: 'only grows',
    reason: 'FieldValueForbidden',
  },
  { rule: "!has(self.m) || self.m.all(k, self.m[k] != 'x')" },
  { rule: '!has(self.quantity) || self.quantity + 1 > 3' },
]
const definition = (more: object[] = []): object => ({
  metadata: { name: 'gears.rules.example.com' },
  spec: {
    group: 'rules.example.com',
    scope: 'Namespaced',
    names: { plural: 'gears', kind: 'Gear' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties,
                'x-kubernetes-validations': [...rules, ...more],
              },
            },
          },
        },
      },
    ],
  },
})

let server: TestServer
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}

beforeAll(async () => {
  server = await testServer()
  expect(await server.call('POST', CRDS, definition())).toMatchObject({ status: 201 })
  await settle()
  const spec = { size: 2, kind: 'a', ports: [{ name: 'web', port: 50 }], m: { k: 'v' } }
  expect(await server.call('POST', GEARS, { metadata: { name: 'g' }, spec })).toMatchObject({ status: 201 })
})

describe('validation rules', () => {
  test.each([
    [{ size: 11 }, 'spec.size: Invalid value: size 11 over 10'],
    [{ size: 1, m: { k: 'x' } }, "spec: Invalid value: failed rule: !has(self.m) || self.m.all(k, self.m[k] != 'x')"],
    [
      { size: 1, quantity: '5' },
      'spec: Invalid value: "object": \'no such overload\': call arguments did not match a supported operator, function or macro signature for rule: !has(self.quantity) || self.quantity + 1 > 3',
    ],
  ])('refuse %j', async (spec, cause) => {
    const answer = await server.call('POST', GEARS, { metadata: { name: 'bad' }, spec })
    expect([answer.status, causes(answer)]).toEqual([422, [cause]])
  })

  test('are not looked at when the shape is wrong', async () => {
    const answer = await server.call('POST', GEARS, { metadata: { name: 'bad' }, spec: { size: 'x' } })
    expect(causes(answer)).toEqual([
      'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
      '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    ])
  })

  test.each([
    [{ size: 1 }, 'spec: Forbidden: only grows'],
    [{ kind: 'b' }, 'spec.kind: Invalid value: "b": kind stays'],
    [{ ports: [{ name: 'web', port: 40 }] }, 'spec.ports[0].port: Invalid value: 40: ports grow'],
  ])('compare with what was: %j', async (spec, cause) => {
    const answer = await server.call('PATCH', `${GEARS}/g`, { spec }, MERGE)
    expect([answer.status, causes(answer)]).toEqual([422, [cause]])
  })

  test('let unchanged values pass with a warning', async () => {
    const stricter = definition([{ rule: 'self.size > 100', message: 'big only' }]) as { spec: object }
    expect(await server.call('PATCH', `${CRDS}/gears.rules.example.com`, { spec: stricter.spec }, MERGE)).toMatchObject(
      { status: 200 },
    )
    await settle()
    const answer = await server.call('PATCH', `${GEARS}/g`, { metadata: { labels: { a: 'b' } } }, MERGE)
    expect([answer.status, answer.headers.warning]).toEqual([200, '299 - "spec: Invalid value: big only"'])
    expect(causes(await server.call('PATCH', `${GEARS}/g`, { spec: { size: 3 } }, MERGE))).toEqual([
      'spec: Invalid value: big only',
    ])
  })
})

test.each([
  ['self.nope > 1', "compilation failed: ERROR: <input>:1:5: undefined field 'nope'\n | self.nope > 1\n | ....^"],
  ['self.size', 'cel expression must evaluate to a bool'],
])('a definition with the rule %s is refused', async (rule, why) => {
  const answer = await server.call('POST', CRDS, definition([{ rule }]))
  const shown = JSON.stringify({
    Rule: rule,
    Message: '',
    MessageExpression: '',
    Reason: null,
    FieldPath: '',
    OptionalOldSelf: null,
  }).replaceAll('>', '\\u003e')
  expect(causes(answer)).toEqual([
    `spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[4].rule: Invalid value: ${shown}: ${why}`,
  ])
})
