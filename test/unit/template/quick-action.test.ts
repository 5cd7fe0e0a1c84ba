import { expect, test } from 'vitest'
import type { Action } from '../../../src/template/action.ts'
import type { Node, Tree } from '../../../src/template/node.ts'
import { parseTrees } from '../../../src/template/parser.ts'
import { QuickActionReader } from '../../../src/template/quick-action.ts'
import { seededRandom } from '../../fuzz/random.ts'

const isFunction = (word: string): boolean => !word.startsWith('nof')

/** A node as text, without what depends on how it was read. */
const shape = (node: Node | undefined): string =>
  JSON.stringify(node ?? null, (key, value: unknown) => {
    if (key === 'isClosed') return undefined
    return typeof value === 'bigint' ? String(value) : value
  })

/** The pipeline of a statement that was read token by token, after declarations of what it uses; the error if it fails. */
function tokenByToken(text: string, uses: readonly string[], type: Action['type']): string {
  const before = uses.map((name) => `{{${name} := 1}}`).join('')
  const isChained = type === 'else if' || type === 'else with'
  const hasBody = isChained || type === 'if' || type === 'with' || type === 'range'
  const opening = isChained ? `{{${type.slice(5)} 1}}` : ''
  let trees: Tree[]
  try {
    trees = parseTrees('t', `${before}${opening}${text}${hasBody ? '{{end}}' : ''}`, isFunction)
  } catch (error) {
    return String(error)
  }
  const first = trees.at(-1)?.root.nodes[uses.length]
  const statement = isChained && first !== undefined && 'elseList' in first ? first.elseList?.nodes[0] : first
  if (statement === undefined || !('pipe' in statement)) return 'no pipeline'
  return `${isChained ? 'else ' : ''}${statement.type} ${shape(statement.pipe)}`
}

const reader = new QuickActionReader(isFunction)

test.each([
  '{{ .Values.a.b }}',
  '{{- include "a.b" (dict "x" .y "z" $.w) | nindent 4 -}}',
  '{{ $x := .a | default (printf "%d-%s" 5 `raw`) }}',
  '{{ $x = true }}',
  '{{- range $i, $e := .Values.list }}',
  '{{range .}}',
  '{{ with (index .a 0).b.c }}',
  '{{ if and .a (not $x.y) (eq -1 .b) -}}',
  '{{ template "a" }}',
  '{{ template "a" . }}',
  '{{f\n\t.a\n}}',
  '{{ "\\n\\u00e9\\"" }}',
  '{{ else if .a }}',
  '{{- else with $y := .a -}}',
])('%s is read quickly, and as token by token', (text) => {
  const known = reader.read(text)
  const action = known?.action
  const pipe = action !== undefined && 'pipe' in action ? action.pipe : undefined
  expect(`${action?.type ?? ''} ${shape(pipe)}`).toBe(tokenByToken(text, known?.uses ?? [], action?.type ?? 'end'))
})

test.each([
  '{{ .a..b }}',
  '{{ a"b" }}',
  '{{ template"a" }}',
  '{{ if(.a) }}',
  '{{ nofunction . }}',
  '{{ . | 1 }}',
  '{{ (.a }}',
  '{{ .a) }}',
  '{{ nil }}',
  '{{ "\\z" }}',
  '{{ 0x1f }}',
  "{{ 'a' }}",
  '{{ define `a` }}',
  '{{ block "a" . }}',
  '{{ break }}',
  '{{ .a.é }}',
  '{{ $x, $y := .a }}',
  '{{ $x= .a }}',
  '{{ ($x := 1) }}',
  '{{ }}',
  '{{-}}',
])('%s is left to the tokens', (text) => {
  expect(reader.read(text)).toBeUndefined()
})

test('whatever is read quickly is read the same token by token', () => {
  const random = seededRandom(20)
  const parts =
    '. $ $x $y.z .a .a.b .1 "s" `r` 1 -2 03 1.5 nil true if else end with range template f g and nofn ( ) | , := = , - -} \' " '.split(
      ' ',
    )
  const spaces = [' ', ' ', ' ', '', '  ', '\n', '\t']
  const open = [
    '{{',
    '{{ ',
    '{{- ',
    '{{if ',
    '{{ range ',
    '{{- with ',
    '{{ template "t" ',
    '{{ $x := ',
    '{{ $i, $e := ',
  ]
  const close = ['}}', ' }}', ' -}}', '-}}', '  -}}']
  let quick = 0
  for (let round = 0; round < 20_000; round++) {
    let text = random.pick(open)
    for (let n = random.int(6); n > 0; n--) text += random.pick(parts) + random.pick(spaces)
    text += random.pick(close)
    const known = reader.read(text)
    if (known === undefined || known.action.type === 'end' || known.action.type === 'else') continue
    quick++
    const pipe = 'pipe' in known.action ? known.action.pipe : undefined
    const outcome = tokenByToken(text, known.uses, known.action.type)
    expect(`${text}: ${known.action.type} ${shape(pipe)}`).toBe(`${text}: ${outcome}`)
  }
  expect(quick).toBeGreaterThan(500)
})
