import { expect, test } from 'vitest'
import { testServer, type TestServer } from '../harness.ts'

const ADDRESSES = '/apis/networking.k8s.io/v1/ipaddresses'
const SERVICES = '/api/v1/namespaces/default/services'

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}
/** Names of the addresses there are, each with who has it. */
async function addresses(server: TestServer): Promise<string[]> {
  await settle()
  const { body } = await server.call('GET', ADDRESSES)
  const { items } = body as { items: { metadata: { name: string }; spec: { parentRef: { name: string } } }[] }
  return items.map(({ metadata, spec }) => `${metadata.name} ${spec.parentRef.name}`)
}
const service = (name: string, clusterIP: string): object => ({
  metadata: { name },
  spec: { clusterIP, ports: [{ port: 80 }] },
})

test('an IPAddress stands for each cluster address of a service', async () => {
  const server = await testServer()
  expect(await addresses(server)).toEqual(['10.96.0.1 kubernetes'])
  await server.call('POST', SERVICES, service('a', '10.96.0.7'))
  await server.call('POST', SERVICES, service('headless', 'None'))
  expect(await addresses(server)).toEqual(['10.96.0.1 kubernetes', '10.96.0.7 a'])
  expect((await server.call('GET', `${ADDRESSES}/10.96.0.7`)).body).toMatchObject({
    metadata: {
      labels: {
        'ipaddress.kubernetes.io/ip-family': 'IPv4',
        'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      },
    },
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 'a' } },
  })
  await server.call('DELETE', `${ADDRESSES}/10.96.0.7`)
  expect(await addresses(server)).toEqual(['10.96.0.1 kubernetes', '10.96.0.7 a'])
  await server.call('DELETE', `${SERVICES}/a`)
  await server.call('POST', SERVICES, service('b', '10.96.0.7'))
  expect(await addresses(server)).toEqual(['10.96.0.1 kubernetes', '10.96.0.7 b'])
})

test('a service that gets a name elsewhere gives its address back', async () => {
  const server = await testServer()
  await server.call('POST', SERVICES, service('a', '10.96.0.9'))
  expect(await addresses(server)).toEqual(['10.96.0.1 kubernetes', '10.96.0.9 a'])
  const patch = { spec: { type: 'ExternalName', externalName: 'a.b', clusterIP: '', clusterIPs: null } }
  const headers = { 'content-type': 'application/merge-patch+json' }
  expect(await server.call('PATCH', `${SERVICES}/a`, patch, { headers })).toMatchObject({ status: 200 })
  expect(await addresses(server)).toEqual(['10.96.0.1 kubernetes'])
})
