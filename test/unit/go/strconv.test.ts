import { expect, test } from 'vitest'
import {
  atoi,
  byteLength,
  compareStrings,
  escapeHtml,
  escapeJs,
  escapeQuery,
  formatFloat,
  fromBytes,
  parseFloat64,
  parseInteger,
  quote,
  quoteToAscii,
  sliceBytes,
  toBytes,
  unquote,
} from '../../../src/go/index.ts'

const floats: readonly [value: number, format: 'e' | 'f' | 'g', precision: number, want: string][] = [
  [1e6, 'g', -1, '1e+06'],
  [123456, 'g', -1, '123456'],
  [0.0001, 'g', -1, '0.0001'],
  [0.00001, 'g', -1, '1e-05'],
  [100, 'e', 2, '1.00e+02'],
  [1e100, 'f', -1, `1${'0'.repeat(100)}`],
  [0.1, 'f', 20, '0.10000000000000000555'],
  [123456789, 'g', 3, '1.23e+08'],
  [-0, 'g', -1, '-0'],
  [Number.POSITIVE_INFINITY, 'g', -1, '+Inf'],
]
test.each(floats)('%d as %s with precision %d', (value, format, precision, want) => {
  expect(formatFloat(value, format, precision)).toBe(want)
})

test('a float32 is shown with its own shortest digits', () => {
  expect(formatFloat(Math.fround(0.1), 'g', -1, 32)).toBe('0.1')
})

const integers: readonly [text: string, base: number, want: bigint | string][] = [
  ['0x1F', 0, 31n],
  ['017', 0, 15n],
  ['0b11', 0, 3n],
  ['1_000', 0, 1000n],
  ['-9223372036854775808', 10, -(1n << 63n)],
  ['9223372036854775808', 10, 'strconv.ParseInt: parsing "9223372036854775808": value out of range'],
  ['1_000', 10, 'strconv.ParseInt: parsing "1_000": invalid syntax'],
  ['', 10, 'strconv.ParseInt: parsing "": invalid syntax'],
]
test.each(integers)('integer %j in base %d', (text, base, want) => {
  if (typeof want === 'string') expect(() => parseInteger(text, base)).toThrow(want)
  else expect(parseInteger(text, base)).toBe(want)
})

test('numbers that are no numbers name the function and the text', () => {
  expect(() => atoi('x')).toThrow('strconv.Atoi: parsing "x": invalid syntax')
  expect(() => parseFloat64('1e400')).toThrow('strconv.ParseFloat: parsing "1e400": value out of range')
  expect(parseFloat64('0x1.8p1')).toBe(3)
})

test('literals are quoted and read back', () => {
  const text = 'a"\\\n\u0000é\u200b😀'
  expect(quote(text)).toBe('"a\\"\\\\\\n\\x00é\\u200b😀"')
  expect(quoteToAscii(text)).toBe('"a\\"\\\\\\n\\x00\\u00e9\\u200b\\U0001f600"')
  expect(unquote(quote(text))).toBe(text)
  expect(unquote('`a\\n`')).toBe('a\\n')
  expect(unquote('"\\xc3\\xa9\\101"')).toBe('éA')
  expect(() => unquote('"\\q"')).toThrow('invalid syntax')
})

test('bytes that are no UTF-8 survive as escaped units', () => {
  const bytes = Uint8Array.from([0x61, 0xff, 0xc3, 0xa9, 0xc3])
  const text = fromBytes(bytes)
  expect([...toBytes(text)]).toEqual([...bytes])
  expect(byteLength(text)).toBe(5)
  expect(quote(text)).toBe('"a\\xffé\\xc3"')
  expect(quote(sliceBytes('héllo', 0, 2))).toBe('"h\\xc3"')
})

test('strings are ordered by bytes', () => {
  expect(compareStrings('\uffff', '😀')).toBeLessThan(0)
  expect(compareStrings('a', 'b')).toBeLessThan(0)
  expect(compareStrings('é', 'z')).toBeGreaterThan(0)
})

test('escapers follow text/template', () => {
  expect(escapeHtml('<a b=\'"&\0')).toBe('&lt;a b=&#39;&#34;&amp;\ufffd')
  expect(escapeJs('it\'s "<&=\u2028é')).toBe('it\\\'s \\"\\u003C\\u0026\\u003D\\u2028é')
  expect(escapeQuery('a b&é~')).toBe('a+b%26%C3%A9~')
})

test('a text that would end the process when it is quoted is refused', () => {
  expect(quote('"'.repeat(1 << 22))).toHaveLength((1 << 23) + 2)
  expect(() => quote('"'.repeat((1 << 24) + 1))).toThrow('a text of 16777217 characters is too long to be quoted')
})

test('marks, controls and broken bytes in one text are each escaped in their own way', () => {
  expect(quote('it\'s "\\" \n\u{10ffff}é\udc80')).toBe('"it\'s \\"\\\\\\" \\n\\U0010ffffé\\x80"')
  expect(quoteToAscii('"é"')).toBe('"\\"\\u00e9\\""')
})
