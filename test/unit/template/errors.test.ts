import { expect, test } from 'vitest'
import { TemplateError } from '../../../src/template/index.ts'
import { render } from './run.ts'

const values = { s: 'str', l: ['x'], m: {} }

const parse: readonly [text: string, want: string][] = [
  ['{{ if }}', 'template: t:1: missing value for if'],
  ['{{ nope }}', 'template: t:1: function "nope" not defined'],
  ['{{ $x }}', 'template: t:1: undefined variable "$x"'],
  ['a\n{{ if true }}\n', 'template: t:3: unexpected EOF'],
  ['{{ end }}', 'template: t:1: unexpected {{end}}'],
  ['{{ "x\n" }}', 'template: t:1: unterminated quoted string'],
  ['{{ 1 | 2 }}', 'template: t:1: non executable command in pipeline stage 2'],
  ['{{ (1 }}', 'template: t:1: unclosed left paren'],
  ['{{ .a b.c }}', 'template: t:1: function "b" not defined'],
  ['{{ 1.x }}', 'template: t:1: bad number syntax: "1.x"'],
  ['{{ "a".b }}', 'template: t:1: unexpected . after term "\\"a\\""'],
  ['{{ break }}', 'template: t:1: {{break}} outside {{range}}'],
  ['{{/* x }}', 'template: t:1: unclosed comment'],
  ['{{ print\n', 'template: t:2: unclosed action started at t:1'],
  ['{{ range $a, 1 }}{{ end }}', 'template: t:1: range can only initialize variables'],
  [
    '{{ define "a" }}x{{ end }}{{ define "a" }}y{{ end }}',
    'template: t:1: template: multiple definition of template "a"',
  ],
  ['{{ $ü! }}', "template: t:1: bad character U+0021 '!'"],
]
test.each(parse)('%j does not parse', (text, want) => {
  expect(() => render(text)).toThrow(expect.objectContaining({ code: 'TEMPLATE_PARSE', message: want }))
})

const exec: readonly [text: string, want: string][] = [
  ['é{{ .Values.a.b }}', 't:1:12: executing "t" at <.Values.a.b>: nil pointer evaluating interface {}.b'],
  ['\n  {{ .Values.s.x }}', 't:2:12: executing "t" at <.Values.s.x>: can\'t evaluate field x in type interface {}'],
  ['{{ with .Values.s }}{{ .x }}{{ end }}', 't:1:23: executing "t" at <.x>: can\'t evaluate field x in type string'],
  [
    '{{ range .Values.l }}{{ .x }}{{ end }}',
    't:1:24: executing "t" at <.x>: can\'t evaluate field x in type interface {}',
  ],
  ['{{ upper }}', 't:1:3: executing "t" at <upper>: wrong number of args for upper: want 1 got 0'],
  ['{{ upper 1 }}', 't:1:9: executing "t" at <1>: expected string; found 1'],
  ['{{ upper (list 1) }}', 't:1:15: executing "t" at <1>: wrong type for value; expected string; got []interface {}'],
  ['{{ .Values.none | upper }}', 't:1:18: executing "t" at <upper>: invalid value; expected string'],
  [
    '{{ upper .Values.none }}',
    't:1:16: executing "t" at <.Values.none>: wrong type for value; expected string; got interface {}',
  ],
  ['{{ twice nil }}', 't:1:9: executing "t" at <nil>: cannot assign nil to int'],
  ['{{ nil }}', 't:1:3: executing "t" at <nil>: nil is not a command'],
  ['{{ .Values.s 1 }}', 't:1:10: executing "t" at <.Values.s>: s is not a method but has arguments'],
  ['{{ 1 2 }}', 't:1:3: executing "t" at <1>: can\'t give argument to non-function 1'],
  ['{{ range .Values.s }}{{ end }}', 't:1:16: executing "t" at <.Values.s>: range can\'t iterate over str'],
  ['{{ template "x" }}', 't:1:12: executing "t" at <{{template "x"}}>: template "x" not defined'],
  ['{{ fail "boom" }}', 't:1:3: executing "t" at <fail "boom">: error calling fail: boom'],
  [
    '{{ eq 1 "a" }}',
    't:1:3: executing "t" at <eq 1 "a">: error calling eq: incompatible types for comparison: int and string',
  ],
  [
    '{{ upper (or 0 .Values.m) }}',
    't:1:22: executing "t" at <.Values.m>: wrong type for value; expected string; got map[string]interface {}',
  ],
  [
    '{{ include "nope" . }}',
    't:1:3: executing "t" at <include "nope" .>: error calling include: template: no template "nope" associated with template "gotpl"',
  ],
]
test.each(exec)('%j fails when it runs', (text, want) => {
  expect(() => render(text, values)).toThrow(expect.objectContaining({ message: `template: ${want}` }))
})

test('errors of nested templates form a chain of causes', () => {
  const text = '{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ upper 1 }}{{ end }}{{ include "a" . }}'
  const chain: string[] = []
  try {
    render(text)
  } catch (error) {
    for (let at: unknown = error; at instanceof TemplateError; at = at.cause) {
      chain.push(`${at.place.template}:${at.place.line}:${at.place.column} ${at.place.node}`)
    }
  }
  expect(chain).toEqual(['t:1:85 include "a" .', 'a:1:19 include "b" .', 'b:1:69 1'])
})
