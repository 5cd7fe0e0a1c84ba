import { mkdtempSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import { describe, expect, test } from 'vitest'
import { lmdbBackend, openStore, type Store } from '../../../../src/cluster/store/index.ts'
import { stamp } from '../../../support/store-contract.ts'

const folder = (): string => mkdtempSync(join(tmpdir(), 'chartctl-lmdb-'))
const openIn = (directory: string): Promise<Store> => openStore({ backend: lmdbBackend(directory), stamp })

async function filled(directory: string): Promise<number> {
  const store = await openIn(directory)
  for (let i = 0; i < 50; i++) await store.create(`g/r/${i}`, { text: 'y'.repeat(3000) })
  await store.delete('g/r/7')
  const { revision } = store
  await store.close()
  return revision
}

describe('a store that is opened again', () => {
  test('has everything, at the same revision', async () => {
    const directory = folder()
    const revision = await filled(directory)
    const store = await openIn(directory)
    expect(store.revision).toBe(revision)
    expect(store.count('g/r/')).toBe(49)
    expect(store.get('g/r/7')).toBeUndefined()
    expect(store.get('g/r/8')).toMatchObject({ revision: 9, createRevision: 9, value: { revision: 9 } })
    await store.close()
  })

  test('is readable by its owner only', async () => {
    const directory = join(folder(), 'new')
    await filled(directory)
    expect(statSync(directory).mode & 0o077).toBe(0)
  })
})

describe('a store that cannot be opened', () => {
  test('because the file is cut off says so', async () => {
    const directory = folder()
    await filled(directory)
    const file = join(directory, 'data.mdb')
    truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096)
    await expect(openIn(directory)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  })

  test('because the file is something else says so', async () => {
    const directory = folder()
    writeFileSync(join(directory, 'data.mdb'), 'not a database at all'.repeat(1000))
    await expect(openIn(directory)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  })

  test('because a record is damaged says which', async () => {
    const directory = folder()
    await filled(directory)
    const file = join(directory, 'data.mdb')
    const bytes = readFileSync(file)
    const at = bytes.indexOf('yyyyyyyy')
    for (let i = at; i >= 0 && i < bytes.length; i = bytes.indexOf('yyyyyyyy', i + 3000)) bytes.write('zz', i + 10)
    writeFileSync(file, bytes)
    await expect(openIn(directory)).rejects.toMatchObject({ code: 'STORE_DAMAGED' })
  })

  test('because a newer program wrote it says so', async () => {
    const directory = folder()
    await filled(directory)
    const db = open<Buffer, string>({ path: join(directory, 'data.mdb'), encoding: 'binary' })
    await db.put('!meta', Buffer.from(JSON.stringify({ format: 99, revision: 1, clean: true })))
    await db.close()
    await expect(openIn(directory)).rejects.toMatchObject({ code: 'STORE_TOO_NEW', details: { found: 99 } })
  })

  test('because another process has it says which', async () => {
    const directory = folder()
    await filled(directory)
    writeFileSync(join(directory, 'owner.json'), JSON.stringify({ pid: 1, started: '' }))
    await expect(openIn(directory)).rejects.toMatchObject({ code: 'STORE_LOCKED', details: { pid: 1 } })
  })
})

test('a lock that a dead process has left is taken over', async () => {
  const directory = folder()
  await filled(directory)
  writeFileSync(join(directory, 'owner.json'), JSON.stringify({ pid: 2 ** 22 - 1, started: '1' }))
  const store = await openIn(directory)
  await store.close()
})
