import { expect, test } from 'vitest'
import { systemRandom } from '../../../src/base/index.ts'

test('random bytes come in the size asked for, and none twice', () => {
  const hex = (size: number): string => Buffer.from(systemRandom.bytes(size)).toString('hex')
  for (const size of [0, 1, 16, 1000, 1024, 5000]) expect(hex(size)).toHaveLength(2 * size)
  const drawn = Array.from({ length: 500 }, () => hex(16))
  expect(new Set(drawn).size).toBe(drawn.length)
})
