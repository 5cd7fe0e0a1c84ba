import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createNetServer, type Server as NetServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendHttp } from '../../../src/net/index.ts'

let server: Server
let base = ''
let refusals = 2
const served = new WeakSet<object>()

beforeAll(async () => {
  server = createServer((request, response) => {
    const { url = '', socket } = request
    const reused = served.has(socket)
    served.add(socket)
    if (url === '/idle' && reused) socket.destroy()
    else if (url === '/busy' && refusals-- > 0) response.writeHead(503, { 'retry-after': '0' }).end()
    else if (url === '/gone') response.writeHead(404, 'Not Here').end('no')
    else if (url === '/loop') response.writeHead(302, { location: '/loop' }).end()
    else if (url === '/away') response.writeHead(302, { location: 'ftp://127.0.0.1/x' }).end()
    else if (url === '/large') response.end(Buffer.alloc(5_000))
    else if (url === '/slow') return
    else if (url === '/seen') response.end(JSON.stringify(request.headers))
    else if (url.startsWith('/to?')) response.writeHead(302, { location: url.slice(4) }).end()
    else response.end(`${request.method} ${request.headers['user-agent']}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

test('an answer is read whole, whatever its status', async () => {
  const ok = await sendHttp({ url: `${base}/` })
  expect(Buffer.from(ok.body).toString()).toBe('GET Helm/4.2.4')
  const gone = await sendHttp({ url: `${base}/gone` })
  expect([gone.status, gone.statusText]).toEqual([404, 'Not Here'])
})

test('a busy server is asked again', async () => {
  expect((await sendHttp({ url: `${base}/busy`, retries: 3 })).status).toBe(200)
})

test('a kept connection that the server has closed is replaced', async () => {
  await sendHttp({ url: `${base}/` })
  expect((await sendHttp({ url: `${base}/idle` })).status).toBe(200)
  await expect(sendHttp({ url: `${base}/idle`, method: 'POST' })).rejects.toMatchObject({ name: 'NetError' })
})

test.each([
  ['/loop', {}, 'stopped after 10 redirects'],
  ['/away', {}, 'Get "ftp://127.0.0.1/x": unsupported protocol scheme "ftp"'],
  ['/large', { maxBytes: 1_000 }, 'the answer is larger than 1000 bytes'],
  ['/slow', { timeoutMs: 50 }, 'context deadline exceeded'],
])('%s is refused', async (path, options, reason) => {
  await expect(sendHttp({ url: base + path, ...options })).rejects.toThrow(reason)
})

test('a port nobody listens on is told in the words of Go', async () => {
  await expect(sendHttp({ url: 'http://127.0.0.1:1/x' })).rejects.toThrow(
    'Get "http://127.0.0.1:1/x": dial tcp 127.0.0.1:1: connect: connection refused',
  )
})

test('a login goes along to another port of the same host, and to no other host', async () => {
  const other = createServer((request, response) => response.end(request.headers.authorization ?? 'none'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  const basicAuth = { username: 'a', password: 'b' }
  try {
    const ask = async (host: string): Promise<string> => {
      const { body } = await sendHttp({ url: `${base}/to?http://${host}:${port}/`, basicAuth })
      return Buffer.from(body).toString()
    }
    expect(await ask('127.0.0.1')).toBe('Basic YTpi')
    expect(await ask('localhost')).toBe('none')
  } finally {
    other.closeAllConnections()
    other.close()
  }
})

test('headers are those that were asked for', async () => {
  const { body } = await sendHttp({ url: `${base}/seen`, timeoutMs: 0 })
  expect(JSON.parse(Buffer.from(body).toString())).not.toHaveProperty('accept')
})

test('a server without TLS is told by whether it answers with HTTP', async () => {
  const port = (at: Server | NetServer): number => (at.address() as AddressInfo).port
  const ask = (at: number): Promise<unknown> => sendHttp({ url: `https://127.0.0.1:${at}/` })
  await expect(ask(port(server))).rejects.toThrow('http: server gave HTTP response to HTTPS client')
  const chatty = createNetServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end('<html>what?</html>'))
  })
  await new Promise<void>((resolve) => chatty.listen(0, '127.0.0.1', resolve))
  try {
    await expect(ask(port(chatty))).rejects.toThrow('tls: first record does not look like a TLS handshake')
  } finally {
    chatty.close()
  }
})
