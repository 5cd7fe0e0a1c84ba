import { expect, test } from 'vitest'
import { decodeBase64Bytes } from '../../../src/encoding/index.ts'

const LONG = 'QUJD'.repeat(200)

test.each([
  ['whole', LONG, 600],
  ['with padding', `${LONG}QQ==`, 601],
  ['with line breaks', `${LONG}\r\nQUI=\n`, 602],
])('a long text %s', (_name, text, bytes) => {
  expect(decodeBase64Bytes(text)).toHaveLength(bytes)
})

test.each([
  ['a letter too many', `${LONG}Q`, 800],
  ['padding that is missing', `${LONG}QQ`, 800],
  ['padding inside', `QQ==${LONG}`, 4],
  ['a letter of base64 for URLs', `QQ_-${LONG}`, 2],
  ['a blank', `${LONG}Q QQ`, 801],
  ['a letter beyond ASCII', `ÄQQ${LONG}`, 0],
])('a long text with %s names the byte, as Go does', (_name, text, at) => {
  expect(() => decodeBase64Bytes(text)).toThrow(`illegal base64 data at input byte ${at}`)
})
