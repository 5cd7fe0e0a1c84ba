import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { secureJoin } from '../../../src/chart/package/secure-join.ts'

const root = mkdtempSync(join(tmpdir(), 'chartctl-join-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
symlinkSync('/etc', join(root, 'absolute'))
symlinkSync('../../..', join(root, 'up'))
symlinkSync('round', join(root, 'round'))

test.each([
  ['a/b', 'a/b'],
  ['../../a', 'a'],
  ['/a', 'a'],
  ['absolute/passwd', 'etc/passwd'],
  ['up/a', 'a'],
])('%s stays below the root', (path, want) => {
  expect(secureJoin(root, path)).toBe(join(root, want))
})

test('links in a circle and a root with dots are refused', () => {
  expect(() => secureJoin(root, 'round')).toThrow('too many links')
  expect(() => secureJoin('../x', 'a')).toThrow("root path provided to SecureJoin contains '..' components")
})
