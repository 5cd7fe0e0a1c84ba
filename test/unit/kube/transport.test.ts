import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { createHttpTransport, type TransportHost, type UserEntry } from '../../../src/kube/index.ts'
import { type SocksProxy, socksProxy } from '../../support/socks-proxy.ts'

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const instantly = {
  nowMs: () => 0,
  after: (_delayMs: number, task: () => void) => {
    queueMicrotask(task)
    return () => undefined
  },
}

async function serve(handler: Handler): Promise<string> {
  const server = http.createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise((resolve) => server.close(resolve)))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function connect(server: string, user: UserEntry = {}, runExec = async () => '', more: Partial<TransportHost> = {}) {
  const connection = { server, cluster: {}, user, namespace: 'default', userAgent: 'Helm/4' }
  const transport = createHttpTransport(connection, { clock: instantly, env: {}, runExec, ...more })
  closers.unshift(() => transport.close())
  return transport
}

const get = { method: 'GET', path: '/version', query: { a: ['1', '2'] } } as const

test('a request carries credentials, impersonation and its query', async () => {
  const server = await serve((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ url: request.url, headers: request.headers }))
  })
  const user = { token: 't', as: 'joe', 'as-groups': ['x', 'y'] }
  const { body } = await connect(server, user).request(get)
  expect(body).toMatchObject({
    url: '/version?a=1&a=2',
    headers: {
      authorization: 'Bearer t',
      'impersonate-user': 'joe',
      'impersonate-group': 'x, y',
      'user-agent': 'Helm/4',
    },
  })
})

test('an answer is read whole in any pieces, and one that breaks off is an error', async () => {
  const text = JSON.stringify({ items: Array.from({ length: 20_000 }, (_, at) => `ä${at}`) })
  const bytes = Buffer.from(text)
  const server = await serve((request, response) => {
    const [, length, packing, end] = request.url?.split('/') ?? []
    const body = packing === 'gzip' ? gzipSync(bytes) : bytes
    response.setHeader('content-type', 'application/json')
    if (packing === 'gzip') response.setHeader('content-encoding', 'gzip')
    if (length === 'announced') response.setHeader('content-length', body.length)
    response.write(body.subarray(0, 1001))
    if (end === 'cut') setTimeout(() => response.destroy(), 20)
    else setTimeout(() => response.end(body.subarray(1001)), 5)
  })
  const transport = connect(server)
  for (const length of ['announced', 'unknown'])
    for (const packing of ['gzip', 'plain']) {
      const answer = transport.request({ method: 'GET', path: `/${length}/${packing}/whole` })
      expect((await answer).body).toEqual(JSON.parse(text))
      const cut = transport.request({ method: 'GET', path: `/${length}/${packing}/cut` })
      await expect(cut).rejects.toMatchObject({ code: 'UNREACHABLE' })
    }
})

test('an unreachable server is an error in the words of Go', async () => {
  const server = await serve(() => undefined)
  await closers.pop()?.()
  const address = server.slice('http://'.length)
  await expect(connect(server).request({ method: 'GET', path: '/version' })).rejects.toThrow(
    `Get "${server}/version": dial tcp ${address}: connect: connection refused`,
  )
})

test('a server that asks to wait is asked again', async () => {
  let count = 0
  const server = await serve((_request, response) => {
    count += 1
    if (count < 3) response.writeHead(429, { 'retry-after': '1' })
    response.end('done')
  })
  expect(await connect(server).request(get)).toMatchObject({ status: 200, body: 'done' })
  expect(count).toBe(3)
})

test('what is read is asked for again when the connection is cut; what changes something is not, on a new connection', async () => {
  const seen: string[] = []
  const server = await serve((request, response) => {
    seen.push(request.method ?? '')
    if (seen.length < 3) request.socket.destroy()
    else response.end('done')
  })
  expect(await connect(server).request(get)).toMatchObject({ status: 200, body: 'done' })
  expect(seen).toEqual(['GET', 'GET', 'GET'])
  seen.length = 0
  const sent = connect(server).request({ method: 'POST', path: '/x', body: {} })
  await expect(sent).rejects.toThrow(`Post "${server}/x": EOF`)
  expect(seen).toEqual(['POST'])
})

test('what is read is given up when the connection is cut time after time', async () => {
  let count = 0
  const server = await serve((request) => {
    count += 1
    request.socket.destroy()
  })
  await expect(connect(server).request({ method: 'GET', path: '/x' })).rejects.toThrow(`Get "${server}/x": EOF`)
  expect(count).toBe(10)
})

test('credentials of a plugin are fetched again after a refusal', async () => {
  const server = await serve((request, response) => {
    response.writeHead(request.headers.authorization === 'Bearer 2' ? 200 : 401)
    response.end()
  })
  let runs = 0
  const apiVersion = 'client.authentication.k8s.io/v1'
  const user = { exec: { apiVersion, command: 'plugin' } }
  const runExec = async () => {
    runs += 1
    return JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token: String(runs) } })
  }
  expect((await connect(server, user, runExec).request(get)).status).toBe(200)
  expect(runs).toBe(2)
})

/** An OpenID provider that answers every refresh with the same new tokens. */
async function provider(idToken: string): Promise<{ issuer: string; seen: string[] }> {
  const seen: string[] = []
  let issuer = ''
  issuer = await serve((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''} ${body}`.trim())
      const answer =
        request.method === 'GET'
          ? { token_endpoint: `${issuer}/token` }
          : { id_token: idToken, refresh_token: 'r2', access_token: 'a', token_type: 'Bearer' }
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
    })
  })
  return { issuer, seen }
}

const jwt = (exp: number): string => `h.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.s`

test('an expired ID token is refreshed once for all requests, and kept', async () => {
  const { issuer, seen } = await provider(jwt(100))
  const server = await serve((request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(request.headers.authorization))
  })
  const config = { 'idp-issuer-url': issuer, 'client-id': 'id', 'client-secret': 's', 'refresh-token': 'r1' }
  const user = { 'auth-provider': { name: 'oidc', config: { ...config, 'id-token': jwt(1) } } }
  const kept: unknown[] = []
  const persistUser = async (_user: UserEntry, tokens: object): Promise<void> => void kept.push(tokens)
  const transport = connect(server, user, async () => '', { persistUser })
  const answers = await Promise.all([transport.request(get), transport.request(get)])
  expect(answers.map(({ body }) => body)).toEqual([`Bearer ${jwt(100)}`, `Bearer ${jwt(100)}`])
  expect(seen).toEqual([
    'GET /.well-known/openid-configuration',
    `POST /token Basic ${Buffer.from('id:s').toString('base64')} grant_type=refresh_token&refresh_token=r1`,
  ])
  expect(kept).toEqual([{ ...config, 'id-token': jwt(100), 'refresh-token': 'r2' }])
})

test('without a refresh token the request fails in the words of client-go', async () => {
  const user = { 'auth-provider': { name: 'oidc', config: { 'idp-issuer-url': 'http://i', 'client-id': 'id' } } }
  await expect(connect('http://127.0.0.1:1', user).request({ method: 'GET', path: '/version' })).rejects.toThrow(
    'Get "http://127.0.0.1:1/version": No valid id-token, and cannot refresh without refresh-token',
  )
})

test("each refusal of a plugin's credentials runs it once, however many requests met it", async () => {
  let valid = 'token-1'
  const server = await serve((request, response) => {
    response.statusCode = request.headers.authorization === `Bearer ${valid}` ? 200 : 401
    response.end('{}')
  })
  let runs = 0
  const runExec = async () => {
    runs += 1
    return JSON.stringify({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: `token-${runs}` },
    })
  }
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'plugin', interactiveMode: 'Never' as const }
  const transport = connect(server, { exec }, runExec)
  const ask = async () => (await Promise.all([1, 2, 3].map(() => transport.request(get)))).map(({ status }) => status)
  expect(await ask()).toEqual([200, 200, 200])
  valid = 'token-2'
  expect(await ask()).toEqual([200, 200, 200])
  valid = 'token-3'
  expect(await ask()).toEqual([200, 200, 200])
  expect(runs).toBe(3)
})

async function startSocks(password?: string): Promise<SocksProxy> {
  const proxy = await socksProxy(password)
  closers.push(proxy.close)
  return proxy
}

test('a SOCKS proxy is asked by name, with the password of its URL', async () => {
  const server = await serve((_request, response) => response.end('hello'))
  const { port } = new URL(server)
  const proxy = await startSocks('s3cret')
  const through = (url: string, to: string) => {
    const connection = { server: to, cluster: { 'proxy-url': url }, user: {}, namespace: 'x', userAgent: 'Helm/4' }
    const transport = createHttpTransport(connection, { clock: instantly, env: {}, runExec: async () => '' })
    closers.unshift(() => transport.close())
    return transport.request({ method: 'GET', path: '/version' })
  }
  const address = `127.0.0.1:${proxy.port}`
  expect((await through(`socks5://me:s3cret@${address}`, `http://api.example:${port}`)).body).toBe('hello')
  expect(proxy.asked).toEqual(['api.example'])
  const refused = `Get "http://api.example:${port}/version": socks connect tcp ${address}->api.example:${port}: username/password authentication failed`
  await expect(through(`socks5://me:wrong@${address}`, `http://api.example:${port}`)).rejects.toThrow(refused)
  const none = `socks connect tcp ${address}->api.example:${port}: no acceptable authentication methods`
  await expect(through(`socks5://${address}`, `http://api.example:${port}`)).rejects.toThrow(none)
  const closed = await startSocks()
  const gone = `socks connect tcp 127.0.0.1:${closed.port}->api.example:1: unknown error connection refused`
  await expect(through(`socks5://127.0.0.1:${closed.port}`, 'http://api.example:1')).rejects.toThrow(gone)
  expect(() => through('ftp://p', server)).toThrow('must be http, https, or socks5')
})

test('a certificate authority that is a folder is told as Go tells it', () => {
  const connection = {
    server: 'https://127.0.0.1:1',
    cluster: { 'certificate-authority': '/' },
    user: {},
    namespace: 'x',
    userAgent: 'Helm/4',
  }
  const host = { clock: instantly, env: {}, runExec: async () => '' }
  expect(() => createHttpTransport(connection, host)).toThrow('read /: is a directory')
})
