import { expect, test } from 'vitest'
import { testServer } from './harness.ts'

const PATH = '/api/v1/componentstatuses'
const MERGE = { headers: { 'content-type': 'application/merge-patch+json' } }
const TABLE = { headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' } }

test('the components of the cluster are healthy', async () => {
  const server = await testServer()
  const { body } = await server.call('GET', PATH, undefined, TABLE)
  expect((body as { rows: { cells: unknown[] }[] }).rows.map(({ cells }) => cells)).toEqual([
    ['controller-manager', 'Healthy', 'ok', ''],
    ['scheduler', 'Healthy', 'ok', ''],
    ['etcd-0', 'Healthy', 'ok', ''],
  ])
  expect(await server.call('GET', `${PATH}/etcd-0`)).toMatchObject({
    status: 200,
    body: { kind: 'ComponentStatus', metadata: { name: 'etcd-0' } },
  })
  expect(await server.call('GET', `${PATH}/nope`)).toMatchObject({
    status: 404,
    body: { message: 'componentstatus "nope" not found' },
  })
  const one = await server.call('GET', PATH, undefined, { query: { fieldSelector: 'metadata.name=scheduler' } })
  expect(one.body).toMatchObject({ items: [{ metadata: { name: 'scheduler' } }] })
})

test('a kind warns of its age only where it answers', async () => {
  const server = await testServer()
  const warningOf = async (method: 'GET' | 'PATCH' | 'POST', path: string): Promise<unknown> =>
    (await server.call(method, path, method === 'GET' ? undefined : {}, MERGE)).headers.warning
  const warning = '299 - "v1 ComponentStatus is deprecated in v1.19+"'
  expect(await warningOf('GET', PATH)).toBe(warning)
  expect(await warningOf('GET', `${PATH}/nope`)).toBe(warning)
  expect(await warningOf('PATCH', `${PATH}/etcd-0`)).toBeUndefined()
  expect(await warningOf('POST', PATH)).toBeUndefined()
  const endpoints = '/api/v1/namespaces/default/endpoints'
  expect(await warningOf('PATCH', `${endpoints}/nope`)).toContain('v1 Endpoints is deprecated')
  expect(await warningOf('POST', `${endpoints}/nope`)).toBeUndefined()
})

test('a table of flow schemas is ordered by precedence, a list by name', async () => {
  const server = await testServer()
  const flows = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas'
  const { body } = await server.call('GET', flows, undefined, TABLE)
  const names = (body as { rows: { cells: unknown[] }[] }).rows.map(({ cells }) => cells[0])
  expect(names.slice(0, 3)).toEqual(['exempt', 'probes', 'system-leader-election'])
  expect(names.slice(-2)).toEqual(['global-default', 'catch-all'])
  const list = await server.call('GET', flows)
  expect((list.body as { items: { metadata: { name: string } }[] }).items[0]?.metadata.name).toBe('catch-all')
})
