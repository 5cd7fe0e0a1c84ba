import { jsonEqual, matchesSelector } from '../../../../src/api/index.ts'
import { expect, test } from 'vitest'
import { formatQuantity, milliValue, quantityValue } from '../../../../src/cluster/control/index.ts'

test.each([
  ['100m', 0.1],
  ['1Gi', 2 ** 30],
  ['1.5k', 1500],
  ['2e3', 2000],
  ['', 0],
  ['nonsense', 0],
] as const)('reads the quantity %j', (text, want) => {
  expect(quantityValue(text)).toBe(want)
})

test('counts CPU in thousandths and prints sums in their style', () => {
  expect(milliValue('0.25')).toBe(250)
  expect(formatQuantity(0.8, 'decimal')).toBe('800m')
  expect(formatQuantity(64 * 2 ** 20, 'binary')).toBe('64Mi')
  expect(formatQuantity(2000, 'decimal')).toBe('2k')
  expect(formatQuantity(0, 'binary')).toBe('0')
})

test('selectors: absent matches nothing, empty everything', () => {
  expect(matchesSelector(undefined, { a: 'b' })).toBe(false)
  expect(matchesSelector({}, {})).toBe(true)
  expect(matchesSelector({ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['b'] }] }, {})).toBe(true)
  expect(
    matchesSelector({ matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'Exists' }] }, { a: 'b' }),
  ).toBe(false)
})

test('absent fields equal missing ones', () => {
  expect(jsonEqual({ a: undefined, b: [1] }, { b: [1] })).toBe(true)
})
