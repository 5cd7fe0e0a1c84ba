import { expect, test } from 'vitest'
import { manualClock, systemRandom } from '../../../src/base/index.ts'
import { assembleChart, processDependencies } from '../../../src/chart/index.ts'
import { renderFiles } from '../../../src/render/index.ts'

const host = { clock: manualClock(0), random: systemRandom, env: {} }
const release = { name: 'rel', namespace: 'ns', revision: 1, isUpgrade: false }

function render(files: Readonly<Record<string, string>>): Map<string, string> {
  const chart = assembleChart(Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) })))
  return renderFiles(processDependencies(chart, new Map()), new Map(), { host, release })
}

const aliases = {
  'Chart.yaml':
    '{apiVersion: v2, name: p, version: 0.1.0, dependencies: [{name: s, version: 0.1.0, alias: one}, {name: s, version: 0.1.0, alias: two}]}',
  'charts/s/Chart.yaml': '{apiVersion: v2, name: s, version: 0.1.0}',
  'charts/s/values.yaml': 'n: 1\nfailing: ""\n',
}

test('a template that stands under two aliases sees the data of each', () => {
  const rendered = render({ ...aliases, 'charts/s/templates/a.yaml': 'a: {{ .Chart.Name }} {{ .Template.Name }}' })
  expect([...rendered]).toEqual([
    ['p/charts/two/templates/a.yaml', 'a: two p/charts/two/templates/a.yaml'],
    ['p/charts/one/templates/a.yaml', 'a: one p/charts/one/templates/a.yaml'],
  ])
})

test('an error in a template under several aliases names the file of the one that failed', () => {
  expect(() =>
    render({
      ...aliases,
      'charts/s/templates/a.yaml': '{{ if eq .Chart.Name "one" }}{{ required "need it" .Values.failing }}{{ end }}',
    }),
  ).toThrow('execution error at (p/charts/one/templates/a.yaml:1:32): need it')
})

test('a change that a sub-chart makes to its values is seen by its parent', () => {
  const rendered = render({
    'Chart.yaml': '{apiVersion: v2, name: p, version: 0.1.0}',
    'templates/a.yaml': '{{ .Values.s.added }}',
    'charts/s/Chart.yaml': '{apiVersion: v2, name: s, version: 0.1.0}',
    'charts/s/templates/a.yaml': '{{ $_ := set .Values "added" "yes" }}',
  })
  expect(rendered.get('p/templates/a.yaml')).toBe('yes')
})
