import { expect, test } from 'vitest'
import {
  GoNil,
  type GoValue,
  goEqual,
  goIndex,
  goLength,
  goLess,
  goSlice,
  goType,
  int64,
  isTrue,
  sortedKeys,
  TypedMap,
  typedSlice,
  zeroValue,
} from '../../../src/go/index.ts'

test('what is true', () => {
  const yes: GoValue[] = [true, 'a', 1n, 0.5, [1n], new Map([['a', null]]), int64(1)]
  const no: GoValue[] = [null, undefined, false, '', 0n, 0, [], new Map(), new GoNil('map[string]int'), int64(0)]
  expect(yes.map(isTrue)).toEqual(yes.map(() => true))
  expect(no.map(isTrue)).toEqual(no.map(() => false))
})

test('comparisons keep kinds apart', () => {
  expect(goEqual(1n, int64(1))).toBe(true)
  expect(goEqual(null, 'x')).toBe(false)
  expect(goLess('a', 'b')).toBe(true)
  expect(() => goEqual(1n, 1)).toThrow('incompatible types for comparison: int and float64')
  expect(() => goEqual([], [])).toThrow('non-comparable type []: []interface {}')
  expect(() => goLess(null, 1n)).toThrow('invalid type for comparison')
})

test('index and slice', () => {
  expect(goIndex(new Map<GoValue, GoValue>([['a', [1n, 2n]]]), ['a', 1n])).toBe(2n)
  expect(goIndex(new TypedMap('string', 'string'), ['x'])).toBe('')
  expect(goType(goIndex('é', [0n]))).toBe('uint8')
  expect(() => goIndex([1n], [2n])).toThrow('index out of range: 2')
  expect(() => goIndex([1n], [1n])).toThrow('reflect: slice index out of range')
  expect(() => goIndex(null, ['x'])).toThrow('index of untyped nil')
  expect(goSlice('abc', [1n])).toBe('bc')
  expect(goType(goSlice(typedSlice('int', [1n, 2n]), [0n, 1n]))).toBe('[]int')
  expect(() => goSlice([1n], [1n, 0n])).toThrow('invalid slice index: 1 > 0')
})

test('lengths count bytes', () => {
  expect(goLength('漢')).toBe(3)
  expect(() => goLength(3n)).toThrow('len of type int')
  expect(() => goLength(null)).toThrow('len of nil pointer')
})

test('keys come sorted', () => {
  expect(
    sortedKeys(
      new Map<GoValue, GoValue>([
        ['b', 1n],
        ['a', 1n],
        ['é', 1n],
        ['Z', 1n],
      ]),
    ),
  ).toEqual(['Z', 'a', 'b', 'é'])
  expect(
    sortedKeys(
      new TypedMap('int', 'string', [
        [10n, ''],
        [9n, ''],
      ]),
    ),
  ).toEqual([9n, 10n])
})

test('zero values have their type', () => {
  expect(['string', 'int', 'bool', '[]string', 'interface {}', 'uint8'].map((type) => goType(zeroValue(type)))).toEqual(
    ['string', 'int', 'bool', '[]string', '<nil>', 'uint8'],
  )
})
