import { expect, test } from 'vitest'
import {
  GoComplex,
  GoNil,
  GoNumber,
  GoObject,
  type GoValue,
  goDuration,
  int64,
  sprint,
  sprintf,
  sprintln,
  TypedMap,
  typedSlice,
} from '../../../src/go/index.ts'

const map = new Map<GoValue, GoValue>([
  ['b', 1n],
  ['a', [1.5, null, true]],
])
const struct = new GoObject({
  typeName: 'x.T',
  fields: new Map<string, GoValue>([
    ['A', 1n],
    ['B', 'b'],
  ]),
})
const pointer = new GoObject({ typeName: 'x.T', pointer: true, fields: struct.fields })

const cases: readonly [name: string, format: string, args: GoValue[], want: string][] = [
  ['pads on the left', '%5d|%-5d|%05d|%+d|% d', [42n, 42n, -42n, 42n, 42n], '   42|42   |-0042|+42| 42'],
  [
    'prints integers in other bases',
    '%b %o %O %x %X %#x %#o %#b',
    [5n, 8n, 8n, 255n, 255n, 255n, 8n, 2n],
    '101 10 0o10 ff FF 0xff 010 0b10',
  ],
  ['prints characters', '%c %q %#q %U %#U', [0x263an, 0x27n, 97n, 0x263an, 0x263an], "☺ '\\'' 'a' U+263A U+263A '☺'"],
  [
    'prints floats',
    '%g %e %f %.2f %8.3f %G',
    [1e21, 1.5, 2.5, 0.125, 3.1234, 1e-7],
    '1e+21 1.500000e+00 2.500000 0.12    3.123 1E-07',
  ],
  ['rounds halves to even', '%.0f %.0f %.0f %.1f', [0.5, 1.5, 2.5, 0.25], '0 2 2 0.2'],
  ['prints hexadecimal and binary floats', '%x %b', [1.5, 1], '0x1.8p+00 4503599627370496p-52'],
  [
    'prints floats as %v from six digits on with an exponent',
    '%v %v %v',
    [123456, 1234567, 0.00001],
    '123456 1.234567e+06 1e-05',
  ],
  ['quotes strings', '%q %+q %#q %x % X', ['é\n', 'é', 'a', 'hi', 'hi'], '"é\\n" "\\u00e9" `a` 6869 68 69'],
  ['cuts strings by runes', '%.2s|%5s|%-5s|', ['日本語', 'é', 'é'], '日本|    é|é    |'],
  [
    'prints maps in the order of their keys',
    '%v %d',
    [map, map],
    'map[a:[1.5 <nil> true] b:1] map[%!d(string=a):[%!d(float64=1.5) <nil> %!d(bool=true)] %!d(string=b):1]',
  ],
  [
    'prints Go syntax',
    '%#v %#v',
    [map, typedSlice('string', ['x'])],
    'map[string]interface {}{"a":[]interface {}{1.5, interface {}(nil), true}, "b":1} []string{"x"}',
  ],
  ['prints structs', '%v %+v %#v %v', [struct, struct, struct, pointer], '{1 b} {A:1 B:b} x.T{A:1, B:"b"} &{1 b}'],
  [
    'prints types',
    '%T %T %T %T %T',
    [1n, int64(1), 1.5, new TypedMap('string', 'string'), pointer],
    'int int64 float64 map[string]string *x.T',
  ],
  [
    'prints typed nils',
    '%v %#v %v',
    [new GoNil('[]string'), new GoNil('map[string]int'), new GoNil('*x.T')],
    '[] map[string]int(nil) <nil>',
  ],
  [
    'prints bytes',
    '%s %v %x %q',
    [Buffer.from('hi'), Buffer.from('hi'), Buffer.from('hi'), Buffer.from('hi')],
    'hi [104 105] 6869 "hi"',
  ],
  ['uses String methods', '%v %s %d', [goDuration(90_000_000_000n), goDuration(1n), goDuration(5n)], '1m30s 1ns 5'],
  ['prints complex numbers', '%v %.1f', [new GoComplex(1, -2), new GoComplex(0, 1)], '(1-2i) (0.0+1.0i)'],
  ['prints unsigned numbers in Go syntax as hexadecimal', '%#v', [new GoNumber('uint8', 5n)], '0x5'],
  ['reports a missing operand', '%d %s', [1n], '1 %!s(MISSING)'],
  ['reports extra operands', '%d', [1n, 'x', null], '1%!(EXTRA string=x, <nil>)'],
  ['reports a wrong type', '%d %t %s', ['x', 1n, true], '%!d(string=x) %!t(int=1) %!s(bool=true)'],
  ['reports nil', '%d %s %v', [null, undefined, null], '%!d(<nil>) %!s(<nil>) <nil>'],
  ['reports a missing verb', 'a%', [], 'a%!(NOVERB)'],
  ['takes operands by number', '%[2]d %[1]v %[3]*.[2]*[1]f', [12, 2n, 6n], '2 12  12.00'],
  ['reports bad numbers of operands', '%[5]d %[x]d', [1n], '%!d(BADINDEX) %!d(BADINDEX)'],
  ['takes width and precision from operands', '%*d|%.*f|%-*d|', [4n, 7n, 2n, 1.005, 3n, 7n], '   7|1.00|7  |'],
  ['reports bad widths', '%*d', ['x', 7n], '%!(BADWIDTH)7'],
]
test.each(cases)('sprintf %s', (_name, format, args, want) => {
  expect(sprintf(format, ...args)).toBe(want)
})

test('sprint puts a space only between operands that are no strings', () => {
  expect(sprint('a', 1n, 2n, 'b', 3n, null, true)).toBe('a1 2b3 <nil> true')
  expect(sprintln('a', 1n, null)).toBe('a 1 <nil>\n')
})
