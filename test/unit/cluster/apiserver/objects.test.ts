import { beforeAll, describe, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})

const MAPS = '/api/v1/namespaces/default/configmaps'
const map = (name: string, data: Record<string, string> = { a: '1' }, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
})
const merge = { headers: { 'content-type': 'application/merge-patch+json' } }
const messageOf = (answer: { body: unknown }): string => (answer.body as { message?: string }).message ?? ''

describe('an object', () => {
  test('is created, read, changed and deleted', async () => {
    const created = await server.call('POST', MAPS, map('one'))
    expect(created).toMatchObject({
      status: 201,
      body: { metadata: { name: 'one', namespace: 'default', creationTimestamp: '2026-11-21T10:00:00Z' } },
    })
    expect(await server.call('GET', `${MAPS}/one`)).toMatchObject({ status: 200, body: created.body })
    const changed = await server.call('PATCH', `${MAPS}/one`, { data: { b: '2' } }, merge)
    expect(changed).toMatchObject({ status: 200, body: { data: { a: '1', b: '2' } } })
    expect(await server.call('DELETE', `${MAPS}/one`)).toMatchObject({
      status: 200,
      body: { kind: 'Status', status: 'Success' },
    })
    expect(await server.call('GET', `${MAPS}/one`)).toMatchObject({ status: 404 })
  })

  test('keeps its version when nothing changes', async () => {
    const created = await server.call('POST', MAPS, map('same'))
    const again = await server.call('PUT', `${MAPS}/same`, map('same'))
    expect(again.body).toEqual(created.body)
  })

  test('is not changed from a stale version', async () => {
    await server.call('POST', MAPS, map('stale'))
    const answer = await server.call('PUT', `${MAPS}/stale`, map('stale', { a: '2' }, { resourceVersion: '1' }))
    expect(answer.status).toBe(409)
    expect(messageOf(answer)).toBe(
      'Operation cannot be fulfilled on configmaps "stale": the object has been modified; please apply your changes to the latest version and try again',
    )
  })

  test('with finalizers goes when the last one is taken off', async () => {
    await server.call('POST', MAPS, map('held', {}, { finalizers: ['example.com/hold'] }))
    const deleted = await server.call('DELETE', `${MAPS}/held`)
    expect(deleted).toMatchObject({
      status: 200,
      body: { kind: 'ConfigMap', metadata: { deletionGracePeriodSeconds: 0 } },
    })
    await server.call('PATCH', `${MAPS}/held`, { metadata: { finalizers: null } }, merge)
    expect(await server.call('GET', `${MAPS}/held`)).toMatchObject({ status: 404 })
  })

  test('tried with dryRun leaves no trace', async () => {
    const before = server.store.revision
    expect(await server.call('POST', MAPS, map('dry'), { query: { dryRun: 'All' } })).toMatchObject({ status: 201 })
    expect(server.store.revision).toBe(before)
  })

  test.each([
    [
      'a namespace that does not exist',
      'POST',
      '/api/v1/namespaces/none/configmaps',
      map('x'),
      404,
      'namespaces "none" not found',
    ],
    [
      'a name that is taken',
      'POST',
      '/api/v1/namespaces',
      { kind: 'Namespace', metadata: { name: 'default' } },
      409,
      'namespaces "default" already exists',
    ],
    [
      'another name than the URL',
      'PUT',
      `${MAPS}/a`,
      map('b'),
      400,
      'the name of the object (b) does not match the name on the URL (a)',
    ],
    [
      'nesting without end',
      'POST',
      MAPS,
      `{"metadata":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`,
      400,
      'exceeded max depth of 1000',
    ],
  ] as const)('with %s is refused', async (_what, method, path, body, status, message) => {
    const answer = await server.call(method, path, body)
    expect([answer.status, messageOf(answer)]).toEqual([status, message])
  })
})

describe('a body', () => {
  const HPA = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers'
  const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
  const EVENTS = '/apis/events.k8s.io/v1/namespaces/default/events'
  const unknown = (kind: string, version: string): string => `${kind} in version "${version}" cannot be handled as a `
  const mismatch = (is: string, wanted: string): string =>
    `the API version in the data (${is}) does not match the expected API version (${wanted})`

  test.each([
    [HPA, 'autoscaling/v2', 'HorizontalPodAutoscaler', mismatch('autoscaling/v2', 'autoscaling/v1')],
    [DEPLOYMENTS, 'apps/v1beta1', 'Deployment', mismatch('apps/v1beta1', 'apps/v1')],
    [DEPLOYMENTS, 'extensions/v1beta1', 'Deployment', mismatch('extensions/v1beta1', 'apps/v1')],
    [EVENTS, 'v1', 'Event', mismatch('v1', 'events.k8s.io/v1')],
    [
      DEPLOYMENTS,
      'apps/v9',
      'Deployment',
      `${unknown('Deployment', 'v9')}Deployment: no kind "Deployment" is registered`,
    ],
    [DEPLOYMENTS, 'v1', 'Deployment', `${unknown('Deployment', 'v1')}Deployment: no kind "Deployment" is registered`],
    [
      DEPLOYMENTS,
      'apps/v1beta2',
      'ReplicaSet',
      `${unknown('ReplicaSet', 'v1beta2')}Deployment: converting (v1beta2.ReplicaSet) to (apps.Deployment): unknown conversion`,
    ],
  ])('sent to %s is not of %s %s', async (path, apiVersion, kind, message) => {
    for (const [method, at] of [
      ['POST', path],
      ['PUT', `${path}/x`],
    ] as const) {
      const answer = await server.call(method, at, { apiVersion, kind, metadata: { name: 'x' } })
      expect(answer.status).toBe(400)
      expect(messageOf(answer)).toContain(message)
    }
  })

  test('is read in its own version first: what is wrong there comes before the version', async () => {
    const body = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'x' } }
    const strict = await server.call(
      'POST',
      HPA,
      { ...body, spec: { metrics: [], odd: 1 } },
      { query: { fieldValidation: 'Strict' } },
    )
    expect(messageOf(strict)).toBe(
      `${unknown('HorizontalPodAutoscaler', 'v2')}HorizontalPodAutoscaler: strict decoding error: unknown field "spec.odd"`,
    )
    const mistyped = await server.call('POST', HPA, { ...body, spec: { minReplicas: 'x' } })
    expect(messageOf(mistyped)).toContain('json: cannot unmarshal string into Go struct field')
    const plain = await server.call('POST', HPA, { ...body, spec: { odd: 1 } })
    expect(messageOf(plain)).toBe(mismatch('autoscaling/v2', 'autoscaling/v1'))
  })

  test.each([
    ['a: 1\na: 2\nkind: ConfigMap\nmetadata:\n  name: twice\n', 2],
    ['{"kind": "ConfigMap", "metadata": {"name": "twice"}, "a": 1, "a": 2}', 1],
  ])('in YAML has each key once', async (text, line) => {
    const headers = { 'content-type': 'application/yaml' }
    const send = (fieldValidation: string): ReturnType<TestServer['call']> =>
      server.call('POST', MAPS, text, { headers, query: { dryRun: 'All', fieldValidation } })
    const found = `line ${line}: key "a" already set in map`
    expect(messageOf(await send('Strict'))).toBe(
      `ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal errors:\n  ${found}, unknown field "a"`,
    )
    const warned = await send('Warn')
    expect(warned.status).toBe(201)
    expect(warned.headers.warning).toContain(JSON.stringify(found))
    expect((await send('Ignore')).headers.warning).toBeUndefined()
  })
})

test('an escaped slash in a path divides as any other does', async () => {
  await server.call('POST', MAPS, map('slash'))
  expect(await server.call('GET', `${MAPS}%2Fslash`)).toMatchObject({ status: 200, body: { kind: 'ConfigMap' } })
  const { status, body } = await server.call('GET', `${MAPS}/a%2Fb`)
  expect(status).toBe(404)
  expect(body).toMatchObject({ message: 'the server could not find the requested resource', details: {} })
  expect(messageOf(await server.call('GET', `${MAPS}/a%20b`))).toBe('configmaps "a b" not found')
})

test('finalizers of a namespace are standard or qualified, however they are set', async () => {
  await server.call('POST', '/api/v1/namespaces', { metadata: { name: 'final' } })
  const finalize = (...finalizers: string[]): ReturnType<TestServer['call']> =>
    server.call('PUT', '/api/v1/namespaces/final/finalize', { metadata: { name: 'final' }, spec: { finalizers } })
  const refused = await finalize('example.com/a', 'x')
  expect(refused.status).toBe(422)
  expect(messageOf(refused)).toBe(
    'Namespace "final" is invalid: spec.finalizers[1]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified',
  )
  expect((await finalize('orphan', 'example.com/a')).status).toBe(200)
})

describe('a patch that does not apply', () => {
  const patch = async (name: string, type: string, body: unknown): Promise<[number, string]> => {
    const headers = { 'content-type': `application/${type}-patch+json` }
    const answer = await server.call('PATCH', `${MAPS}/${name}`, body, { headers })
    return [answer.status, messageOf(answer)]
  }

  test('is a 422 that keeps its cause to itself when it is a JSON patch, unless its result cannot be read', async () => {
    await server.call('POST', MAPS, map('json'))
    const rejected = [422, 'the server rejected our request due to an error in our request']
    expect(await patch('json', 'json', [{ op: 'add', path: 'data' }])).toEqual(rejected)
    expect(await patch('json', 'json', [{ op: 'remove', path: '' }])).toEqual(rejected)
    const [status, message] = await patch('json', 'json', [{ op: 'add', path: '/data/a', value: 3 }])
    expect(status).toBe(422)
    expect(message).toContain('": json: cannot unmarshal number into Go struct field ConfigMap.data of type string')
    expect(message).toContain(' "" is invalid: patch: Invalid value: "{\\"apiVersion\\":')
  })

  test('is a 400 when a directive of a strategic merge has a wrong format, else a 500', async () => {
    await server.call('POST', MAPS, map('strategic'))
    expect(await patch('strategic', 'strategic-merge', { data: { $retainKeys: ['b'], c: '1' } })).toEqual([
      400,
      'invalid patch format of retainKeys',
    ])
    expect(await patch('strategic', 'strategic-merge', { data: { $setElementOrder: 1 } })).toEqual([
      500,
      'expected a []interface {}, but received a int64',
    ])
  })
})

describe('a list', () => {
  test('is paged as of one version', async () => {
    const namespace = '/api/v1/namespaces/kube-public/configmaps'
    for (const name of ['a', 'b', 'c']) await server.call('POST', namespace, map(name))
    const first = await server.call('GET', namespace, undefined, { query: { limit: '2' } })
    const page = first.body as {
      items: { metadata: { name: string }; kind?: string }[]
      metadata: { continue: string; remainingItemCount: number; resourceVersion: string }
    }
    expect(page.items.map((item) => item.metadata.name)).toEqual(['a', 'b'])
    expect(page.items[0]?.kind).toBeUndefined()
    expect(page.metadata.remainingItemCount).toBe(1)
    await server.call('POST', namespace, map('d'))
    const rest = await server.call('GET', namespace, undefined, {
      query: { limit: '2', continue: page.metadata.continue },
    })
    expect(rest.body).toMatchObject({
      metadata: { resourceVersion: page.metadata.resourceVersion },
      items: [{ metadata: { name: 'c' } }],
    })
  })

  test('at any version is not paged, as it comes from a cache; events have none', async () => {
    const lengthOf = async (path: string, query: Record<string, string>): Promise<number> => {
      const { body } = await server.call('GET', path, undefined, { query: { limit: '1', ...query } })
      return (body as { items: unknown[] }).items.length
    }
    const there = '/api/v1/namespaces/default'
    for (const name of ['any-1', 'any-2', 'any-3']) {
      await server.call('POST', MAPS, map(name, {}, { labels: { any: 'yes' } }))
      await server.call('POST', `${there}/events`, { metadata: { name }, involvedObject: { namespace: 'default' } })
    }
    const labelSelector = 'any=yes'
    expect(await lengthOf(MAPS, { labelSelector })).toBe(1)
    expect(await lengthOf(MAPS, { labelSelector, resourceVersion: '0' })).toBe(3)
    const match = { resourceVersionMatch: 'NotOlderThan' }
    expect(await lengthOf(MAPS, { labelSelector, resourceVersion: '0', ...match })).toBe(3)
    expect(await lengthOf(MAPS, { labelSelector, resourceVersion: '1', ...match })).toBe(1)
    const first = await server.call('GET', MAPS, undefined, { query: { limit: '1', labelSelector } })
    const next = (first.body as { metadata: { continue: string } }).metadata.continue
    expect(await lengthOf(MAPS, { labelSelector, resourceVersion: '0', continue: next })).toBe(2)
    expect(await lengthOf(`${there}/events`, { resourceVersion: '0' })).toBe(1)
    expect(await lengthOf(`/apis/events.k8s.io/v1/namespaces/default/events`, { resourceVersion: '0' })).toBe(1)
  })

  test('that goes on too late says so', async () => {
    const first = await server.call('GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles', undefined, {
      query: { limit: '1' },
    })
    const { metadata } = first.body as { metadata: { continue: string } }
    await server.call('POST', MAPS, map('later'))
    server.store.compact(server.store.publishedRevision)
    const answer = await server.call('GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles', undefined, {
      query: { limit: '1', continue: metadata.continue },
    })
    expect(answer).toMatchObject({ status: 410, body: { reason: 'Expired' } })
  })
})

describe('a watch', () => {
  test('shows objects that enter and leave its selector', async () => {
    const { body } = await server.call('GET', MAPS)
    const { resourceVersion } = (body as { metadata: { resourceVersion: string } }).metadata
    const label = (value: string): Promise<unknown> =>
      server.call('PATCH', `${MAPS}/w`, { metadata: { labels: { app: value } } }, merge)
    const events = await server.watch(MAPS, { resourceVersion, labelSelector: 'app=x' }, 4, async () => {
      await server.call('POST', MAPS, map('w', {}, { labels: { app: 'x' } }))
      await label('y')
      await label('x')
      await server.call('DELETE', `${MAPS}/w`)
    })
    expect(events.map((event) => event.type)).toEqual(['ADDED', 'DELETED', 'ADDED', 'DELETED'])
  })

  test('from a version that is forgotten ends with 410', async () => {
    for (let i = 0; i < 3; i++) await server.call('POST', MAPS, map(`forgotten-${i}`))
    server.store.compact(server.store.publishedRevision)
    const events = await server.watch(MAPS, { resourceVersion: '2' }, 1)
    expect(events).toMatchObject([{ type: 'ERROR', object: { code: 410 } }])
  })

  test('ends after its timeout, with bookmarks on the way', async () => {
    const events = await server.watch(
      '/api/v1/namespaces/none/secrets',
      { resourceVersion: '0', allowWatchBookmarks: 'true', timeoutSeconds: '90' },
      9,
      async () => {
        server.clock.advance(61_000)
        await Promise.resolve()
        server.clock.advance(60_000)
      },
    )
    // One at the end of what there was, one after a minute, one just before the end.
    expect(events.map((event) => event.type)).toEqual(['BOOKMARK', 'BOOKMARK', 'BOOKMARK'])
  })
})

test('a watch whose client left before it began does not begin', async () => {
  const own = await testServer()
  const abort = new AbortController()
  const timers = new Set<number>()
  const { after } = own.clock
  let next = 0
  own.clock.after = (delayMs, task) => {
    const id = next++
    timers.add(id)
    const cancel = after(delayMs, task)
    return () => {
      timers.delete(id)
      cancel()
    }
  }
  const reading = own.stream(MAPS, { watch: 'true' }, abort.signal)
  abort.abort()
  await reading
  expect(timers.size).toBe(0)
})

test.each([
  ['a%25b', 'a%b', "may not contain '%'"],
  ['a%252Fb', 'a%2Fb', "may not contain '%'"],
  ['..', '..', "may not be '..'"],
  ['%2e', '.', "may not be '.'"],
])('the name %s is no name of an object', async (path, name, problem) => {
  for (const [method, at] of [
    ['GET', path],
    ['DELETE', path],
    ['PATCH', path],
  ] as const) {
    const answer = await server.call(method, `${MAPS}/${at}`, method === 'PATCH' ? {} : undefined, merge)
    expect(answer.status).toBe(400)
    expect(messageOf(answer)).toBe(`Name parameter invalid: "${name}": ${problem}`)
  }
})
