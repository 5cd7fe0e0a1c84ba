import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadChart } from '../../../src/chart/index.ts'
import { renderReadme } from '../../../src/cli/docs/readme.ts'
import { listValues } from '../../../src/cli/docs/value-rows.ts'

const charts = path.resolve(import.meta.dirname, '../../../charts')

/** Key, type, default and description of each row. */
function rows(source: string, schema?: Record<string, unknown>): string[] {
  return listValues(source, schema).map((row) => [row.key, row.type, row.default, row.description].join(' | '))
}

describe('comments of values.yaml', () => {
  test.each<[name: string, source: string, want: string[]]>([
    ['a marked comment', '# -- Pods\nreplicas: 2\n', ['replicas | int | 2 | Pods']],
    ['a plain comment', '# Pods\n# to run\nreplicas: 2\n', ['replicas | int | 2 | Pods to run']],
    ['a comment on the same line', 'replicas: 2 # Pods\n', ['replicas | int | 2 | Pods']],
    ['an empty line parts comment and key', '# Header\n\na: 1.5\n', ['a | float | 1.5 | ']],
    ['only what follows the mark', '# old: x\n# -- Pods\n# in all\na: 1\n', ['a | int | 1 | Pods in all']],
    [
      'a type and a default in words',
      '# -- (tpl) Name\n# @default -- the release\nname: ""\n',
      ['name | tpl | the release | Name'],
    ],
    ['a comment that names its key', '# a.b -- Deep\n\na:\n  b: null\n', ['a.b | any | null | Deep']],
    ['an ignored key', '# @ignored\na:\n  b: 1\nc: []\n', ['c | list | [] | ']],
    [
      'a marked map',
      '# -- All\na:\n  b: 1\n  # -- One\n  c: 2\n',
      ['a | object | {"b":1,"c":2} | All', 'a.c | int | 2 | One'],
    ],
    ['a key with dots', 'a:\n  b.c/d: x\n', ['a."b.c/d" | string | "x" | ']],
  ])('%s', (_name, source, want) => {
    expect(rows(source)).toEqual(want)
  })

  test('sections are kept', () => {
    expect(listValues('# -- A\n# @section -- Scale\na: 1\n', undefined)[0]?.section).toBe('Scale')
  })
})

test('the schema fills in what comments leave out', () => {
  const schema = {
    required: ['size'],
    properties: {
      size: { $ref: '#/$defs/size' },
      extra: { type: 'boolean', description: 'Not in values.yaml', default: true },
    },
    $defs: { size: { type: ['string', 'null'], description: 'How large', enum: ['s', 'l'] } },
  }
  expect(rows('size: null\n', schema)).toEqual([
    'size | string or null | null | How large',
    'extra | bool | true | Not in values.yaml',
  ])
  expect(listValues('size: null\n', schema)[0]).toMatchObject({ required: true, allowed: ['"s"', '"l"'] })
})

test('a circle of references ends', () => {
  expect(rows('a: 1\n', { properties: { a: { $ref: '#/properties/a' } } })).toEqual(['a | int | 1 | '])
})

test("the README of our example chart is up to date: run 'chartctl docs charts/blog-stack'", () => {
  const text = renderReadme(loadChart(path.join(charts, 'blog-stack')), undefined)
  expect(text).toBe(readFileSync(path.join(charts, 'blog-stack', 'README.md'), 'utf8'))
})

test('a template of the chart can use parts of the built-in one', () => {
  const chart = loadChart(path.join(charts, 'parts', 'web'))
  expect(renderReadme(chart, '{{#each values}}{{#if (eq key "replicaCount")}}{{code default}}{{/if}}{{/each}}')).toBe(
    '`1`\n',
  )
  expect(renderReadme(chart, 'Mine\n{{> header}}')).toMatch(/^Mine\n# web\n/)
  expect(() => renderReadme(chart, '{{#if}')).toThrow('cannot make the README of web with README.md.hbs')
})
