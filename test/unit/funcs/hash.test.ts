import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashFunctions } from '../../../src/funcs/crypto/hash.ts'

test.each([0, 1, 55, 56, 64, 1000, 32_768, 32_769, 100_000])('sha256sum of %i characters', (length) => {
  const text = 'añ'.repeat(length).slice(0, length)
  expect(hashFunctions.sha256sum?.call(text)).toBe(createHash('sha256').update(text).digest('hex'))
})
