import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { linkLockHolder, takeLinkLock } from '../../../src/base/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'chartctl-link-lock-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('one holder at a time, whose name the lock tells', () => {
  const path = join(folder, 'lock')
  const release = takeLinkLock(path)
  expect(linkLockHolder(path)).toBe(process.pid)
  expect(takeLinkLock(path)).toBeUndefined()
  release?.()
  expect(existsSync(path)).toBe(false)
  expect(linkLockHolder(path)).toBe(0)
})

test('a lock that a dead process left is taken over', () => {
  const path = join(folder, 'stale')
  symlinkSync('999999999', path)
  const release = takeLinkLock(path)
  expect(linkLockHolder(path)).toBe(process.pid)
  release?.()
})

test('what the file system refuses is thrown', () => {
  expect(() => takeLinkLock(join(folder, 'no', 'such', 'folder'))).toThrow('ENOENT')
})
