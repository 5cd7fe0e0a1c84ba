import { expect, test } from 'vitest'
import { render } from './run.ts'

const values = { s: 'str', n: 3, m: { b: 1, a: { c: 'd' } }, l: ['x', 2, null], none: null, t: true }

const cases: readonly [name: string, text: string, want: string][] = [
  ['prints fields', '{{ .Values.s }}{{ .Values.m.a.c }}{{ .Values.n }}', 'strd3'],
  ['shows missing values', '{{ .Values.nope }}|{{ .Values.none }}', '<no value>|<no value>'],
  ['trims with markers', 'a \n {{- 1 -}} \n b', 'a1b'],
  ['passes over comments', 'a{{/* x */}}b {{- /* y */ -}} c', 'abc'],
  ['pipes values to the last argument', '{{ .Values.s | upper | printf "%s-%s" "a" }}', 'a-STR'],
  ['chooses branches', '{{ if .Values.none }}a{{ else if .Values.t }}b{{ else }}c{{ end }}', 'b'],
  [
    'binds dot with with',
    '{{ with .Values.m.a }}{{ .c }}{{ end }}{{ with .Values.none }}{{ else with 5 }}{{ . }}{{ end }}',
    'd5',
  ],
  ['ranges over lists', '{{ range $i, $x := .Values.l }}{{ $i }}={{ $x }},{{ end }}', '0=x,1=2,2=<no value>,'],
  ['ranges over maps in order', '{{ range $k, $v := .Values.m }}{{ $k }};{{ end }}', 'a;b;'],
  ['ranges over integers', '{{ range 3 }}{{ . }}{{ end }}{{ range 0 }}{{ else }}none{{ end }}', '012none'],
  ['leaves ranges', '{{ range list 1 2 3 }}{{ if eq . 2 }}{{ break }}{{ end }}{{ . }}{{ end }}', '1'],
  ['continues ranges', '{{ range list 1 2 3 }}{{ if eq . 2 }}{{ continue }}{{ end }}{{ . }}{{ end }}', '13'],
  [
    'ends only the inner range by a break in its else branch',
    '{{ range list 1 2 }}{{ range list }}{{ else }}{{ break }}{{ end }}{{ . }}{{ end }}',
    '12',
  ],
  [
    'continues the outer range by a continue in an else branch',
    '{{ range list 1 2 }}{{ range list }}{{ else }}{{ continue }}{{ end }}{{ . }}{{ end }}',
    '',
  ],
  ['scopes variables', '{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}{{ $x = 3 }}{{ $x }}', '213'],
  [
    'keeps a hidden variable when a declaration is skipped',
    '{{ $x := 1 }}{{ $y := and false ($x := 2) }}{{ $x }}',
    '1',
  ],
  ['calls templates', '{{ define "a" }}[{{ . }}]{{ end }}{{ template "a" 5 }}{{ include "a" "x" }}', '[5][x]'],
  ['renders blocks', '{{ block "b" 1 }}<{{ . }}>{{ end }}', '<1>'],
  [
    'runs texts in the current set',
    '{{ define "a" }}A{{ end }}{{ tpl "{{ define \\"z\\" }}Z{{ end }}{{ include \\"a\\" . }}{{ template \\"z\\" }}" . }}',
    'AZ',
  ],
  [
    'short-circuits and and or',
    '{{ and false (fail "x") }} {{ or 1 (fail "x") }} {{ and 1 2 }} {{ or 0 "" }}',
    'false 1 2 ',
  ],
  [
    'reads numbers by their syntax',
    "{{ 0x1F }} {{ 1e3 }} {{ 'a' }} {{ 1_000 }} {{ 1+2i }} {{ .5 }}",
    '31 1000 97 1000 (1+2i) 0.5',
  ],
  ['converts literals to parameter types', '{{ twice 2.0 }} {{ twice 0x10 }}', '4 32'],
  [
    'compares',
    '{{ eq 1 2 1 }} {{ ne "a" "b" }} {{ lt 1.5 2.5 }} {{ ge "b" "a" }} {{ not 0 }}',
    'true true true true true',
  ],
  ['formats', '{{ printf "%05.1f|%q" 3.1234 "x" }}{{ println 1 "a" }}', '003.1|"x"1 a\n'],
]
test.each(cases)('%s', (_name, text, want) => {
  expect(render(text, values)).toBe(want)
})

test('missing keys follow the option', () => {
  expect(render('{{ .Values.a }}', {}, 'default')).toBe('<no value>')
  expect(render('{{ .Values.a.b }}', {}, 'default')).toBe('<no value>')
  expect(() => render('{{ .Values.a }}', {}, 'error')).toThrow('map has no entry for key "a"')
})

test('a thousand nested includes need no large stack', () => {
  const text = '{{ define "a" }}{{ if . }}{{ include "a" (slice . 1) }}{{ end }}{{ end }}{{ include "a" .Values.s }}'
  expect(render(text, { s: 'x'.repeat(500) })).toBe('')
})

test('endless templates end in an error', () => {
  expect(() => render('{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}')).toThrow(
    'template: t:1:28: executing "a" at <{{template "a" .}}>: exceeded maximum template depth (100000)',
  )
})
