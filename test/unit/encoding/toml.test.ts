import { expect, test } from 'vitest'
import { fromToml, toToml } from '../../../src/encoding/index.ts'
import { goType, type GoValue } from '../../../src/go/index.ts'
import { attempt } from '../../support/vectors.ts'

test('values get Go types', () => {
  const text = 'i = 1\nf = 1.5\ns = "x"\nd = 2020-01-02T03:04:05Z\nl = [1]\n[t]\n[[a]]\nx = 1\n'
  const types = Object.fromEntries([...fromToml(text)].map(([key, value]) => [key, goType(value)]))
  expect(types).toEqual({
    i: 'int64',
    f: 'float64',
    s: 'string',
    d: 'time.Time',
    l: '[]interface {}',
    t: 'map[string]interface {}',
    a: '[]map[string]interface {}',
  })
})

const refused: readonly [text: string, message: string][] = [
  ['a = ', 'toml: line 1 (last key "a"): unexpected EOF; expected value'],
  ['a = 1\na = 2', 'toml: line 2 (last key "a"): Key \'a\' has already been defined.'],
  ['[a]\n[a]', "toml: line 2: Key 'a' has already been defined."],
  ['a = "x\ny"', 'toml: line 1 (last key "a"): strings cannot contain newlines'],
  ['a = 1__0', 'toml: line 1 (last key "a"): Invalid integer "1__0": underscores must be surrounded by digits'],
  ['a = 2020-13-01', 'toml: line 1 (last key "a"): invalid datetime: "2020-13-01"'],
]

test.each(refused)('%j is refused', (text, message) => {
  expect(attempt(() => fromToml(text))).toEqual({ thrown: message })
})

test('tables come after plain values, indented', () => {
  const value = new Map<GoValue, GoValue>([
    [
      't',
      new Map<GoValue, GoValue>([
        ['b', new Map([['c', 1n]])],
        ['a', 2],
      ]),
    ],
    ['x', [new Map([['y', true]])]],
    ['p', 'q'],
  ])
  expect(toToml(value)).toBe('p = "q"\n\n[t]\n  a = 2.0\n  [t.b]\n    c = 1\n\n[[x]]\n  y = true\n')
})
