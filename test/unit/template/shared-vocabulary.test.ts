import { expect, test } from 'vitest'
import { errorText } from '../../../src/base/index.ts'
import type { GoValue } from '../../../src/go/index.ts'
import { parseTemplate, SharedVocabulary, TemplateSet } from '../../../src/template/index.ts'
import { functions, toGo } from './run.ts'

/** Outputs, or errors, of texts that are parsed one after the other; `a` is the name of the first. */
function outcomes(texts: readonly string[], data: unknown, vocabulary?: SharedVocabulary): string[] {
  return texts.map((text, index) => {
    try {
      const name = String.fromCharCode(0x61 + index)
      const set = new TemplateSet()
      set.add(parseTemplate(name, text, vocabulary ?? functions))
      return set.execute(name, toGo(data) as GoValue, { functions, missingKey: 'zero' })
    } catch (error) {
      return errorText(error)
    }
  })
}

/** Texts that share actions give the same with and without sharing; gives what they give. */
function sharedAndAlone(texts: readonly string[], data: unknown = {}): string[] {
  const alone = outcomes(texts, data)
  expect(outcomes(texts, data, new SharedVocabulary(functions))).toEqual(alone)
  return alone
}

test('an error in a shared action names the place where it stands', () => {
  expect(sharedAndAlone(['{{ .a.b.c }}', 'x\n yz{{ .a.b.c }}'], { a: { b: 1 } })).toEqual([
    expect.stringContaining('template: a:1:5: executing "a" at <.a.b.c>'),
    expect.stringContaining('template: b:2:8: executing "b" at <.a.b.c>'),
  ])
})

test('after an include, errors name the place of the action that includes', () => {
  const text = '{{ define "t" }}\n\n{{ .x }}{{ end }}\n{{ print (include "t" .) (fail .) }}'
  expect(sharedAndAlone([text, `\n${text}`], { x: 1 })).toEqual([
    expect.stringContaining('template: a:4:'),
    expect.stringContaining('template: b:5:'),
  ])
})

test('a variable of an earlier text is not in scope in the next', () => {
  expect(sharedAndAlone(['{{ $x := 1 }}{{ $x }}', '{{ $x }}'])).toEqual([
    '1',
    expect.stringContaining('template: b:1: undefined variable "$x"'),
  ])
})

test('a shared declaration counts in each text', () => {
  const text = '{{ $x := .v }}{{ if $x }}{{ $x = 2 }}{{ end }}{{ $x }}{{ with $y := $x }}{{ $y }}{{ end }}'
  expect(sharedAndAlone([text, `${text}{{ $y }}`, text], { v: 1 })).toEqual([
    '22',
    expect.stringContaining('undefined variable "$y"'),
    '22',
  ])
})

test('$ is the data again in a text that does not hide it', () => {
  expect(sharedAndAlone(['{{ $.v }}', '{{ $ := dict "v" 3 }}{{ $.v }}', '{{ $.v }}'], { v: 1 })).toEqual([
    '1',
    '3',
    '1',
  ])
})

test('within a range, dot has the type of the elements', () => {
  const texts = [
    '{{ .v.w }}',
    '{{ range .l }}{{ .v.w }}{{ end }}',
    '{{ range $i, $e := .l }}{{ $i }}{{ .v.w }}{{ end }}',
  ]
  expect(sharedAndAlone(texts, { l: [{ v: 1 }], v: { w: 5 } })[0]).toBe('5')
  expect(sharedAndAlone(['{{ .v }}', '{{ range .l }}{{ .v }}{{ end }}'], { l: [null], v: 1 })[1]).toContain('b:1:17')
})

test('trim markers of a known action trim the text around it', () => {
  expect(sharedAndAlone(['a {{- .v -}} b', ' c {{- .v -}} \n d{{ .v -}} e'], { v: 1 })).toEqual(['a1b', ' c1d1e'])
})

test('what looks like the end of an action within a string is not', () => {
  const text = '{{ print "}}" `}}` }}{{/* }} */}}'
  expect(sharedAndAlone([text, text + text])).toEqual(['}}}}', '}}}}}}}}'])
})

test.each([
  '{{ if .v }}{{ else if .v }}{{ else }}{{ end }}',
  '{{ if .n }}{{ else if $x := .v }}{{ $x }}{{ else }}2{{ end }}{{ with .n }}{{ else with .v }}{{ . }}{{ end }}',
  '{{ range .l }}{{ break }}{{ end }}',
  '{{`{{ .v }}`}}{{- `}} {{` -}} ',
  '{{ define "d" }}{{ .v }}{{ end }}{{ template "d" . }}{{ template "d" . }}',
  '{{ block "blk" . }}{{ .v }}{{ end }}',
])('%s reads the same a second time', (text) => {
  const [first, second, third] = sharedAndAlone([text, text, `x${text}`], { v: 1, l: [1, 2] })
  expect([second, third]).toEqual([first, `x${first ?? ''}`])
})

test.each([
  '{{ range .l }}{{ else if .v }}{{ end }}',
  '{{ with .l }}{{ else if .v }}{{ end }}',
  '{{ else if .v }}',
  '{{ if .v }}{{ define "x" }}{{ end }}{{ end }}',
  '{{ define "x" }}{{ .v }}',
  '{{ define "x" }}{{ else }}{{ end }}',
  '{{ end }}',
  '{{ else }}',
  '{{ break }}',
  '{{ if }}',
  '{{ .v = 1 }}',
  '{{ nofunc }}',
  '{{ if .v }}{{ .v',
])('a text that ends wrongly, %s, fails as it does alone', (text) => {
  const good = '{{ if .v }}{{ .v }}{{ else }}{{ end }}{{ range .l }}{{ break }}{{ end }}'
  const [, failed, again] = sharedAndAlone([good, `${good}\n\n${text}`, `\n${text}`], { v: 1, l: [] })
  expect(failed).toContain('template: b:3:')
  expect(again).toContain('template: c:2:')
})
