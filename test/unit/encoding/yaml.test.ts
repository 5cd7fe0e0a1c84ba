import { describe, expect, test } from 'vitest'
import {
  emitYaml,
  emitYamlFromJson,
  emitYamlPretty,
  parseYaml,
  parseYamlDocuments,
  parseYamlToJson,
  splitYamlDocuments,
  type YamlPosition,
} from '../../../src/encoding/index.ts'
import { int64, type GoValue } from '../../../src/go/index.ts'
import { attempt, plain } from '../../support/vectors.ts'

describe('reading', () => {
  test('gives plain objects without touching prototypes', () => {
    const value = parseYamlToJson('__proto__: {x: 1}\na: [1, yes, 0x1F, ~]\n') as Record<string, unknown>
    expect(Object.keys(value)).toEqual(['__proto__', 'a'])
    expect(value.a).toEqual([1, true, 31, null])
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  test('notes where keys and items stand', () => {
    const positions = new WeakMap<object, Map<string | number, YamlPosition>>()
    const value = parseYaml('a: 1\nb:\n  - x\n  - c: d\n', { positions }) as Map<GoValue, GoValue>
    const list = value.get('b') as GoValue[]
    expect(positions.get(value)?.get('b')).toEqual({ line: 2, column: 1 })
    expect(positions.get(list)?.get(1)).toEqual({ line: 4, column: 5 })
    expect(positions.get(list[1] as object)?.get('c')).toEqual({ line: 4, column: 5 })
  })

  test('reports all duplicate keys when strict', () => {
    expect(attempt(() => parseYaml('a: 1\nb: 2\na: 3\nb: 4\n', { strict: true }))).toEqual({
      thrown:
        'error converting YAML to JSON: yaml: unmarshal errors:\n  line 3: key "a" already set in map\n  line 4: key "b" already set in map',
    })
  })

  test('refuses aliases that would fill the memory', () => {
    const layers = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]\n`)
    const bomb = `a0: &a0 [${'x,'.repeat(9)}]\n${layers.join('')}`
    expect(attempt(() => parseYaml(bomb))).toEqual({
      thrown: 'error converting YAML to JSON: yaml: document contains excessive aliasing',
    })
  })

  test('refuses brackets without end, in little time', () => {
    expect(attempt(() => parseYaml('['.repeat(100_000)))).toEqual({
      thrown: 'error converting YAML to JSON: yaml: exceeded max depth of 10000',
    })
  })

  test('reports a character that is not allowed when it comes to it', () => {
    expect(attempt(() => parseYaml(`a: ${'x'.repeat(600)}\nb: \x07\n`))).toHaveProperty(
      'thrown',
      expect.stringMatching(/control characters/),
    )
    expect(attempt(() => parseYaml('a: [\n\x07'))).toHaveProperty('thrown', expect.stringMatching(/control characters/))
  })
})

describe('splitting', () => {
  test('drops separators, carriage returns and comments behind separators', () => {
    expect(splitYamlDocuments('a: 1\r\n--- # next\nb: 2\n---\n---\nc: 3')).toEqual(['a: 1\n', 'b: 2\n', '---\nc: 3\n'])
    expect(parseYamlDocuments('a: 1\n---\nb: 2\n').map(plain)).toEqual([{ a: 1 }, { b: 2 }])
  })

  test('refuses text behind a separator', () => {
    expect(attempt(() => splitYamlDocuments('a: 1\n---b: 2\n'))).toEqual({
      thrown: 'invalid Yaml document separator: b: 2',
    })
  })
})

describe('writing', () => {
  const value = new Map<GoValue, GoValue>([
    ['list', [1, new Map<GoValue, GoValue>([['k', 'v']])]],
    ['n10', int64(1)],
    ['n9', 1e6],
    ['text', 'two\nlines\n'],
    ['yes', 'no'],
  ])

  test('puts lists under their key and keeps large integers', () => {
    expect(emitYaml(value)).toBe('list:\n- 1\n- k: v\nn9: 1000000\nn10: 1\ntext: |\n  two\n  lines\n"yes": "no"\n')
  })

  test('keeps large integers beside a text that has to be read back', () => {
    expect(
      emitYaml(
        new Map<string, GoValue>([
          ['a', '\u0085'],
          ['b', 92233720368547758n],
          ['c', 1000000n],
        ]),
      ),
    ).toBe("a: ' '\nb: 92233720368547758\nc: 1000000\n")
  })

  test('indents lists and shows floats when pretty', () => {
    expect(emitYamlPretty(value)).toBe(
      'list:\n  - 1\n  - k: v\nn9: 1e+06\nn10: 1\ntext: |\n  two\n  lines\n"yes": "no"\n',
    )
  })

  test('leaves out undefined members of plain objects', () => {
    expect(emitYamlFromJson({ b: undefined, a: [{ c: null }] })).toBe('a:\n- c: null\n')
  })

  test('gives up on what YAML cannot read back', () => {
    expect(attempt(() => emitYaml('a\x7fb'))).toEqual({ thrown: 'yaml: control characters are not allowed' })
  })
})
