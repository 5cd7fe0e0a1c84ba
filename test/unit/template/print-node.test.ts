import { expect, test } from 'vitest'
import { parseTrees } from '../../../src/template/parser.ts'
import { nodeText } from '../../../src/template/print-node.ts'

const print = (text: string): string => {
  const trees = parseTrees('t', text, () => true)
  return trees.map((tree) => nodeText(tree.root)).join('|')
}

const cases: readonly [text: string, want: string][] = [
  ['{{.a.b   |  f  1 "x" `y` (g .z).w $ $.q nil true 1.50}}', '{{.a.b | f 1 "x" `y` (g .z).w $ $.q nil true 1.50}}'],
  ['{{$x := 1}}{{$x = 2}}', '{{$x := 1}}{{$x = 2}}'],
  ['{{range $i, $e := .l}}{{$e}}{{break}}{{else}}x{{end}}', '{{range $i, $e := .l}}{{$e}}{{break}}{{else}}x{{end}}'],
  ['{{if a}}1{{else if b}}2{{end}}', '{{if a}}1{{else}}{{if b}}2{{end}}{{end}}'],
  ['{{with a}}1{{else with b}}2{{end}}', '{{with a}}1{{else}}{{with b}}2{{end}}{{end}}'],
  ['{{template "a" .x}}{{block "b" .}}c{{end}}', 'c|{{template "a" .x}}{{template "b" .}}'],
]
test.each(cases)('%s prints as Go prints it', (text, want) => {
  expect(print(text)).toBe(want)
})

test.each(cases.filter(([text]) => !text.includes('block')))('%s parses again to the same text', (text) => {
  expect(print(print(text))).toBe(print(text))
})
