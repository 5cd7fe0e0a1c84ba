import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ReviewHook, reviewHook } from '../../../support/review-hook.ts'
import { testServer, type TestServer } from './harness.ts'

interface Thing {
  apiVersion: string
  kind: string
  metadata: { name: string; uid?: string; labels?: Record<string, string>; managedFields?: unknown[] }
  spec?: { hostPort?: string; host?: string; port?: number }
}

interface Review {
  readonly apiVersion: string
  readonly request: { readonly uid: string; readonly desiredAPIVersion: string; readonly objects: readonly Thing[] }
}

interface Answer {
  apiVersion: string
  kind: string
  response?: { uid: string; result: { status: string; message?: string }; convertedObjects: Thing[] }
}

const GROUP = 'conversion.example.com'
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const things = (version: string): string => `/apis/${GROUP}/${version}/namespaces/default/things`
const messageOf = (answer: { body: unknown }): string => (answer.body as { message?: string }).message ?? ''

let server: TestServer
let hook: ReviewHook
let caBundle = ''
let url = ''
/** What is wrong with the webhook's answers. */
let spoil: (answer: Answer) => void = () => {}
let reviews: Review[] = []

/** v1 has `hostPort`, v2 `host` and `port`. */
function converted(object: Thing, apiVersion: string): Thing {
  const { hostPort = ':0', host = '', port = 0 } = object.spec ?? {}
  const [name = '', number = ''] = hostPort.split(':')
  const spec = apiVersion.endsWith('/v2') ? { host: name, port: Number(number) } : { hostPort: `${host}:${port}` }
  return { ...structuredClone(object), apiVersion, spec }
}

beforeAll(async () => {
  hook = await reviewHook<Review>((review, [, response]) => {
    reviews.push(review)
    const { uid, desiredAPIVersion, objects } = review.request
    const convertedObjects = objects.map((each) => converted(each, desiredAPIVersion))
    const answer: Answer = {
      apiVersion: review.apiVersion,
      kind: 'ConversionReview',
      response: { uid, result: { status: 'Success' }, convertedObjects },
    }
    spoil(answer)
    response.end(JSON.stringify(answer))
  })
  caBundle = hook.caBundle
  url = `${hook.url}/convert`
})

afterAll(() => hook.close())

function version(name: string, storage: string, properties: object): object {
  const spec = { type: 'object', properties }
  return {
    name,
    served: true,
    storage: name === storage,
    schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
  }
}

function definition(storage: string): object {
  return {
    metadata: { name: `things.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
      versions: [
        version('v1', storage, { hostPort: { type: 'string' } }),
        version('v2', storage, {
          host: { type: 'string' },
          port: { type: 'integer' },
          extra: { type: 'string', default: 'x' },
        }),
      ],
      conversion: {
        strategy: 'Webhook',
        webhook: { conversionReviewVersions: ['v1'], clientConfig: { url, caBundle } },
      },
    },
  }
}

const specOf = (answer: { body: unknown }): unknown => (answer.body as Thing).spec
const create = (v: string, name: string, spec: object) =>
  server.call('POST', things(v), { apiVersion: `${GROUP}/${v}`, kind: 'Thing', metadata: { name }, spec })

beforeEach(async () => {
  spoil = () => {}
  server = await testServer()
  expect((await server.call('POST', CRDS, definition('v1'))).status).toBe(201)
  await expect.poll(async () => (await server.call('GET', things('v1'))).status, { interval: 1 }).toBe(200)
  await create('v1', 'a', { hostPort: 'x:1' })
  reviews = []
})

describe('reading and writing', () => {
  test('an object is shown in the version of the request', async () => {
    expect(specOf(await server.call('GET', `${things('v2')}/a`))).toEqual({ host: 'x', port: 1 })
    expect(specOf(await server.call('GET', `${things('v1')}/a`))).toEqual({ hostPort: 'x:1' })
    expect(reviews.map((review) => review.request.desiredAPIVersion)).toEqual([`${GROUP}/v2`])
  })

  test('an object is kept in the storage version, where what that does not know is lost', async () => {
    const created = await create('v2', 'b', { host: 'y', port: 2 })
    expect([created.status, specOf(created)]).toEqual([201, { host: 'y', port: 2 }])
    const stored = server.store.get(`${GROUP}/things/default/b`)?.value as unknown as Thing
    expect([stored.apiVersion, stored.spec]).toEqual([`${GROUP}/v1`, { hostPort: 'y:2' }])
  })

  test('a list asks once for all its items', async () => {
    await create('v1', 'b', { hostPort: 'y:2' })
    reviews = []
    const { items } = (await server.call('GET', things('v2'))).body as { items: Thing[] }
    expect(items.map((item) => item.spec?.host)).toEqual(['x', 'y'])
    expect(reviews.map((review) => review.request.objects.length)).toEqual([2])
  })

  test('a patch works on the version of the request', async () => {
    const patched = await server.call(
      'PATCH',
      `${things('v2')}/a`,
      { spec: { port: 7 } },
      { headers: { 'content-type': 'application/merge-patch+json' } },
    )
    expect(patched.status).toBe(200)
    expect(specOf(await server.call('GET', `${things('v1')}/a`))).toEqual({ hostPort: 'x:7' })
  })

  test('fields are owned across versions', async () => {
    const apply = (v: string, manager: string, spec: object) =>
      server.call(
        'PATCH',
        `${things(v)}/a`,
        { apiVersion: `${GROUP}/${v}`, kind: 'Thing', metadata: { name: 'a' }, spec },
        { headers: { 'content-type': 'application/apply-patch+yaml' }, query: { fieldManager: manager } },
      )
    expect((await apply('v2', 'me', { host: 'x', port: 1 })).status).toBe(200)
    expect((await apply('v1', 'you', { hostPort: 'x:1' })).status).toBe(200)
    const refused = await apply('v1', 'you', { hostPort: 'x:8' })
    expect([refused.status, messageOf(refused)]).toEqual([
      409,
      expect.stringContaining('conflicts with "me":\n- .spec.port'),
    ])
  })

  test('a watch converts its events in their order', async () => {
    const events = await server.watch(things('v2'), {}, 3, async () => {
      await create('v1', 'b', { hostPort: 'y:2' })
      await server.call('DELETE', `${things('v1')}/b`)
    })
    const shown = events.map(({ type, object }) => [type, object.metadata.name, specOf({ body: object })])
    expect(shown).toEqual([
      ['ADDED', 'a', { host: 'x', port: 1 }],
      ['ADDED', 'b', { host: 'y', port: 2 }],
      ['DELETED', 'b', { host: 'y', port: 2 }],
    ])
  })

  test('objects of the last storage version stay readable', async () => {
    const live = (await server.call('GET', `${CRDS}/things.${GROUP}`)).body as Thing
    await server.call('PUT', `${CRDS}/things.${GROUP}`, { ...live, ...pickSpec(definition('v2')) })
    await create('v2', 'b', { host: 'y', port: 2 })
    const stored = server.store.get(`${GROUP}/things/default/b`)?.value as unknown as Thing
    expect(stored.apiVersion).toBe(`${GROUP}/v2`)
    expect(specOf(await server.call('GET', `${things('v2')}/a`))).toEqual({ host: 'x', port: 1 })
    expect(specOf(await server.call('GET', `${things('v1')}/a`))).toEqual({ hostPort: 'x:1' })
  })
})

function pickSpec(crd: object): { spec: object } {
  return { spec: (crd as { spec: object }).spec }
}

describe('what a webhook may not answer', () => {
  const subject = `conversion webhook for ${GROUP}/v1, Kind=Thing`
  const cases: [name: string, spoil: (answer: Answer) => void, message: string | RegExp][] = [
    [
      'a failure',
      (answer) => {
        if (answer.response) answer.response.result = { status: 'Failure', message: 'no can do' }
      },
      `${subject} failed: no can do`,
    ],
    [
      'a failure without a reason',
      (answer) => {
        if (answer.response) answer.response.result = { status: 'Failure' }
      },
      `${subject} failed: response.result.status was 'Failure', not 'Success'`,
    ],
    ['no response', (answer) => delete answer.response, `${subject} failed: no response provided`],
    [
      'the answer to another request',
      (answer) => {
        if (answer.response) answer.response.uid = 'x'
      },
      /failed: expected response\.uid=".+", got "x"$/,
    ],
    ['fewer objects', (answer) => answer.response?.convertedObjects.pop(), `${subject} returned 0 objects, expected 1`],
    [
      'another version',
      (answer) => {
        for (const each of answer.response?.convertedObjects ?? []) each.apiVersion = `${GROUP}/v9`
      },
      `${subject} returned invalid object at index 0: invalid groupVersion (expected ${GROUP}/v2, received ${GROUP}/v9)`,
    ],
    [
      'another name',
      (answer) => {
        for (const each of answer.response?.convertedObjects ?? []) each.metadata.name = 'z'
      },
      `${subject} returned invalid object: must have the same name: a != z`,
    ],
    [
      'labels that are none',
      (answer) => {
        for (const each of answer.response?.convertedObjects ?? []) each.metadata.labels = { 'a b': 'c' }
      },
      /returned invalid metadata: metadata\.labels: Invalid value: "a b": name part must consist of/,
    ],
  ]
  test.each(cases)('%s', async (_name, spoiled, message) => {
    spoil = spoiled
    const answer = await server.call('GET', `${things('v2')}/a`)
    expect([answer.status, messageOf(answer)]).toEqual([
      500,
      typeof message === 'string' ? message : expect.stringMatching(message),
    ])
  })

  test('metadata other than labels and annotations is that of the original', async () => {
    spoil = (answer) => {
      for (const each of answer.response?.convertedObjects ?? []) {
        each.metadata = { name: 'a', ...(each.metadata.uid && { uid: each.metadata.uid }), labels: { l: '1' } }
        Object.assign(each.metadata, { namespace: 'default', finalizers: ['x.example.com/y'] })
      }
    }
    const { metadata } = (await server.call('GET', `${things('v2')}/a`)).body as Thing
    expect(metadata).toMatchObject({ labels: { l: '1' }, managedFields: [{}] })
    expect(metadata).not.toHaveProperty('finalizers')
  })

  test('a webhook that is not there', async () => {
    await server.call(
      'PATCH',
      `${CRDS}/things.${GROUP}`,
      { spec: { conversion: { webhook: { clientConfig: { url: 'https://127.0.0.1:1/x' } } } } },
      { headers: { 'content-type': 'application/merge-patch+json' } },
    )
    expect(messageOf(await server.call('GET', `${things('v2')}/a`))).toBe(
      `${subject} failed: Post "https://127.0.0.1:1/x?timeout=30s": dial tcp 127.0.0.1:1: connect: connection refused`,
    )
  })

  test('nothing is written that cannot be converted', async () => {
    spoil = (answer) => delete answer.response
    expect((await create('v2', 'c', { host: 'y', port: 2 })).status).toBe(500)
    expect(server.store.get(`${GROUP}/things/default/c`)).toBeUndefined()
  })
})
