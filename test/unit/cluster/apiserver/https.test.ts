import https from 'node:https'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCluster, type RunningCluster } from '../../../../src/cluster/index.ts'

let cluster: RunningCluster
let url: URL
let ca: string
let token: string

beforeAll(async () => {
  cluster = await startCluster({ storage: 'memory', components: false })
  url = new URL(cluster.endpoint)
  ca = Buffer.from(cluster.kubeconfig.clusters[0]?.cluster['certificate-authority-data'] ?? '', 'base64').toString()
  token = cluster.kubeconfig.users[0]?.user.token ?? ''
})
afterAll(() => cluster.stop())

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

function send(
  method: string,
  path: string,
  options: { body?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, ...options.headers }
    const request = https.request(
      { host: url.hostname, port: url.port, ca, method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text })
        })
      },
    )
    request.on('error', reject)
    request.end(options.body)
  })
}

const MAPS = '/api/v1/namespaces/default/configmaps'

describe('over HTTPS', () => {
  test('a path with a broken escape is refused in plain text', async () => {
    const answer = await send('GET', `${MAPS}/%zz`)
    expect(answer).toEqual({ status: 400, type: 'text/plain; charset=utf-8', text: '400 Bad Request' })
    expect((await send('GET', `${MAPS}?labelSelector=%zz`)).status).not.toBe(0)
  })

  test.each([
    ['the token', {}, 200],
    ['a wrong token', { authorization: 'Bearer wrong' }, 401],
    ['no credentials', { authorization: '' }, 401],
  ])('%s decides who asks', async (_what, headers, status) => {
    expect((await send('GET', MAPS, { headers })).status).toBe(status)
  })

  test('a body that is too large is refused, and the server goes on', async () => {
    const body = JSON.stringify({ metadata: { name: 'big' }, data: { a: 'x'.repeat(4 * 1024 * 1024) } })
    expect((await send('POST', MAPS, { body, headers: { 'content-type': 'application/json' } })).status).toBe(413)
    expect((await send('GET', '/readyz')).text).toBe('ok')
  })

  test.each([
    ['text/html', 406, 'application/json'],
    ['application/yaml', 200, 'application/yaml'],
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 200, 'application/json'],
    ['application/vnd.kubernetes.protobuf,application/json', 200, 'application/json'],
  ])('Accept %s gives %i', async (accept, status, type) => {
    const answer = await send('GET', MAPS, { headers: { accept } })
    expect([answer.status, answer.type]).toEqual([status, type])
  })

  test('garbage instead of a request closes that connection only', async () => {
    await new Promise<void>((resolve) => {
      const socket = tls.connect({ host: url.hostname, port: Number(url.port), ca, servername: 'localhost' }, () => {
        socket.write('\x00\x01\x02 not HTTP at all\r\n\r\n')
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve())
      socket.resume()
    })
    expect((await send('GET', '/livez')).text).toBe('ok')
  })

  test('a watch whose client leaves is forgotten', async () => {
    await new Promise<void>((resolve) => {
      const headers = { authorization: `Bearer ${token}` }
      const request = https.get(
        { host: url.hostname, port: url.port, ca, path: `${MAPS}?watch=1`, headers, agent: false },
        () => {
          request.destroy()
          resolve()
        },
      )
      request.on('error', () => {})
    })
    expect((await send('POST', MAPS, { body: JSON.stringify({ metadata: { name: 'after' } }) })).status).toBe(201)
  })
})

test('a cluster on disk comes back as it was, with the same kubeconfig', async () => {
  const { mkdtempSync } = await import('node:fs')
  const { tmpdir } = await import('node:os')
  const { join } = await import('node:path')
  const dataDir = mkdtempSync(join(tmpdir(), 'chartctl-cluster-'))
  const first = await startCluster({ storage: 'lmdb', dataDir, components: false })
  await first.transport.request({ method: 'POST', path: MAPS, body: { metadata: { name: 'kept' }, data: { a: '1' } } })
  await first.stop()
  const second = await startCluster({
    storage: 'lmdb',
    dataDir,
    components: false,
    port: Number(new URL(first.endpoint).port),
  })
  expect(second.kubeconfigText).toBe(first.kubeconfigText)
  expect(await second.transport.request({ method: 'GET', path: `${MAPS}/kept` })).toMatchObject({
    status: 200,
    body: { data: { a: '1' } },
  })
  await second.stop()
})
