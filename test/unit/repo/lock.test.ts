import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { lockFileOf, withFileLock } from '../../../src/repo/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'chartctl-lock-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the lock file is named as Helm names it', () => {
  expect(lockFileOf('/a/repositories.yaml')).toBe('/a/repositories.lock')
  expect(lockFileOf('/a.b/repositories')).toBe('/a.b/repositories.lock')
})

test('ten tasks that read, wait and write do not lose a word', async () => {
  const file = join(folder, 'words.txt')
  writeFileSync(file, '')
  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      withFileLock(lockFileOf(file), async () => {
        const before = readFileSync(file, 'utf8')
        await new Promise((done) => setTimeout(done, 5))
        writeFileSync(file, `${before}${index}\n`)
      }),
    ),
  )
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(10)
})

test('a lock that a dead process left is taken over, and a failing task releases it', async () => {
  const lockFile = join(folder, 'stale.lock')
  symlinkSync('999999999', `${lockFile}.holder`)
  await expect(withFileLock(lockFile, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await withFileLock(lockFile, async () => 'done')).toBe('done')
})
