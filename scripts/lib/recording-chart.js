// A chart that only exists to be rendered while the code cache is recorded: it calls what public charts call, so that
// little of the language and of the function library is left to compile when one of them is rendered.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const files = {
  'Chart.yaml': `apiVersion: v2
name: recording
version: 1.2.3
appVersion: "4.5"
kubeVersion: ">=1.20.0-0"
description: calls what charts call
dependencies:
  - {name: part, version: ~0.1.0, repository: file://charts/part, condition: part.enabled, alias: piece, tags: [parts]}
`,
  'charts/part/Chart.yaml': 'apiVersion: v2\nname: part\nversion: 0.1.9\n',
  'charts/part/values.yaml': 'replicas: 1\nglobal: {registry: none}\n',
  'charts/part/templates/object.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ include "recording.name" . }}-part}
data: {registry: {{ .Values.global.registry | quote }}, replicas: {{ .Values.replicas | toString | squote }}}
`,
  'values.yaml': `# Values as charts have them.
global: {registry: registry.example, storageClass: ""}
part: {enabled: true}
piece:
  replicas: 2
image:
  repository: web
  tag: "1.27"
  pullSecrets: [one, {name: two}]
resources: {limits: {cpu: 100m, memory: 128Mi}, requests: {}}
ratio: 0.75
big: 12345678901
empty:
nothing: ~
off: false
list: [1, "two", 3.5, true, null]
items:
  - name: first
    port: 80
  - name: second
    port: 443
    paths: ["/a", '/b''c', "tab\\tquote\\" \\u00e9"]
folded: >-
  some words
  in one line

  and more
literal: |
  a: 1
    b: 2
base: &base
  key: value
derived:
  <<: *base
  other: 'text'
? odd key
: odd value
template: '{{ .Release.Name }}-{{ include "recording.name" . }}'
`,
  'values.schema.json': JSON.stringify({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {
      image: {
        type: 'object',
        properties: { repository: { type: 'string', minLength: 1 }, tag: { type: ['string', 'number'] } },
        required: ['repository'],
      },
      ratio: { type: 'number', minimum: 0, maximum: 1 },
      items: { type: 'array', items: { type: 'object', properties: { port: { type: 'integer' } } } },
      off: { enum: [true, false] },
    },
  }),
  'files/plain.txt': 'line one\nline two\n',
  'templates/_helpers.tpl': `{{/* Names. */}}
{{- define "recording.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- define "recording.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- if .Chart.AppVersion }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
{{- with .Values.extraLabels }}{{ toYaml . | nindent 0 }}{{ else }}{{ end }}
{{- end -}}
{{- define "recording.render" -}}
{{- $value := typeIs "string" .value | ternary .value (.value | toYaml) }}
{{- if contains "{{" (toJson .value) }}
  {{- if .scope }}
    {{- tpl (cat "{{- with $.RelativeScope -}}" $value "{{- end }}") (merge (dict "RelativeScope" .scope) .context) }}
  {{- else }}
    {{- tpl $value .context }}
  {{- end }}
{{- else }}
  {{- $value }}
{{- end }}
{{- end -}}
{{- define "recording.capabilities" -}}
{{- if semverCompare ">=1.21-0" (default .Capabilities.KubeVersion.Version .Values.kubeVersion) -}}
policy/v1
{{- else if .Capabilities.APIVersions.Has "policy/v1beta1" -}}
policy/v1beta1
{{- else -}}
{{- fail (printf "no policy API, %d" 1) -}}
{{- end -}}
{{- end -}}
`,
  'templates/objects.yaml': `{{- $root := . -}}
{{- $list := list 1 "b" (dict "c" 2) -}}
{{- $map := dict "a" 1 "b" (list 1 2) "c" (dict "d" nil) -}}
{{- $_ := set $map "e" (default (list) .Values.nothing) -}}
{{- $map = merge $map (deepCopy .Values.resources) (dict "z" 1) | mustMergeOverwrite (dict) -}}
{{- range $i, $item := .Values.items }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "recording.name" $root }}-{{ $item.name | lower | kebabcase }}
  labels: {{- include "recording.labels" $root | nindent 4 }}
  annotations:
    checksum/config: {{ include (print $.Template.BasePath "/_helpers.tpl") $ | sha256sum }}
spec:
  ports:
    {{- range $path := default (list "/") $item.paths }}
    - {name: {{ $path | trimPrefix "/" | default "root" | trunc 15 | quote }}, port: {{ $item.port }}}
    {{- if and (eq $i 0) (not (empty $path)) (or $root.Values.off (ne $path "x")) }}{{ break }}{{ end }}
    {{- end }}
{{- else }}
# nothing
{{- end }}
---
apiVersion: {{ include "recording.capabilities" . }}
kind: PodDisruptionBudget
metadata:
  name: {{ template "recording.name" . }}
spec:
  {{- if and (kindIs "map" .Values.resources) (gt (int .Values.piece.replicas) 1) (lt 1.5 2.5) (le 1 1) (ge 2 1) }}
  minAvailable: {{ sub (add 1 2 | mul 2 | int64) 4 | max 1 | min 3 | toString | atoi }}
  {{- end }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ printf "%s-%v-%d-%q-%t-%.2f-%05d-%x" "a" .Values.list 3 "q" true 1.5 7 255 | sha256sum | trunc 8 }}
data:
  all: |-
    text: {{ tpl .Values.template . | quote }}
    rendered: {{ include "recording.render" (dict "value" .Values.resources "context" $) | nindent 4 }}
    scoped: {{ include "recording.render" (dict "value" "{{ .a }}" "scope" (dict "a" 1) "context" $) }}
    json: {{ $map | toJson | quote }}
    pretty: {{ $map | toPrettyJson | indent 2 | quote }}
    back: {{ (fromJson "{\\"a\\": [1, 2.5, \\"x\\"]}").a | first }}{{ (fromYaml "a: {b: [1]}").a.b | last }}{{ fromYamlArray "[1, 2]" | len }}
    lists: {{ join "," (concat (append (uniq (compact (list 1 1 "" 2))) 3) (without (list "a" "b") "a") (rest $list) (initial $list) | reverse) | quote }}
    keys: {{ keys $map | sortAlpha | join "," }}{{ values (dict "a" 1) | first }}{{ pluck "a" $map | first }}{{ hasKey $map "a" }}{{ has 1 $list }}{{ get $map "a" }}
    picks: {{ pick $map "a" "b" | toJson | squote }}{{ omit $map "a" | toJson | quote }}{{ unset (dict "a" 1) "a" | toJson }}
    dig: {{ dig "limits" "cpu" "none" .Values.resources }}{{ dig "x" "y" "none" .Values.resources }}{{ coalesce .Values.nothing "" "c" }}
    regex: {{ regexMatch "^[a-z]+(-[0-9]+)?$" "web-1" }}{{ regexReplaceAll "[^-A-Za-z0-9_.]" "a b/c" "-" }}{{ regexFind "[0-9]+" "a12" }}{{ regexSplit "," "a,b" -1 }}{{ regexFindAll "[ab]" "abc" -1 }}{{ regexReplaceAllLiteral "a" "ab" "$" }}
    texts: {{ "A b-C" | lower | upper | trim | trimAll "a" | nospace | quote }}
    split: {{ (split "/" "a/b")._1 }}{{ splitList "," "a,b" | last }}{{ substr 0 2 "abcd" }}{{ hasPrefix "a" "ab" }}{{ hasSuffix "b" "ab" }}
    codes: {{ "secret" | b64enc | b64dec | sha1sum | trunc 10 }}
    types: {{ kindOf .Values.ratio }}{{ typeOf .Values.list }}{{ typeIsLike "string" "a" }}{{ kindIs "slice" .Values.list }}{{ base "/a/b" }}{{ dir "/a/b" }}
    numbers: {{ int64 .Values.big }}{{ float64 .Values.ratio }}{{ div 7 2 }}{{ mod 7 2 }}{{ add1 1 }}{{ round 1.256 2 }}{{ floor 1.5 }}{{ ceil 1.5 }}{{ until 3 }}{{ untilStep 0 6 2 }}{{ len .Values.list }}
    index: {{ index .Values "items" 0 "name" }}{{ (index .Values.items 1).port }}{{ (first .Values.items).name }}{{ not true }}
    version: {{ (semver "1.2.3-a+b").Major }}{{ semverCompare "^1.2" "1.3.0" }}{{ .Capabilities.KubeVersion.Minor | trimSuffix "+" | int }}{{ .Capabilities.HelmVersion.Version }}
    files: {{ .Files.Get "files/plain.txt" | quote }}{{ range $name, $_ := .Files.Glob "files/*" }}{{ base $name }}{{ end }}
    {{- (.Files.Glob "files/*").AsConfig | nindent 4 }}
    lines: {{ range .Files.Lines "files/plain.txt" }}{{ . }}{{ end }}
    required: {{ required "a tag is needed" .Values.image.tag | quote }}{{ ternary "a" "b" (eq .Values.off false) }}{{ empty .Values.nothing }}
    lookup: {{ lookup "v1" "Secret" .Release.Namespace "x" | toJson }}{{ (lookup "v1" "Secret" "" "").items | default list | len }}
    pipes: {{ with $x := .Values.image }}{{ $x.tag }}{{ .repository }}{{ end }}{{ with .Values.nothing }}{{ else with .Values.image }}{{ .tag }}{{ end }}{{ $.Values.image.pullSecrets | toYaml | nindent 4 }}
    raw: {{ \`{{ $labels.pod }}\` | quote }}{{ "a\\nb" | quote }}{{ print "a" 1 true }}
    yaml: |
      {{- toYaml .Values.list | nindent 4 }}
      {{- toYaml .Values.literal | nindent 4 }}
      {{- toYaml (dict "a" "1" "b" "true" "c" "x: y" "d" "" "e" "- f" "g" "it's" "h" "a\\"b" "i" 1.0 "j" (list) "k" (dict)) | nindent 4 }}
    {{- range $k, $v := .Values.resources.limits }}
    {{ $k }}: {{ $v | quote }}
    {{- end }}
    {{- range $n := until 2 }}{{ if eq $n 0 }}{{ continue }}{{ end }}
    n{{ $n }}: {{ $n | quote }}
    {{- end }}
`,
  'templates/NOTES.txt': 'Installed {{ .Release.Name }} {{ .Release.Revision }}\n',
  'templates/hook.yaml': `apiVersion: batch/v1
kind: Job
metadata:
  name: hook
  annotations: {"helm.sh/hook": "pre-install,pre-upgrade", "helm.sh/hook-weight": "-5", "helm.sh/hook-delete-policy": hook-succeeded}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"}]}}}
`,
  'crds/thing.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
`,
  '.helmignore': '*.tmp\n/drafts/\n',
  'more.yaml': 'list: [4, 5]\nempty: null\nimage: {tag: other}\n',
}

/** Writes the chart to a new folder. */
export function writeRecordingChart(folder) {
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}
