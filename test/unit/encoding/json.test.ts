import { expect, test } from 'vitest'
import { emitJson, emitPrettyJson, parseJson } from '../../../src/encoding/index.ts'
import { GoNil, GoNumber, int64, TypedMap, typedSlice, type GoValue } from '../../../src/go/index.ts'
import { attempt, plain } from '../../support/vectors.ts'

const map = (entries: Record<string, GoValue>): GoValue => new Map(Object.entries(entries))

const written: readonly [name: string, value: GoValue, want: string][] = [
  ['sorts keys by their bytes', map({ b: 1, a: 2, é: 3, '😀': 4 }), '{"a":2,"b":1,"é":3,"😀":4}'],
  [
    'escapes what HTML could misread',
    '<a href="x">&\u2028</a>',
    '"\\u003ca href=\\"x\\"\\u003e\\u0026\\u2028\\u003c/a\\u003e"',
  ],
  ['replaces bytes that are not UTF-8', 'a\udcffb', '"a\\ufffdb"'],
  [
    'prints floats shortest, with an exponent from 1e21 on',
    [0.1, 1e20, 1e21, 1e-7, -0],
    '[0.1,100000000000000000000,1e+21,1e-7,-0]',
  ],
  [
    'keeps all digits of integers',
    [int64(9007199254740993n), 12345678901234567890n],
    '[9007199254740993,12345678901234567890]',
  ],
  ['prints single precision as such', [new GoNumber('float32', Math.fround(0.1))], '[0.1]'],
  ['writes bytes in base64', new Uint8Array([104, 105]), '"aGk="'],
  ['writes nil lists and maps as null', [new GoNil('[]string'), new GoNil('map[string]string')], '[null,null]'],
  [
    'writes integer keys as text',
    new TypedMap('int', 'string', [
      [2n, 'b'],
      [10n, 'a'],
    ]),
    '{"10":"a","2":"b"}',
  ],
]

test.each(written)('emitJson %s', (_name, value, want) => {
  expect(emitJson(value)).toBe(want)
})

test('emitJson leaves HTML alone when asked to', () => {
  expect(emitJson('<&>', { raw: true })).toBe('"<&>"')
})

test('emitPrettyJson keeps empty lists and maps on one line', () => {
  expect(emitPrettyJson(map({ a: [], b: map({}), c: typedSlice('string', ['x']) }))).toBe(
    '{\n  "a": [],\n  "b": {},\n  "c": [\n    "x"\n  ]\n}',
  )
})

test.each([
  ['an infinity', Number.POSITIVE_INFINITY, 'json: unsupported value: +Inf'],
  [
    'a map with any keys',
    new TypedMap('interface {}', 'interface {}', [['a', 1]]),
    'json: unsupported type: map[interface {}]interface {}',
  ],
] as const)('emitJson refuses %s', (_name, value, message) => {
  expect(attempt(() => emitJson(value))).toEqual({ thrown: message })
})

test('emitJson refuses a value that contains itself', () => {
  const loop: GoValue[] = []
  loop.push(loop)
  expect(attempt(() => emitJson(loop))).toHaveProperty('thrown')
})

const refused: readonly [text: string, message: string][] = [
  ['', 'unexpected end of JSON input'],
  ['{', 'unexpected end of JSON input'],
  ['[1,]', "invalid character ']' looking for beginning of value"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{} x', "invalid character 'x' after top-level value"],
  ['tru', "invalid character ' ' in literal true (expecting 'e')"],
  ['-', "invalid character ' ' in numeric literal"],
  ['1.', "invalid character ' ' after decimal point in numeric literal"],
  ['"\\q"', "invalid character 'q' in string escape code"],
  ['"\n"', "invalid character '\\n' in string literal"],
  ['é', "invalid character 'Ã' looking for beginning of value"],
]

test.each(refused)('parseJson refuses %j', (text, message) => {
  expect(attempt(() => parseJson(text))).toEqual({ thrown: message })
})

test('parseJson replaces lone surrogates, and reads pairs', () => {
  expect(parseJson('["\\ud800","\\ud83d\\ude00","\\udc00x"]')).toEqual(['\ufffd', '😀', '\ufffdx'])
})

test('parseJson says what a map or list would have to be', () => {
  expect(attempt(() => parseJson('[1]', { target: 'map' }))).toEqual({
    thrown: 'json: cannot unmarshal array into Go value of type map[string]interface {}',
  })
  expect(plain(parseJson('{"a":[true,null]}', { target: 'map' }))).toEqual({ a: [true, null] })
})
