import { beforeAll, describe, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const GEARS = '/apis/example.com/v1/namespaces/default/gears'
const messageOf = (answer: { body: unknown }): string => (answer.body as { message?: string }).message ?? ''

const size = { type: 'integer', minimum: 1, maximum: 9 }
const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size,
        color: { type: 'string', enum: ['red', 'blue'], default: 'red' },
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
      },
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
}
const definition = (changes: object = {}): object => ({
  metadata: { name: 'gears.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'gears', kind: 'Gear' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} } },
    ],
    ...changes,
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
})

test('a custom resource may be created at the path of an object', async () => {
  const gear = { apiVersion: 'example.com/v1', kind: 'Gear', metadata: { name: 'by-path' }, spec: { size: 1 } }
  expect(await server.call('POST', `${GEARS}/other`, gear)).toMatchObject({
    status: 201,
    body: { metadata: { name: 'by-path' } },
  })
  await server.call('DELETE', `${GEARS}/by-path`)
})

test('a custom resource of an unknown version has no known fields', async () => {
  const gear = { apiVersion: 'example.com/v9', kind: 'Gear', metadata: { name: 'odd' }, spec: { size: 1 } }
  const strict = await server.call('POST', GEARS, gear, { query: { fieldValidation: 'Strict' } })
  expect(messageOf(strict)).toBe(
    'Gear in version "v9" cannot be handled as a Gear: strict decoding error: unknown field "spec"',
  )
  expect(messageOf(await server.call('POST', GEARS, gear))).toBe(
    'the API version in the data (example.com/v9) does not match the expected API version (example.com/v1)',
  )
})

describe('custom resources', () => {
  test('are served once their names are accepted', async () => {
    const { body } = await server.call('GET', `${CRDS}/gears.example.com`)
    expect(body).toMatchObject({
      status: {
        conditions: [
          { type: 'NamesAccepted', status: 'True' },
          { type: 'Established', status: 'True' },
        ],
      },
    })
    expect(await server.call('GET', GEARS)).toMatchObject({ status: 200, body: { kind: 'GearList', items: [] } })
  })

  test('are pruned, defaulted and counted', async () => {
    const created = await server.call('POST', GEARS, {
      metadata: { name: 'g' },
      spec: { size: 3, unknown: 1 },
      status: { x: 1 },
    })
    expect(created).toMatchObject({
      status: 201,
      body: { metadata: { generation: 1 }, spec: { size: 3, color: 'red' } },
    })
    expect((created.body as { status?: unknown }).status).toBeUndefined()
    expect(created.headers.warning).toBe('299 - "unknown field \\"spec.unknown\\""')
    const status = await server.call(
      'PATCH',
      `${GEARS}/g/status`,
      { status: { any: { thing: 1 } }, spec: { size: 9 } },
      { headers: { 'content-type': 'application/merge-patch+json' } },
    )
    expect(status).toMatchObject({
      status: 200,
      body: { metadata: { generation: 1 }, spec: { size: 3 }, status: { any: { thing: 1 } } },
    })
  })

  test.each([
    [{ size: 99 }, 'spec.size: Invalid value: 99: spec.size in body should be less than or equal to 9'],
    [{ size: 'x' }, 'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"'],
    [{}, 'spec.size: Required value'],
    [{ size: 1, color: 'green' }, 'spec.color: Unsupported value: "green": supported values: "red", "blue"'],
    [{ size: 1, tags: ['a', 'a'] }, 'spec.tags[1]: Duplicate value: "a"'],
  ])('with spec %j are refused', async (spec, message) => {
    const answer = await server.call('POST', GEARS, { metadata: { name: 'bad' }, spec })
    expect([answer.status, messageOf(answer)]).toEqual([422, `Gear.example.com "bad" is invalid: ${message}`])
  })

  test.each([
    [
      'example.com/v2',
      'Gear',
      400,
      'the API version in the data (example.com/v2) does not match the expected API version (example.com/v1)',
    ],
    [
      'v1',
      'ConfigMap',
      400,
      'the API version in the data (v1) does not match the expected API version (example.com/v1)',
    ],
    ['example.com/v1', 'Wheel', 422, 'Wheel.example.com "odd" is invalid: kind: Invalid value: "Wheel": must be Gear'],
  ])('of %s %s are refused', async (apiVersion, kind, code, message) => {
    const answer = await server.call('POST', GEARS, { apiVersion, kind, metadata: { name: 'odd' }, spec: { size: 1 } })
    expect([answer.status, messageOf(answer)]).toEqual([code, message])
  })

  test('go with their definition', async () => {
    expect(await server.call('DELETE', `${CRDS}/gears.example.com`)).toMatchObject({
      status: 200,
      body: { kind: 'CustomResourceDefinition' },
    })
    await settle()
    expect(await server.call('GET', GEARS)).toMatchObject({ status: 404 })
    expect(await server.call('GET', `${CRDS}/gears.example.com`)).toMatchObject({ status: 404 })
  })
})

test('a custom resource shows what the schema of the version asked for knows, with its defaults', async () => {
  const other = await testServer()
  const text = { type: 'string' }
  const version = (name: string, properties: object, more: object = {}): object => ({
    name,
    served: true,
    storage: name === 'v1',
    schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
    ...more,
  })
  const older = [
    version('v1beta1', { a: text }, { deprecated: true }),
    version('v1alpha1', { a: text }, { deprecated: true, deprecationWarning: 'gone soon' }),
  ]
  await other.call('POST', CRDS, definition({ versions: [version('v1', { a: text, b: text }), ...older] }))
  await settle()
  await other.call('POST', GEARS, { metadata: { name: 'g' }, spec: { a: '1', b: '2' } })
  const read = async (path: string): Promise<unknown[]> => {
    const { body, headers } = await other.call('GET', path)
    return [(body as { spec: unknown }).spec, headers.warning]
  }
  expect(await read(`${GEARS}/g`)).toEqual([{ a: '1', b: '2' }, undefined])
  expect(await read(`${GEARS.replace('v1', 'v1beta1')}/g`)).toEqual([
    { a: '1' },
    '299 - "example.com/v1beta1 Gear is deprecated; use example.com/v1 Gear"',
  ])
  expect(await read(`${GEARS.replace('v1', 'v1alpha1')}/g`)).toEqual([{ a: '1' }, '299 - "gone soon"'])
  const headers = { 'content-type': 'application/merge-patch+json' }
  const versions = [version('v1', { a: text, c: { type: 'string', default: 'd' } }), ...older]
  await other.call('PATCH', `${CRDS}/gears.example.com`, { spec: { versions } }, { headers })
  await settle()
  expect(await read(`${GEARS}/g`)).toEqual([{ a: '1', c: 'd' }, undefined])
  const list = await other.call('GET', GEARS)
  expect(list.body).toMatchObject({ items: [{ spec: { a: '1', c: 'd' } }] })
})

test.each([
  [
    'a scope that does not exist',
    { scope: 'Elsewhere' },
    'spec.scope: Unsupported value: "Elsewhere": supported values: "Cluster", "Namespaced"',
  ],
  [
    'a group without a dot',
    { group: 'example' },
    'metadata.name: Invalid value: "gears.example.com": must be spec.names.plural+"."+spec.group',
  ],
  [
    'a schema that is not structural',
    {
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { b: {} } } },
        },
      ],
    },
    'spec.validation.openAPIV3Schema.properties[b].type: Required value: must not be empty for specified object fields',
  ],
])('a definition with %s is refused', async (_what, changes, message) => {
  const answer = await server.call('POST', CRDS, definition(changes))
  expect(answer.status).toBe(422)
  expect(messageOf(answer)).toContain(message)
})

describe('nulls of custom resources', () => {
  const KNOBS = '/apis/knobs.example.com/v1/namespaces/default/knobs'
  const text = { type: 'string' }
  const fields = {
    plain: text,
    nullable: { ...text, nullable: true },
    filled: { ...text, default: 'x' },
    map: { type: 'object', additionalProperties: text },
    list: { type: 'array', items: text },
  }

  beforeAll(async () => {
    const spec = { type: 'object', properties: fields }
    const openAPIV3Schema = { type: 'object', properties: { spec } }
    await server.call('POST', CRDS, {
      metadata: { name: 'knobs.knobs.example.com' },
      spec: {
        group: 'knobs.example.com',
        scope: 'Namespaced',
        names: { plural: 'knobs', kind: 'Knob' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
      },
    })
    await settle()
  })

  const wrong = (path: string, type: string): string =>
    `Knob.knobs.example.com "NAME" is invalid: ${path}: Invalid value: "null": ${path} in body must be of type ${type}: "null"`
  const cases: readonly [what: string, spec: object, created: object | string, applied: object | string][] = [
    ['dropped where not allowed', { plain: null }, { filled: 'x' }, wrong('spec.plain', 'string')],
    ['kept where allowed', { nullable: null }, { filled: 'x', nullable: null }, { filled: 'x', nullable: null }],
    ['replaced by a default', { filled: null }, { filled: 'x' }, { filled: 'x' }],
    ['dropped from maps', { map: { a: null } }, { filled: 'x', map: {} }, wrong('spec.map.a', 'string')],
    ['refused in lists', { list: [null] }, wrong('spec.list[0]', 'string'), wrong('spec.list[0]', 'string')],
  ]
  test.each(cases)('are %s', async (_what, spec, created, applied) => {
    const knob = (name: string): object => ({
      apiVersion: 'knobs.example.com/v1',
      kind: 'Knob',
      metadata: { name },
      spec,
    })
    const shown = (answer: { body: unknown }, name: string): unknown =>
      (answer.body as { spec?: unknown }).spec ?? messageOf(answer).replace(`"${name}"`, '"NAME"')
    expect(shown(await server.call('POST', KNOBS, knob('made')), 'made')).toEqual(created)
    const apply = await server.call('PATCH', `${KNOBS}/put`, JSON.stringify(knob('put')), {
      headers: { 'content-type': 'application/apply-patch+yaml' },
      query: { fieldManager: 'me' },
    })
    expect(shown(apply, 'put')).toEqual(applied)
    for (const name of ['made', 'put']) await server.call('DELETE', `${KNOBS}/${name}`)
  })
})

test('a definition that is deleted keeps its generation and waits for its instances', async () => {
  await server.call('POST', CRDS, {
    metadata: { name: 'bolts.bolts.example.com' },
    spec: {
      group: 'bolts.example.com',
      scope: 'Cluster',
      names: { plural: 'bolts', kind: 'Bolt' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  })
  await settle()
  const metadata = { name: 'held', finalizers: ['example.com/hold'] }
  await server.call('POST', '/apis/bolts.example.com/v1/bolts', { metadata })
  await server.call('DELETE', `${CRDS}/bolts.bolts.example.com`)
  await settle()
  const { body } = await server.call('GET', `${CRDS}/bolts.bolts.example.com`)
  const crd = body as { metadata: Record<string, unknown>; status: { conditions: unknown[] } }
  expect(crd.metadata).toMatchObject({
    generation: 1,
    finalizers: ['customresourcecleanup.apiextensions.k8s.io'],
    deletionTimestamp: '2026-11-21T10:00:00Z',
  })
  expect(crd.metadata).not.toHaveProperty('deletionGracePeriodSeconds')
  expect(crd.status.conditions.at(-1)).toMatchObject({
    type: 'Terminating',
    status: 'True',
    reason: 'InstanceDeletionInProgress',
    message: 'CustomResource deletion is in progress',
  })
})

test('fields that cannot be selected on are refused in the words of custom resources', async () => {
  const knobs = '/apis/knobs.example.com/v1/knobs'
  for (const field of ['spec.plain', 'status.x']) {
    const answer = await server.call('GET', knobs, undefined, { query: { fieldSelector: `${field}=1` } })
    expect([answer.status, messageOf(answer)]).toEqual([400, `field label not supported: ${field}`])
  }
  const found = await server.call('GET', knobs, undefined, { query: { fieldSelector: 'metadata.namespace=x' } })
  expect(found).toMatchObject({ status: 200 })
})
