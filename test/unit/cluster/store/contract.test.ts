import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lmdbBackend, memoryBackend, openStore } from '../../../../src/cluster/store/index.ts'
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

test('a backend that cannot write makes the store refuse everything after it', async () => {
  const failing = { ...memoryBackend(), write: () => Promise.reject(new Error('no space')) }
  const store = await openStore({ backend: failing })
  await expect(store.create('g/r/a', {})).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' })
  await expect(store.create('g/r/b', {})).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' })
})
