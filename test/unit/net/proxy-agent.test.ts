import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sendHttp } from '../../../src/net/index.ts'
import { socksProxy } from '../../support/socks-proxy.ts'

let server: Server
let proxy: Server
let origin = ''
let env: Record<string, string> = {}
const asked: string[] = []

const portOf = (of: Server): number => (of.address() as AddressInfo).port

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/home') response.writeHead(302, { location: `http://127.0.0.1:${portOf(server)}/` }).end()
    else response.end('from the server')
  })
  const seen = ({ method, url, headers }: IncomingMessage): void =>
    void asked.push(`${method} ${url} ${headers['proxy-authorization'] ?? '-'}`)
  proxy = createServer((request, response) => {
    seen(request)
    const { pathname } = new URL(request.url ?? '')
    const relayed = { host: '127.0.0.1', port: portOf(server), path: pathname }
    import('node:http').then(({ get }) =>
      get(relayed, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      }),
    )
  })
  proxy.on('connect', (request, socket) => {
    seen(request)
    if (!request.url?.startsWith('allowed.example')) return void socket.end('HTTP/1.1 403 Not For You\r\n\r\n')
    const onward = connect(portOf(server), '127.0.0.1')
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    onward.pipe(socket)
    socket.pipe(onward)
  })
  for (const item of [server, proxy]) await new Promise<void>((done) => item.listen(0, '127.0.0.1', done))
  origin = `http://far.example:${portOf(server)}`
  const address = `http://user:p%61ss@127.0.0.1:${portOf(proxy)}`
  env = { HTTP_PROXY: address, HTTPS_PROXY: address }
})

beforeEach(() => void asked.splice(0))

afterAll(() => {
  for (const item of [server, proxy]) {
    item.closeAllConnections()
    item.close()
  }
})

const login = `Basic ${Buffer.from('user:pass').toString('base64')}`

test('plain HTTP is asked of the proxy by whole URLs, with its login', async () => {
  const { body } = await sendHttp({ url: `${origin}/a`, env })
  expect(Buffer.from(body).toString()).toBe('from the server')
  expect(asked).toEqual([`GET ${origin}/a ${login}`])
})

test('a redirect to a place that needs no proxy goes straight there', async () => {
  const { body } = await sendHttp({ url: `${origin}/home`, env })
  expect(Buffer.from(body).toString()).toBe('from the server')
  expect(asked).toEqual([`GET ${origin}/home ${login}`])
})

test('HTTPS goes through a tunnel; what the proxy answers instead is the failure', async () => {
  await expect(sendHttp({ url: 'https://denied.example/x', env })).rejects.toThrow(
    'Get "https://denied.example/x": Not For You',
  )
  await expect(sendHttp({ url: 'https://allowed.example/x', env })).rejects.toThrow(/server gave HTTP response|tls:/)
  expect(asked).toEqual([`CONNECT denied.example:443 ${login}`, `CONNECT allowed.example:443 ${login}`])
})

test('a proxy that cannot be reached is told as one', async () => {
  const unreachable = { HTTP_PROXY: '127.0.0.1:1', HTTPS_PROXY: 'http://127.0.0.1:1' }
  const refused = 'proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused'
  await expect(sendHttp({ url: `${origin}/`, env: unreachable })).rejects.toThrow(`Get "${origin}/": ${refused}`)
  await expect(sendHttp({ url: 'https://x.example/', env: unreachable })).rejects.toThrow(refused)
})

test('HTTP_PROXY is not believed in a CGI environment', async () => {
  await expect(sendHttp({ url: `${origin}/`, env: { ...env, REQUEST_METHOD: 'GET' } })).rejects.toThrow(
    `Get "${origin}/": refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy`,
  )
})

test('a SOCKS proxy leads to servers of both kinds, by name', async () => {
  const socks = await socksProxy('s3cret')
  try {
    const at = (login: string) => {
      const address = `socks5://${login}127.0.0.1:${socks.port}`
      return { HTTP_PROXY: address, HTTPS_PROXY: address.replace('socks5', 'socks5h') }
    }
    const { body } = await sendHttp({ url: `${origin}/a`, env: at('me:s3cret@') })
    expect(Buffer.from(body).toString()).toBe('from the server')
    const secure = origin.replace('http:', 'https:')
    await expect(sendHttp({ url: secure, env: at('me:s3cret@') })).rejects.toThrow('server gave HTTP response')
    expect(socks.asked).toEqual(['far.example', 'far.example'])
    const target = `socks connect tcp 127.0.0.1:${socks.port}->far.example:${portOf(server)}`
    await expect(sendHttp({ url: `${origin}/a`, env: at('me:no@') })).rejects.toThrow(
      `Get "${origin}/a": ${target}: username/password authentication failed`,
    )
    await expect(sendHttp({ url: secure, env: at('') })).rejects.toThrow(
      `Get "${secure}": ${target}: no acceptable authentication methods`,
    )
  } finally {
    await socks.close()
  }
})
