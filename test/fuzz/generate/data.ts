/** What every generated expression can use: one set of values and files, so that many cases share a chart. */
export const sharedValues = `nothing: null
yes: true
no: false
zero: 0
one: 1
int: 42
neg: -7
big: 12345678901
huge: 1e+30
float: 2.5
million: 1000000
str: hello World
empty: ""
spaced: "  a b  "
uni: "héllo 日本 🙂"
multi: "line one\\nline two\\n\\nend"
numeric: "123"
hex: "0x1f"
date: "2024-02-29T12:34:56Z"
version: 1.2.3-rc.1
path: /usr/local/../bin/x.tar.gz
html: <a href="x">'&'</a>
key-dash: dashed
list: [1, two, 3.5, true, null, [x], {k: v}]
ints: [3, 1, 2, 1]
strs: [b, a, "", a, B]
none: []
one-item: [only]
maps: [{name: x, port: 80}, {name: y}, {}]
map: {b: 2, a: 1, c: {d: deep, e: [1]}, "1": digit}
flat: {x: y, z: "1"}
single: {k: v}
blank: {}
nested: {a: {b: {c: {d: 1}}}}
nulls: {a: null, b: 1}
tpl: "{{ .Values.str }}-{{ .Release.Name }}"
`

/** Files of the shared chart besides values.yaml. */
export const sharedFiles: Readonly<Record<string, string>> = {
  'conf/a.txt': 'alpha\nbeta\n',
  'conf/b.yaml': 'k: v\nl:\n- 1\n- two\n',
  'conf/c.json': '{"a": [1, 2.5, null], "b": {"c": "d"}}',
  'conf/d.toml': 'title = "t"\n[a]\nb = 1\nc = [1, 2]\n',
  'templates/_helpers.tpl':
    '{{- define "h.name" -}}{{ .Release.Name }}-{{ .Chart.Name }}{{- end }}\n{{- define "h.dot" }}<{{ . }}>{{ end }}' +
    '{{- define "h.fail" }}{{ fail "helper" }}{{ end }}\n{{- define "h.bad" }}{{ .Values.nothing.x }}{{ end }}\n' +
    '{{- define "h.loop" }}{{ include "h.loop" . }}{{ end }}\n{{- define "h.empty" }}{{ end }}',
}

/** Files of the shared chart that are not UTF-8, in base64. */
export const sharedBytes: Readonly<Record<string, string>> = { 'conf/raw.bin': '/wBhw7/hgA==' }

/** Kinds of expressions by what they give. */
export type Kind = 'any' | 'string' | 'int' | 'float' | 'bool' | 'list' | 'dict' | 'time' | 'nil'

const of = (names: string): string[] => names.split(' ').map((name) => `.Values.${name}`)

/** Paths into the shared data that give a value of a kind. */
export const paths: Readonly<Record<Exclude<Kind, 'any' | 'time'>, readonly string[]>> = {
  string: [
    ...of('str empty spaced uni multi numeric hex date version path html map.c.d flat.x single.k tpl'),
    '.Release.Name',
    '.Release.Namespace',
    '.Release.Service',
    '.Chart.Name',
    '.Chart.Version',
    '.Chart.AppVersion',
    '.Template.BasePath',
    '.Capabilities.KubeVersion.Version',
    '.Capabilities.KubeVersion',
    '.Capabilities.KubeVersion.Minor',
    '(.Files.Get "conf/a.txt")',
    '(.Files.Get "conf/raw.bin")',
    '(.Files.Get "nope")',
    '(.Files.Get "conf/b.yaml")',
    '(index .Values "key-dash")',
    '(.Files.Get "conf/c.json")',
    '(.Files.Get "conf/d.toml")',
  ],
  int: [
    ...of('zero one int neg big million huge map.a'),
    '.Release.Revision',
    '(len .Values.list)',
    '(int .Values.int)',
    '(int64 .Values.neg)',
  ],
  float: of('float huge int million'),
  bool: [
    ...of('yes no'),
    '.Release.IsInstall',
    '.Release.IsUpgrade',
    '.Chart.Deprecated',
    '(.Capabilities.APIVersions.Has "v1")',
  ],
  list: [
    ...of('list ints strs none maps map.c.e'),
    '(index .Values "one-item")',
    '.Chart.Keywords',
    '.Chart.Maintainers',
    '.Chart.Sources',
    '(until 4)',
    '(splitList "," "a,b,,c")',
    '(.Files.Lines "conf/a.txt")',
    '(keys .Values.single)',
    '(list)',
    '(list 1 "a" nil)',
    '(.Files.GetBytes "conf/raw.bin")',
    '(untilStep 5 0 -2)',
    '(chunk 2 .Values.ints)',
    '(regexFindAll "[a-z]" "a1b2" -1)',
    '.Chart.Dependencies',
    '(values .Values.single)',
  ],
  dict: [
    ...of('map flat single blank nested nulls map.c nested.a.b'),
    '.Chart',
    '.Values',
    '.Release',
    '.Capabilities',
    '.Files',
    '.Subcharts',
    '.Template',
    '.Chart.Annotations',
    '(dict)',
    '(dict "a" 1 "b" "x")',
    '(split "," "a,b")',
    '(urlParse "http://u@h:1/p?q#f")',
    '(.Files.Glob "conf/*")',
    '(semver "1.2.3-a+b")',
    '(.Files.Glob "x*").AsConfig',
  ],
  nil: [
    'nil',
    '.Values.nothing',
    '.Values.missing',
    '.Values.nulls.a',
    '(index .Values.list 4)',
    '(get .Values.flat "no")',
    '(first list)',
  ],
}
