import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ReviewHook, reviewHook } from '../../../support/review-hook.ts'
import { testServer, type TestServer } from './harness.ts'

const API = '/apis/admissionregistration.k8s.io/v1'
const MAPS = '/api/v1/namespaces/default/configmaps'
const messageOf = (answer: { body: unknown }): string => (answer.body as { message?: string }).message ?? ''

interface Review {
  readonly apiVersion: string
  readonly request: {
    readonly uid: string
    readonly operation: string
    readonly object: { data?: Record<string, string> }
  }
}

/** What the webhook answers, by path. */
const ANSWERS: Readonly<Record<string, (review: Review) => object>> = {
  '/deny': () => ({ allowed: false }),
  '/teapot': () => ({ allowed: false, status: { message: 'no way', code: 418, reason: 'Teapot' } }),
  '/warn': () => ({ allowed: true, warnings: ['careful'] }),
  '/uid': () => ({ allowed: true, uid: 'x' }),
  '/mutate': ({ request }) => {
    const data = { ...request.object.data, n: `${request.object.data?.n ?? ''}x` }
    const patch = Buffer.from(JSON.stringify([{ op: 'add', path: '/data', value: data }])).toString('base64')
    return { allowed: true, patchType: 'JSONPatch', patch }
  },
}

let server: TestServer
let hook: ReviewHook
let caBundle = ''
let url = ''

beforeAll(async () => {
  server = await testServer()
  hook = await reviewHook<Review>((review, [request, response]) => {
    if (request.url?.startsWith('/break') === true) {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('{', () => request.socket.destroy())
      return
    }
    const answer = ANSWERS[request.url?.split('?')[0] ?? '']?.(review) ?? { allowed: true }
    const { uid } = review.request
    response.end(
      JSON.stringify({ apiVersion: review.apiVersion, kind: 'AdmissionReview', response: { uid, ...answer } }),
    )
  })
  caBundle = hook.caBundle
  url = hook.url
})

afterAll(() => hook.close())

beforeEach(async () => {
  for (const kind of ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'])
    await server.call('DELETE', `${API}/${kind}/test`)
  for (const kind of ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'])
    await server.call('DELETE', `${API}/${kind}/test`)
})

async function configure(kind: 'Mutating' | 'Validating', ...webhooks: object[]): Promise<void> {
  const answer = await server.call('POST', `${API}/${kind.toLowerCase()}webhookconfigurations`, {
    metadata: { name: 'test' },
    webhooks: webhooks.map((webhook, index) => ({
      name: `w${index}.example.com`,
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['*'], resources: ['configmaps'] }],
      ...webhook,
    })),
  })
  expect(answer.status).toBe(201)
}

let count = 0
const create = (data: object = { a: 'b' }, query = {}): ReturnType<TestServer['call']> =>
  server.call('POST', MAPS, { metadata: { name: `c${++count}` }, data }, { query })
const at = (path: string): object => ({ clientConfig: { url: url + path, caBundle } })

describe('webhooks', () => {
  test.each([
    ['/deny', 400, 'admission webhook "w0.example.com" denied the request without explanation'],
    ['/teapot', 418, 'admission webhook "w0.example.com" denied the request: no way'],
  ])('%s refuse', async (path, status, message) => {
    await configure('Validating', at(path))
    const answer = await create()
    expect([answer.status, messageOf(answer)]).toEqual([status, message])
  })

  test('warn', async () => {
    await configure('Validating', at('/warn'))
    const answer = await create()
    expect([answer.status, answer.headers.warning]).toEqual([201, '299 - "careful"'])
  })

  test('that fail stop the request, unless that is to be ignored', async () => {
    const clientConfig = { url: 'https://127.0.0.1:1/x' }
    await configure('Validating', { clientConfig })
    const answer = await create()
    expect([answer.status, messageOf(answer)]).toEqual([
      500,
      'Internal error occurred: failed calling webhook "w0.example.com": failed to call webhook: Post "https://127.0.0.1:1/x?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused',
    ])
    await server.call('DELETE', `${API}/validatingwebhookconfigurations/test`)
    await configure('Validating', { clientConfig, failurePolicy: 'Ignore' })
    expect(await create()).toMatchObject({ status: 201 })
  })

  test('that break off in their answer fail at once', async () => {
    await configure('Validating', at('/break'))
    expect(messageOf(await create())).toBe(
      'Internal error occurred: failed calling webhook "w0.example.com": failed to call webhook: unexpected error when reading response body. Please retry. Original error: unexpected EOF',
    )
  })

  test('of services need endpoints', async () => {
    await configure('Validating', { clientConfig: { service: { name: 'nope', namespace: 'default', path: '/v' } } })
    expect(messageOf(await create())).toContain(
      'Post "https://nope.default.svc:443/v?timeout=10s": service "nope" not found',
    )
  })

  test('have to answer the review they got', async () => {
    await configure('Validating', at('/uid'))
    expect(messageOf(await create())).toMatch(/received invalid webhook response: expected response.uid=".+", got "x"/)
  })

  test('are told of dry runs only if they do not mind', async () => {
    await configure('Validating', { ...at('/warn'), sideEffects: 'NoneOnDryRun' })
    expect(await create({ a: 'b' }, { dryRun: 'All' })).toMatchObject({ status: 201 })
  })

  test('are for what their conditions and selectors say', async () => {
    const matchConditions = [{ name: 'c', expression: "object.data.a == 'z'" }]
    await configure('Validating', { ...at('/deny'), matchConditions })
    expect((await create({ a: 'y' })).status).toBe(201)
    expect((await create({ a: 'z' })).status).toBe(400)
    const failed = await create({ q: 'z' })
    expect([failed.status, messageOf(failed)]).toEqual([
      403,
      `configmaps "c${count}" is forbidden: expression 'object.data.a == 'z'' resulted in error: no such key: a`,
    ])
  })

  test('change objects, and again when others have changed them', async () => {
    await configure('Mutating', { ...at('/mutate'), reinvocationPolicy: 'IfNeeded' }, at('/mutate'))
    expect(await create({ a: 'b' })).toMatchObject({ status: 201, body: { data: { a: 'b', n: 'xxx' } } })
  })
})

async function policy(spec: object, binding: object = {}): Promise<void> {
  const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }]
  const created = await server.call('POST', `${API}/validatingadmissionpolicies`, {
    metadata: { name: 'test' },
    spec: { matchConstraints: { resourceRules }, ...spec },
  })
  expect(created).toMatchObject({ status: 201 })
  const bound = await server.call('POST', `${API}/validatingadmissionpolicybindings`, {
    metadata: { name: 'test' },
    spec: { policyName: 'test', validationActions: ['Deny'], ...binding },
  })
  expect(bound).toMatchObject({ status: 201 })
}

const DENIED = "is forbidden: ValidatingAdmissionPolicy 'test' with binding 'test' denied request:"

describe('validating policies', () => {
  test.each([
    [{ validations: [{ expression: "object.data.a != 'b'" }] }, 422, "failed expression: object.data.a != 'b'"],
    [{ validations: [{ expression: 'false', message: 'never', reason: 'Forbidden' }] }, 403, 'never'],
    [
      {
        variables: [{ name: 'n', expression: 'object.data.size()' }],
        validations: [{ expression: 'variables.n > 1', messageExpression: "'only ' + string(variables.n)" }],
      },
      422,
      'only 1',
    ],
    [
      { validations: [{ expression: 'object.data.zz == 1' }] },
      422,
      "expression 'object.data.zz == 1' resulted in error: no such key: zz",
    ],
  ])('refuse by %j', async (spec, status, why) => {
    await policy(spec)
    const answer = await create()
    expect([answer.status, messageOf(answer)]).toEqual([status, `configmaps "c${count}" ${DENIED} ${why}`])
  })

  test('may only warn', async () => {
    await policy({ validations: [{ expression: 'false', message: 'hm' }] }, { validationActions: ['Warn'] })
    const answer = await create()
    expect([answer.status, answer.headers.warning]).toEqual([
      201,
      `299 - "Validation failed for ValidatingAdmissionPolicy 'test' with binding 'test': hm"`,
    ])
  })

  test('have parameters', async () => {
    await server.call('POST', MAPS, { metadata: { name: 'params' }, data: { max: '1' } })
    const paramRef = { name: 'params', namespace: 'default', parameterNotFoundAction: 'Deny' }
    await policy(
      {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        validations: [{ expression: 'object.data.size() <= int(params.data.max)' }],
      },
      { paramRef },
    )
    expect((await create({ a: '1' })).status).toBe(201)
    expect((await create({ a: '1', b: '2' })).status).toBe(422)
  })

  test('with bad expressions are refused', async () => {
    const answer = await server.call('POST', `${API}/validatingadmissionpolicies`, {
      metadata: { name: 'bad' },
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
        validations: [{ expression: 'nope' }],
      },
    })
    expect(messageOf(answer)).toBe(
      `ValidatingAdmissionPolicy.admissionregistration.k8s.io "bad" is invalid: spec.validations[0].expression: Invalid value: "nope": compilation failed: ERROR: <input>:1:1: undeclared reference to 'nope' (in container '')\n | nope\n | ^`,
    )
  })
})
