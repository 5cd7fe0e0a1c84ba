import type { Random } from '../random.ts'
import { yamlText } from '../generate/yaml.ts'
import { manifestText } from './manifests.ts'
import { dependencyText, metadataText } from './metadata.ts'

/** Files of a chart by their paths within its folder. */
export type ChartFiles = Record<string, string>

const valuesTexts = [
  ...[
    'name: n\nx: 1\nlist: [1, 2]\nlabels: {a: b}\non: true\n',
    'x: text\nt: "{{ .Chart.Name }}"\nn: 1\nlist: [a]\n',
    '{}\n',
    '',
  ],
  ...[
    '# top\nx: 1 # c\n\n# y\ny:\n  - a\n',
    'x: null\nlabels: null\n',
    's: {x: 2, enabled: false}\nglobal: {on: true, g: 1}\n',
  ],
  ...[
    'tags: {front: false}\ns: {enabled: true, global: {g: 2}}\n',
    's: null\nt: null\n',
    'x: [1\n',
    '- a\n',
    'x: 1\nx: 2\n',
    'text\n',
  ],
]
const helpers = [
  ...[
    '{{ define "c.name" }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}\n{{ define "c.deep" }}a: {{ .Values.x }}{{ end }}\n',
  ],
  ...[
    '{{- define "c.name" -}}\n{{ .Chart.Name | trunc 63 }}\n{{- end }}\n{{- define "c.deep" }}\n{{ include "c.inner" . }}\n{{ end }}\n{{- define "c.inner" }}\n  v: {{ .Values.nope.x }}\n{{ end }}',
  ],
  ...[
    '{{ define "c.name" }}{{ end }}{{ define "c.name" }}again{{ end }}{{ define "c.deep" }}{{ fail "deep down" }}{{ end }}',
  ],
  ...['{{ define "c.name" }}{{ template "c.deep" . }}{{ end }}{{ define "c.deep" }}{{ .Values.x.y.z }}{{ end }}'],
  ...[
    '{{ define "c.name" }}n{{ end }}{{ define "c.deep" }}\n{{- range $i, $e := .Values.list }}\n  {{ $i }}: {{ tpl $e $ }}\n{{- end }}{{ end }}',
  ],
  ...['{{ define "c.name" }}n{{ end }}\n{{ define "c.deep" }}{{ .Values.x | nope }}{{ end }}'],
]
const notes = [
  'Hi {{ .Release.Name }}\n',
  '',
  '{{ include "c.name" . }}',
  '\n\nNotes\n\n',
  '{{ .Values.nope.x }}',
  '{{- if .Values.on }}on{{ else }}off{{ end -}}\n',
]
const schemas = [
  ...[
    '{}',
    '{"type": "object", "required": ["zz"]}',
    '{"properties": {"x": {"type": "string"}}}',
    '{"additionalProperties": false}',
    '{"type": "array"}',
    '{',
    '[]',
    'true',
  ],
  ...[
    '{"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"x": {"minimum": 2, "exclusiveMinimum": true}}}',
  ],
  ...[
    '{"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": {"a": {"type": "integer"}}, "properties": {"x": {"$ref": "#/$defs/a"}, "list": {"prefixItems": [{"type": "string"}]}}}',
  ],
]
const ignores = [
  '*.bak\n',
  'templates/\n',
  '*.txt\n!files/a.txt\n',
  '# c\n\n/files/*\n',
  'files\n',
  '**/x\n',
  'a[\n',
  '*.yaml\n',
  'charts/s\n',
  'README.md\n',
  'templates/?.yaml\n',
  ' \n/\n',
  '.helmignore\n',
  'values.yaml\n',
  'Chart.yaml\n',
  'templates/*\n!templates/a.yaml\n',
  '\\#x\n',
]
const others: readonly (readonly [path: string, texts: readonly string[]])[] = [
  ['README.md', ['# R\n', '', 'no newline']],
  ['readme.txt', ['r\n']],
  ['Readme', ['R']],
  ['LICENSE', ['L\n']],
  ['files/a.txt', ['alpha\nbeta\n', '{{ .Values.x }}\n']],
  ['files/b.bin', ['\u0000\u0001\u00ff']],
  [
    'crds/a.yaml',
    [
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b}\n',
      '# c\n',
      '',
      'x: {{ .Values.x }}\n',
      'a: 1\n---\nb: 2\n',
    ],
  ],
  ['crds/z.txt', ['not yaml: [']],
  ['crds/sub/b.yml', ['kind: X\n---\n\nkind: Y\n']],
  ['crds/_c.yaml', ['kind: Z\n']],
  [
    'Chart.lock',
    [
      'dependencies: []\ndigest: sha256:x\ngenerated: "2024-01-01T00:00:00Z"\n',
      'x',
      'dependencies:\n- name: s\n  version: 0.1.0\n  repository: ""\n',
    ],
  ],
  ['requirements.yaml', ['dependencies:\n- {name: s, version: 0.1.0}\n', 'x\n', 'dependencies: x\n', '']],
  ['requirements.lock', ['dependencies: []\n']],
  ['templates/tests/t.yaml', ['apiVersion: v1\nkind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n']],
  ['templates/a.txt', ['kind: Txt\n', 'text {{ .Values.x }}\n']],
  ['templates/b.json', ['{"kind": "J", "apiVersion": "v1"}\n']],
  ['templates/c.YAML', ['kind: Up\n']],
  ['templates/.hidden.yaml', ['kind: Hidden\n']],
  ['templates/_p.yaml', ['kind: Partial\n{{ define "p" }}x{{ end }}']],
  ['templates/d/NOTES.txt', ['deep notes\n']],
  ['charts/README.md', ['r']],
  ['charts/_x/Chart.yaml', ['name: x\n']],
  ['charts/.y/Chart.yaml', ['name: y\n']],
  ['charts/none/values.yaml', ['a: 1\n']],
  ['templates/e.tpl', ['{{ define "e" }}e{{ end }}\nkind: Tpl\n']],
  ['.hidden', ['x']],
  ['x.bak', ['x']],
]

/** A chart with sub-charts, helpers, notes, hooks, CRDs and odd files. */
export function chartFiles(random: Random): ChartFiles {
  const out: ChartFiles = {}
  const oddity = random.pick([0, 0, 0.05, 0.2, 0.5])
  addChart(random, out, '', oddity, 2)
  return out
}

function addChart(random: Random, out: ChartFiles, folder: string, oddity: number, depth: number): void {
  const children = depth > 0 ? ['s', 't'].filter(() => random.chance(depth > 1 ? 0.35 : 0.2)) : []
  const declared = [...children, ...(random.chance(oddity / 3) ? ['gone'] : [])].filter(() => random.chance(0.8))
  const entries = declared.map((name) => dependencyText(random, name, oddity))
  if (random.chance(oddity / 8)) entries.push(random.pick(['null', 'x', '{}', '[]']))
  const dependencies = entries.length === 0 ? '' : `dependencies: [${entries.join(', ')}]`
  const own = metadataText(random, folder === '' || random.chance(0.2) ? oddity : 0, dependencies)
  const name = folder.split('/').at(-2)
  if (!random.chance(oddity / 15))
    out[`${folder}Chart.yaml`] = name === undefined ? own : own.replace(/^name: c$/m, `name: ${name}`)
  if (random.chance(0.85))
    out[`${folder}values.yaml`] = random.chance(oddity / 5)
      ? yamlText(random)
      : random.pick(valuesTexts.slice(0, random.chance(0.85) ? 9 : undefined))
  for (const file of ['a', 'b', 'z'])
    if (random.chance(folder === '' ? 0.6 : 0.4)) out[`${folder}templates/${file}.yaml`] = manifestText(random)
  if (random.chance(0.85))
    out[`${folder}templates/_helpers.tpl`] = random.chance(0.6) ? helpers[0]! : random.pick(helpers)
  if (random.chance(0.25)) out[`${folder}templates/NOTES.txt`] = random.pick(notes)
  if (random.chance(0.12)) out[`${folder}values.schema.json`] = random.pick(schemas)
  if (random.chance(0.12)) out[`${folder}.helmignore`] = random.some(1, 2, () => random.pick(ignores)).join('')
  for (const [path, texts] of others)
    if (random.chance(folder === '' ? 0.06 : 0.02)) out[folder + path] = random.pick(texts)
  for (const child of children) addChart(random, out, `${folder}charts/${child}/`, oddity, depth - 1)
}
