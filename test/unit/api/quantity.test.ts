import { expect, test } from 'vitest'
import {
  addQuantities,
  ApiValueError,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  quantityMilliValue,
  quantityValue,
} from '../../../src/api/index.ts'

const canonical: readonly [text: string, want: string][] = [
  ['1000m', '1'],
  ['0.5', '500m'],
  ['1.5Gi', '1536Mi'],
  ['1024Mi', '1Gi'],
  ['100.5Mi', '102912Ki'],
  ['0.1Ki', '102400m'],
  ['1025', '1025'],
  ['1e3', '1e3'],
  ['12E', '12E'],
  ['.5', '500m'],
  ['-1Gi', '-1Gi'],
  ['0', '0'],
  ['1.0000000001', '1000000001n'],
]
test.each(canonical)('prints %s as %s', (text, want) => {
  expect(canonicalQuantity(text)).toBe(want)
})

test.each(['abc', '', '1Q', '1.2.3', '1 Gi'])('refuses %s', (text) => {
  expect(() => parseQuantity(text)).toThrow(ApiValueError)
})

test('adds, compares and rounds up', () => {
  const sum = addQuantities(parseQuantity('100m'), parseQuantity('1.5'))
  expect(formatQuantity(sum)).toBe('1600m')
  expect(quantityValue(sum)).toBe(2)
  expect(quantityMilliValue(parseQuantity('1m'))).toBe(1)
  expect(compareQuantities(parseQuantity('1Gi'), parseQuantity('1024Mi'))).toBe(0)
})
