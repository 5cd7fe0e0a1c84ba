import { expect, test } from 'vitest'
import { decodeLock } from '../../../src/chart/index.ts'

test('a lock file without content, or with null, is none', () => {
  for (const source of ['', '# only a comment\n', 'null\n']) expect(decodeLock(source).value).toBeUndefined()
  expect(decodeLock('{}').value).toBeDefined()
})
