import https from 'node:https'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createPki } from '../../../../src/cluster/pki.ts'
import { testServer, type TestServer } from './harness.ts'

const API = '/apis/apiregistration.k8s.io/v1/apiservices'
const GROUP = 'far.example.com'
const NAME = `v1.${GROUP}`
const SERVICES = '/api/v1/namespaces/default/services'
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices'
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

let far: https.Server
let port = 0
let caBundle = ''
let server: TestServer
/** The last request that came through, but those of the aggregator itself. */
let seen: { url: string; headers: https.RequestOptions['headers']; certificate: string; body: string } | undefined
let broken = false

beforeAll(async () => {
  const pki = createPki(Date.now(), ['far.default.svc'])
  caBundle = Buffer.from(pki.ca.cert).toString('base64')
  const tls = { key: pki.server.key, cert: pki.server.cert, requestCert: true, rejectUnauthorized: false }
  far = https.createServer(tls, (request, response) => {
    const url = request.url ?? ''
    let body = ''
    request.on('data', (part: Buffer) => {
      body += part.toString()
    })
    request.on('end', () => {
      const certificate = String((request.socket as TLSSocket).getPeerCertificate().subject?.CN)
      if (request.headers['x-remote-user'] !== 'system:kube-aggregator') {
        seen = { url, headers: request.headers, certificate, body }
      }
      if (broken) response.statusCode = 500
      else if (url.endsWith('/redirect')) {
        response.statusCode = 302
        response.setHeader('location', '/elsewhere')
      } else if (url.endsWith('/slow')) {
        response.write('first\n')
        setTimeout(() => response.end('second\n'), 300)
        return
      } else if (url.endsWith('/cut')) {
        request.socket.destroy()
        return
      }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(url === `/apis/${GROUP}/v1` ? RESOURCES : { asked: url }))
    })
  })
  await new Promise<void>((resolve) => far.listen(0, resolve))
  const address = far.address()
  port = typeof address === 'object' ? (address?.port ?? 0) : 0
})

afterAll(() => {
  far.closeAllConnections()
  far.close()
})

const RESOURCES = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: `${GROUP}/v1`,
  resources: [
    { name: 'gears', singularName: 'gear', namespaced: true, kind: 'Gear', verbs: ['get', 'list'], shortNames: ['gr'] },
    { name: 'gears/status', singularName: '', namespaced: true, kind: 'Gear', verbs: ['get'] },
  ],
}

beforeEach(async () => {
  broken = false
  seen = undefined
  server = await testServer()
})

async function register(authorities = caBundle): Promise<void> {
  const service = { name: 'far', namespace: 'default', port }
  const spec = {
    group: GROUP,
    version: 'v1',
    groupPriorityMinimum: 1000,
    versionPriority: 15,
    caBundle: authorities,
    service,
  }
  expect(await server.call('POST', API, { metadata: { name: NAME }, spec })).toMatchObject({ status: 201 })
}

/** The server is reached by a name outside of the cluster, as a developer's own machine is. */
async function connect(): Promise<void> {
  await server.call('POST', SERVICES, {
    metadata: { name: 'far' },
    spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
  })
  await register()
  await condition('True', 'Passed', 'all checks passed')
}

async function condition(status: string, reason: string, message: string | RegExp): Promise<void> {
  const found = async (): Promise<unknown> => {
    const { body } = await server.call('GET', `${API}/${NAME}`)
    return (body as { status?: { conditions?: unknown[] } }).status?.conditions?.[0]
  }
  const wanted = typeof message === 'string' ? message : expect.stringMatching(message)
  await expect.poll(found, { interval: 5 }).toMatchObject({ type: 'Available', status, reason, message: wanted })
}

describe('whether an API is available', () => {
  test('without its Service it is not, nor when that has no such port or no endpoints', async () => {
    await register()
    await condition('False', 'ServiceNotFound', 'service/far in "default" is not present')
    await server.call('POST', SERVICES, { metadata: { name: 'far' }, spec: { ports: [{ port: 1 }] } })
    await condition('False', 'ServicePortError', `service/far in "default" is not listening on port ${port}`)
    await server.call(
      'PATCH',
      `${SERVICES}/far`,
      { spec: { ports: [{ port }] } },
      { headers: { 'content-type': 'application/merge-patch+json' } },
    )
    await condition('False', 'EndpointsNotFound', 'cannot find endpointslices for service/far in "default"')
    const slice = {
      metadata: { name: 'far-1', labels: { 'kubernetes.io/service-name': 'far' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.1.2.3'], conditions: { ready: false } }],
      ports: [{ name: '', port }],
    }
    await server.call('POST', SLICES, slice)
    const none = 'endpointslices for service/far in "default" have no addresses with port name ""'
    await condition('False', 'MissingEndpoints', none)
    const targetRef = { kind: 'Pod', name: 'far', namespace: 'default' }
    const ready = { addresses: ['10.1.2.3'], conditions: { ready: true }, targetRef }
    expect((await server.call('PUT', `${SLICES}/far-1`, { ...slice, endpoints: [ready] })).status).toBe(200)
    await condition('False', 'FailedDiscoveryCheck', `dial tcp 10.1.2.3:${port}: connect: connection refused`)
    expect(await server.call('GET', `/apis/${GROUP}/v1/gears`)).toMatchObject({
      status: 503,
      body: 'service unavailable\n',
    })
  })

  test('a server that does not tell its resources is not', async () => {
    broken = true
    await server.call('POST', SERVICES, {
      metadata: { name: 'far' },
      spec: { type: 'ExternalName', externalName: 'localhost' },
    })
    await register()
    const url = `https://localhost:${port}/apis/${GROUP}/v1`
    await condition(
      'False',
      'FailedDiscoveryCheck',
      `failing or missing response from ${url}: bad status from ${url}: 500`,
    )
    broken = false
    await server.clock.advance(1000)
    await condition('True', 'Passed', 'all checks passed')
  })

  test('a certificate of somebody else is not believed', async () => {
    await server.call('POST', SERVICES, {
      metadata: { name: 'far' },
      spec: { type: 'ExternalName', externalName: 'localhost' },
    })
    await register(Buffer.from(createPki(Date.now()).ca.cert).toString('base64'))
    await condition('False', 'FailedDiscoveryCheck', /x509: certificate signed by unknown authority$/)
  })
})

describe('an available API', () => {
  beforeEach(connect)

  test('requests are passed on in the name of their sender', async () => {
    const answer = await server.call(
      'POST',
      `/apis/${GROUP}/v1/namespaces/a/gears`,
      { a: 1 },
      {
        query: { fieldManager: 'x' },
        headers: { authorization: 'Bearer secret' },
      },
    )
    expect(answer).toMatchObject({
      status: 200,
      body: { asked: `/apis/${GROUP}/v1/namespaces/a/gears?fieldManager=x` },
    })
    expect(seen).toMatchObject({ certificate: 'front-proxy-client', body: '{"a":1}' })
    expect(seen?.headers).toMatchObject({
      'x-remote-user': 'system:apiserver',
      'x-remote-group': 'system:masters, system:authenticated',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
    })
    expect(seen?.headers).not.toHaveProperty('authorization')
  })

  test('headers that name a sender are not passed on', async () => {
    await server.call('GET', `/apis/${GROUP}/v1/gears`, undefined, {
      headers: {
        'x-remote-user': 'root',
        'x-remote-extra-a': 'b',
        'impersonate-user': 'ann',
        'impersonate-group': 'system:masters',
      },
    })
    expect(seen?.headers).toMatchObject({ 'x-remote-user': 'ann' })
    expect(seen?.headers).not.toHaveProperty('x-remote-extra-a')
    expect(seen?.headers).not.toHaveProperty('impersonate-user')
  })

  test('who may not is refused before', async () => {
    const refused = await server.as('bob')('GET', `/apis/${GROUP}/v1/gears`)
    expect(refused).toMatchObject({ status: 403, body: { reason: 'Forbidden' } })
    expect(seen).toBeUndefined()
  })

  test('an answer that takes its time comes as it is given', async () => {
    const { signal } = new AbortController()
    expect(await server.stream(`/apis/${GROUP}/v1/slow`, {}, signal)).toBe('first\nsecond\n')
  })

  const failures: [path: string, status: number, body: string][] = [
    ['redirect', 502, 'the backend attempted to redirect this request, which is not permitted'],
    ['cut', 503, 'error trying to reach service: EOF\n'],
  ]
  test.each(failures)('%s', async (path, status, body) => {
    expect(await server.call('GET', `/apis/${GROUP}/v1/${path}`)).toMatchObject({ status, body })
  })

  test('discovery shows its resources', async () => {
    const groupsOf = async (accept: string): Promise<unknown> =>
      (await server.call('GET', '/apis', undefined, { headers: { accept } })).body
    expect(await groupsOf('application/json')).toMatchObject({
      groups: expect.arrayContaining([expect.objectContaining({ name: GROUP })]),
    })
    const resources = [
      {
        resource: 'gears',
        responseKind: { group: '', version: '', kind: 'Gear' },
        scope: 'Namespaced',
        singularResource: 'gear',
        verbs: ['get', 'list'],
        shortNames: ['gr'],
        subresources: [
          { subresource: 'status', responseKind: { group: '', version: '', kind: 'Gear' }, verbs: ['get'] },
        ],
      },
    ]
    expect(await groupsOf(AGGREGATED)).toMatchObject({
      items: expect.arrayContaining([
        { metadata: { name: GROUP }, versions: [{ version: 'v1', resources, freshness: 'Current' }] },
      ]),
    })
    expect((await server.call('GET', `/apis/${GROUP}/v1`)).body).toEqual(RESOURCES)
    expect(await server.call('GET', `/apis/${GROUP}/v2`)).toMatchObject({ status: 404, body: '404 page not found\n' })
  })

  test('without its Service discovery calls it stale', async () => {
    await server.call('DELETE', `${SERVICES}/far`)
    await condition('False', 'ServiceNotFound', 'service/far in "default" is not present')
    const { body } = await server.call('GET', '/apis', undefined, { headers: { accept: AGGREGATED } })
    expect(body).toMatchObject({
      items: expect.arrayContaining([{ metadata: { name: GROUP }, versions: [{ version: 'v1', freshness: 'Stale' }] }]),
    })
  })
})
