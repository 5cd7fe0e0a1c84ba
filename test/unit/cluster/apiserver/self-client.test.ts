import { expect, test } from 'vitest'
import { followObjects, selfClient } from '../../../../src/cluster/apiserver/self-client.ts'
import { memoryBackend, openStore } from '../../../../src/cluster/store/index.ts'

test('an object that cannot be followed keeps none of the others from being looked at', async () => {
  const faults: string[] = []
  const report = (component: string, key: string): unknown => faults.push(`${component} ${key}`)
  const store = await openStore({ backend: memoryBackend(), report })
  for (const name of ['a', 'b']) await store.create(`g/r/${name}`, { metadata: { name } })
  const seen: unknown[] = []
  followObjects({ store, report }, 'g/r/', ({ metadata }) => {
    if (metadata.name !== 'b') throw new Error('broken')
    seen.push(metadata.name)
  })
  await store.update('g/r/a', { metadata: { name: 'a' } })
  await store.update('g/r/b', { metadata: { name: 'b' } })
  expect(seen).toEqual(['b', 'b'])
  expect(faults).toEqual(['kube-apiserver g/r/a', 'store g/r/a'])
  await store.close()
})

test('a request of the server to itself never rejects', async () => {
  const faults: string[] = []
  const send = selfClient(
    () => Promise.reject(new Error('broken')),
    { name: 'me', groups: [] },
    (component, key) => faults.push(`${component} ${key}`),
  )
  expect(await send('PUT', '/api/v1/nodes/a', {})).toBe(500)
  expect(faults).toEqual(['kube-apiserver PUT /api/v1/nodes/a'])
})
