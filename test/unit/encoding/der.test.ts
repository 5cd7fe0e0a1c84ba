import { expect, test } from 'vitest'
import { derText } from '../../../src/encoding/index.ts'

test.each([
  ["Jane (O'Neil), a+b-c./:=?", 0x13],
  ['*.example.com', 0x0c],
  ['R&D', 0x0c],
  ['é', 0x0c],
])('text %s has the tag that Go gives it', (text, tag) => {
  expect(derText(text)[0]).toBe(tag)
})
