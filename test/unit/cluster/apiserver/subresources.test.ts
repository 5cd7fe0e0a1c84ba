import { beforeAll, describe, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

const NS = '/namespaces/default'
const PODS = `/api/v1${NS}/pods`
const DEPLOYMENTS = `/apis/apps/v1${NS}/deployments`
const header = (type: string): object => ({ headers: { 'content-type': type } })
const MERGE = header('application/merge-patch+json')
const STRATEGIC = header('application/strategic-merge-patch+json')
const messageOf = (answer: { body: unknown }): string => (answer.body as { message?: string }).message ?? ''

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  await server.call('POST', `/api/v1${NS}/serviceaccounts`, { metadata: { name: 'default' } })
  await server.call('POST', PODS, {
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }] },
  })
  await server.call('POST', DEPLOYMENTS, {
    metadata: { name: 'd' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  })
})

describe('a scale', () => {
  const apply = (manager: string, replicas: number, force = false): ReturnType<TestServer['call']> =>
    server.call('PATCH', `${DEPLOYMENTS}/d/scale`, scaleOf(replicas), {
      ...header('application/apply-patch+yaml'),
      query: { fieldManager: manager, ...(force && { force: 'true' }) },
    })
  const scaleOf = (replicas: number): object => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'd' },
    spec: { replicas },
  })

  test('is applied, and owned, as other objects are', async () => {
    expect(await apply('one', 3, true)).toMatchObject({ status: 200, body: { spec: { replicas: 3 } } })
    const refused = await apply('two', 4)
    expect(refused.status).toBe(409)
    expect(messageOf(refused)).toBe(
      'Apply failed with 1 conflict: conflict with "one" with subresource "scale": .spec.replicas',
    )
    expect(await apply('two', 4, true)).toMatchObject({ status: 200 })
    const { body } = await server.call('GET', `${DEPLOYMENTS}/d`)
    const { metadata } = body as { metadata: { managedFields: { manager: string; subresource?: string }[] } }
    expect(metadata.managedFields.filter((each) => each.subresource === 'scale')).toMatchObject([
      { manager: 'two', operation: 'Apply', apiVersion: 'apps/v1', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    ])
  })

  test('is read as a Scale', async () => {
    const put = await server.call('PUT', `${DEPLOYMENTS}/d/scale`, { metadata: { name: 'd' }, spec: { replicas: 'x' } })
    expect(messageOf(put)).toBe(
      'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32',
    )
  })

  test('is refused for another object of the name', async () => {
    const patch = await server.call('PATCH', `${DEPLOYMENTS}/d/scale`, { metadata: { uid: 'x' } }, MERGE)
    expect(patch.status).toBe(409)
    expect(messageOf(patch)).toContain('deployments/scale.apps "d": Precondition failed: UID in precondition: x')
  })
})

describe('a resize', () => {
  const cases: readonly [what: string, patch: object, message: string][] = [
    [
      'requests that vanish',
      { containers: [{ name: 'c', resources: { requests: { cpu: null } } }] },
      'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    ],
    [
      'another container',
      { containers: [{ name: 'new', image: 'i' }] },
      'spec.containers: Forbidden: containers may not be added or removed on resize',
    ],
    [
      'other resources',
      { containers: [{ name: 'c', resources: { requests: { 'ephemeral-storage': '1Gi' } } }] },
      'spec: Forbidden: only cpu and memory resources are mutable',
    ],
  ]
  test.each(cases)('does not take %s', async (_what, spec, message) => {
    const answer = await server.call('PATCH', `${PODS}/p/resize`, { spec }, STRATEGIC)
    expect(answer.status).toBe(422)
    expect(messageOf(answer)).toContain(message)
  })

  test('changes CPU and memory', async () => {
    const spec = { containers: [{ name: 'c', image: 'ignored', resources: { requests: { cpu: '2' } } }] }
    expect(await server.call('PATCH', `${PODS}/p/resize`, { spec }, STRATEGIC)).toMatchObject({
      status: 200,
      body: { spec: { containers: [{ image: 'i', resources: { requests: { cpu: '2' } } }] } },
    })
  })
})

test('debug containers that are there stay', async () => {
  const add = (image: string): ReturnType<TestServer['call']> =>
    server.call(
      'PATCH',
      `${PODS}/p/ephemeralcontainers`,
      { spec: { ephemeralContainers: [{ name: 'e', image }] } },
      STRATEGIC,
    )
  expect(await add('one')).toMatchObject({ status: 200 })
  const changed = await add('two')
  expect(messageOf(changed)).toContain('existing ephemeral containers "e" may not be changed\n')
})

test('debug containers do not come with an update of the pod itself', async () => {
  const containers = { spec: { ephemeralContainers: [{ name: 'other', image: 'i' }] } }
  const refused = await server.call('PATCH', `${PODS}/p`, containers, STRATEGIC)
  expect(refused).toMatchObject({ status: 422 })
  expect(messageOf(refused)).toContain('spec: Forbidden: pod updates may not change fields other than')
})

test('a token request names the service account of its address, or none', async () => {
  const path = '/api/v1/namespaces/default/serviceaccounts/default'
  await server.call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
  const refused = await server.call('POST', `${path}/token`, { metadata: { name: 'other' }, spec: {} })
  expect(refused).toMatchObject({ status: 422 })
  expect(messageOf(refused)).toBe(
    'TokenRequest.authentication.k8s.io "default" is invalid: metadata.name: Invalid value: "other": must match the service account name if specified',
  )
  expect(await server.call('POST', `${path}/token`, { metadata: { name: 'default' }, spec: {} })).toMatchObject({
    status: 201,
  })
})

test('an evicted pod says why it ends', async () => {
  await server.call('POST', PODS, {
    metadata: { name: 'kept', finalizers: ['example.com/keep'] },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  })
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'kept' } }
  expect(await server.call('POST', `${PODS}/kept/eviction`, eviction)).toMatchObject({ status: 201 })
  expect(await server.call('GET', `${PODS}/kept`)).toMatchObject({
    body: { status: { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }] } },
  })
  const unnamed = await server.call('POST', `${PODS}/p/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction' })
  expect(messageOf(unnamed)).toBe('name in URL does not match name in Eviction object')
})

test('a binding may be posted to its namespace', async () => {
  await server.call('POST', PODS, { metadata: { name: 'bound' }, spec: { containers: [{ name: 'c', image: 'i' }] } })
  const missing = await server.call('POST', `/api/v1${NS}/bindings`, { metadata: { name: 'bound' } })
  expect(messageOf(missing)).toBe('target.name: Required value')
  const binding = { metadata: { name: 'bound' }, target: { kind: 'Node', name: 'n' } }
  expect(await server.call('POST', `/api/v1${NS}/bindings`, binding)).toMatchObject({ status: 201 })
  expect(await server.call('GET', `${PODS}/bound`)).toMatchObject({ body: { spec: { nodeName: 'n' } } })
})

test('a token owns the time it ends after, and is bound to what there is', async () => {
  const path = `/api/v1${NS}/serviceaccounts/default/token`
  const { body } = await server.call('POST', path, {})
  expect(body).toMatchObject({
    metadata: { managedFields: [{ fieldsV1: { 'f:spec': { 'f:expirationSeconds': {} } } }] },
  })
  const odd = await server.call('POST', path, {
    spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Foo', name: 'x' } },
  })
  expect(messageOf(odd)).toBe('cannot bind token to object of type /v1, Kind=Foo')
})

test.each([
  [
    'tailLines=-1',
    422,
    'PodLogOptions "p" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
  ],
  ['limitBytes=0', 422, 'PodLogOptions "p" is invalid: limitBytes: Invalid value: 0: must be greater than 0'],
  ['tailLines=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
])('logs with %s are refused', async (query, status, message) => {
  const [key = '', value = ''] = query.split('=')
  const answer = await server.call('GET', `${PODS}/p/log`, undefined, { query: { [key]: value } })
  expect(answer.status).toBe(status)
  expect(messageOf(answer)).toBe(message)
})

test('keys that occur twice in an applied document are found', async () => {
  const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: twice}\ndata: {a: b}\ndata: {c: d}\n'
  const options = header('application/apply-patch+yaml')
  const path = `/api/v1${NS}/configmaps/twice`
  const strict = await server.call('PATCH', path, body, {
    ...options,
    query: { fieldManager: 'm', fieldValidation: 'Strict' },
  })
  expect(messageOf(strict)).toBe(
    'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 5: key "data" already set in map',
  )
  expect(await server.call('PATCH', path, body, { ...options, query: { fieldManager: 'm' } })).toMatchObject({
    status: 201,
    body: { data: { c: 'd' } },
  })
})

test('an applied object has to be of the version of the request', async () => {
  const body = { apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'x' } }
  const answer = await server.call('PATCH', `/api/v1${NS}/configmaps/x`, body, {
    ...header('application/apply-patch+yaml'),
    query: { fieldManager: 'm' },
  })
  expect(messageOf(answer)).toBe('invalid object type: /v2, Kind=ConfigMap')
})
