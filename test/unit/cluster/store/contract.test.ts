import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Backend, lmdbBackend, memoryBackend, openStore } from '../../../../src/cluster/store/index.ts'
import { stamp, storeContract } from '../../../support/store-contract.ts'

const folder = (): string => mkdtempSync(join(tmpdir(), 'chartctl-store-'))

storeContract('memory', () => openStore({ backend: memoryBackend(), stamp }))
storeContract('lmdb', () => openStore({ backend: lmdbBackend(folder()), stamp }))

test('history is bounded in number', async () => {
  const store = await openStore({ backend: memoryBackend(), history: { events: 10, characters: 1_000_000 } })
  for (let i = 0; i < 30; i++) await store.create(`g/r/${i}`, {})
  expect(store.compactedRevision).toBe(20)
  await store.close()
})

test('history is bounded in size', async () => {
  const store = await openStore({ backend: memoryBackend(), history: { events: 1000, characters: 2000 } })
  for (let i = 0; i < 30; i++) await store.create(`g/r/${i}`, { text: 'x'.repeat(400) })
  expect(store.revision - store.compactedRevision).toBeLessThan(6)
  await store.close()
})

test('what a backend cannot write is taken back, and later writes are tried again', async () => {
  const inner = memoryBackend()
  let full = false
  const backend: Backend = {
    ...inner,
    write: (changes) => (full ? Promise.reject(new Error('no space')) : inner.write(changes)),
  }
  const store = await openStore({ backend })
  const kept = await store.create('g/r/kept', { n: 1 })
  const seen: string[] = []
  store.watch('g/', store.revision, (event) => seen.push(`${event.type} ${event.entry.key}`))
  full = true
  const created = store.create('g/r/a', {})
  const builtOnIt = store.update('g/r/a', { n: 2 })
  const changed = store.update('g/r/kept', { n: 2 })
  const deleted = store.delete('g/r/kept')
  for (const write of [created, builtOnIt, changed, deleted]) {
    await expect(write).rejects.toMatchObject({
      code: 'STORE_WRITE_FAILED',
      message: 'the store could not write to disk: no space',
    })
  }
  expect(store.get('g/r/a')).toBeUndefined()
  expect(store.get('g/r/kept')).toMatchObject({ revision: kept.revision, value: { n: 1 } })
  full = false
  const next = await store.create('g/r/a', {})
  expect(next.revision).toBeGreaterThan(kept.revision + 4)
  expect(seen).toEqual(['put g/r/a'])
  await store.close()
})

test('a watcher that throws is reported; writers and other watchers go on', async () => {
  const faults: string[] = []
  const store = await openStore({
    backend: memoryBackend(),
    report: (component, key, error) => faults.push(`${component} ${key}: ${String(error)}`),
  })
  const seen: string[] = []
  store.watch('g/r/', store.revision, () => {
    throw new Error('broken')
  })
  store.watch('g/r/', store.revision, (event) => seen.push(event.entry.key))
  await store.create('g/r/a', {})
  await store.create('g/r/b', {})
  expect(seen).toEqual(['g/r/a', 'g/r/b'])
  expect(faults).toEqual(['store g/r/a: Error: broken', 'store g/r/b: Error: broken'])
  await store.close()
})
