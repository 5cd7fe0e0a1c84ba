import { expect, test } from 'vitest'
import { type Log, manualClock, systemRandom } from '../../../src/base/index.ts'
import { assembleChart, processDependencies } from '../../../src/chart/index.ts'
import { renderFiles, type RenderOptions } from '../../../src/render/index.ts'

const host = { clock: manualClock(0), random: systemRandom, env: {} }
const release = { name: 'rel', namespace: 'ns', revision: 1, isUpgrade: false }

function render(files: Readonly<Record<string, string>>, options: Partial<RenderOptions> = {}): Map<string, string> {
  const chart = assembleChart(Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) })))
  return renderFiles(processDependencies(chart, new Map()), new Map(), { host, release, ...options })
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

test('what templates log is logged once, also when rendering is repeated for the name of a file', () => {
  const logged: string[] = []
  const files = {
    ...aliases,
    'charts/s/templates/a.yaml':
      '{{ required "need it" .Values.failing }}{{ if eq .Chart.Name "one" }}{{ nil }}{{ end }}',
  }
  const log: Log = ({ level, attributes }) => {
    if (level === 'WARN') logged.push(String(attributes[0]?.[1]))
  }
  expect(() => render(files, { lint: true, log })).toThrow('nil is not a command')
  expect(logged).toEqual(['need it', 'need it'])
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

test('a deep copy of what templates get keeps its types, and reads its own files', () => {
  const rendered = render({
    'Chart.yaml': '{apiVersion: v2, name: p, version: 0.1.0}',
    'a.txt': 'A',
    'templates/a.yaml':
      '{{ $d := deepCopy . }}{{ $_ := set $d.Values "x" 1 }}{{ $d.Files.Get "a.txt" }} {{ printf "%T" $d.Files }} {{ ($d.Files.Glob "*.txt").AsConfig }} {{ $d.Capabilities.APIVersions.Has "v1" }} {{ (deepCopy .Capabilities.APIVersions).Has "v1" }} {{ .Values }}',
  })
  expect([...rendered.values()]).toEqual(['A engine.files a.txt: A true true map[]'])
})
