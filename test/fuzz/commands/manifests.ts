import type { Random } from '../random.ts'

const kinds = [
  ...['ConfigMap', 'Secret', 'Service', 'Deployment', 'Namespace', 'ServiceAccount', 'ClusterRole', 'Job', 'Pod'],
  ...['Ingress', 'CustomResourceDefinition', 'PodDisruptionBudget', 'Foo', 'List', 'ConfigMapList', 'StatefulSet'],
  ...['CronJob', 'HorizontalPodAutoscaler', 'NetworkPolicy', 'APIService', 'RoleBinding', 'Role', 'PriorityClass'],
  ...['IngressClass', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'ReplicaSet', 'DaemonSet'],
]
const versions = [
  ...['v1', 'v1', 'apps/v1', 'batch/v1', 'batch/v1beta1', 'extensions/v1beta1', 'apps/v1beta1', 'networking.k8s.io/v1'],
  ...['policy/v1beta1', 'policy/v1', 'autoscaling/v2beta2', 'networking.k8s.io/v1beta1', 'x/y/z', '', 'v1beta1'],
  ...['apiextensions.k8s.io/v1beta1', 'rbac.authorization.k8s.io/v1beta1', 'scheduling.k8s.io/v1beta1'],
  ...['admissionregistration.k8s.io/v1beta1', 'apiregistration.k8s.io/v1beta1', 'flowcontrol.apiserver.k8s.io/v1beta2'],
]
const objectNames = [
  ...['a', 'b', 'x', '{{ .Release.Name }}-x', '"{{ .Chart.Name }}"', '{{ .Values.name | default "n" }}'],
  ...[
    'A_b',
    '""',
    '1',
    'null',
    '-a',
    'a.',
    'é',
    'a:b',
    '[a]',
    `${'x'.repeat(254)}`,
    'a/b',
    '"system:a"',
    'a..b',
    '{a: b}',
  ],
]
const hooks = [
  ...['pre-install', 'post-install', 'test', 'test-success', 'crd-install', 'pre-upgrade,post-install', 'bogus', '""'],
  ...['pre-install, post-delete', '1', 'null', 'pre-rollback', '"pre-install,bogus"', 'Test', 'post-upgrade'],
]
const weights = ['"1"', '"-5"', '"0"', 'x', '5', '"1.5"', '""', '" 1"', '"+3"', '"0x1"']
const policies = ['before-hook-creation', 'hook-succeeded,hook-failed', 'bogus', '""', '"hook-succeeded, hook-failed"']

/** One document of a template, mostly an object. */
export function documentText(random: Random): string {
  return random.weighted([
    [10, () => objectText(random)],
    [
      0.5,
      () => random.pick(['', '# only a comment\n', '{}\n', 'null\n', '[]\n', '- a\n', 'text\n', '1\n', '~\n', '""\n']),
    ],
    [
      0.5,
      () =>
        random.pick(['a: b\n', 'kind: X\n', 'apiVersion: v1\n', '{{ if .Values.no }}\na: b\n{{ end }}\n', '\ta: 1\n']),
    ],
    [
      0.3,
      () =>
        random.pick([
          'a: b: c\n',
          'a: [1\n',
          'kind: [X]\n',
          'a: &x 1\nb: *x\n',
          '{"kind": "X", "a": 1}\n',
          'a: 1\na: 2\n',
        ]),
    ],
  ])
}

function objectText(random: Random): string {
  const lines: string[] = []
  const kind = random.pick(kinds.slice(0, random.chance(0.6) ? 6 : kinds.length))
  if (random.chance(0.96))
    lines.push(`apiVersion: ${random.pick(versions.slice(0, random.chance(0.6) ? 4 : versions.length))}`)
  if (random.chance(0.96))
    lines.push(`kind: ${random.chance(0.96) ? kind : random.pick(['""', 'null', '1', '[a]', '" Foo"'])}`)
  const meta = [`  name: ${random.pick(objectNames.slice(0, random.chance(0.75) ? 6 : objectNames.length))}`]
  if (random.chance(0.2)) meta.push(`  namespace: ${random.pick(['ns', '{{ .Release.Namespace }}', 'A B', '""', '1'])}`)
  if (random.chance(0.2))
    meta.push(
      `  labels: ${random.pick(['{a: b}', '{a: 1}', '{helm.sh/chart: x}', 'x', 'null', '{{- toYaml .Values.labels | nindent 4 }}'])}`,
    )
  if (random.chance(0.3)) meta.push(annotations(random))
  if (random.chance(0.96)) lines.push('metadata:', ...meta)
  lines.push(...bodies(random, kind))
  if (random.chance(0.1))
    lines.splice(
      random.int(lines.length + 1),
      0,
      random.pick(['', '# c', '   ', '  # indented', '{{/* gone */}}', '{{- /* eats */ -}}', '#---']),
    )
  return `${lines.join(random.chance(0.03) ? '\r\n' : '\n')}${random.chance(0.9) ? '\n' : ''}`
}

function annotations(random: Random): string {
  const lines = ['  annotations:']
  if (random.chance(0.8))
    lines.push(`    helm.sh/hook: ${random.pick(hooks.slice(0, random.chance(0.6) ? 4 : hooks.length))}`)
  if (random.chance(0.4))
    lines.push(`    helm.sh/hook-weight: ${random.pick(weights.slice(0, random.chance(0.7) ? 3 : weights.length))}`)
  if (random.chance(0.3)) lines.push(`    helm.sh/hook-delete-policy: ${random.pick(policies)}`)
  if (random.chance(0.2))
    lines.push(
      `    ${random.pick(['helm.sh/resource-policy: keep', 'helm.sh/hook-output-log-policy: hook-failed', 'a: 1', 'b: null', 'c: "x"'])}`,
    )
  if (lines.length === 1) lines[0] = `  annotations: ${random.pick(['{}', 'null', 'x', '[a]'])}`
  return lines.join('\n')
}

function bodies(random: Random, kind: string): string[] {
  if (kind === 'List' || kind === 'ConfigMapList')
    return random.pick([
      ['items: []'],
      [],
      [
        'items:',
        '- apiVersion: v1',
        '  kind: ConfigMap',
        '  metadata: {name: x, annotations: {helm.sh/resource-policy: keep}}',
      ],
      ['items: x'],
    ])
  if (/^(?:Deployment|StatefulSet|DaemonSet|ReplicaSet)$/.test(kind) && random.chance(0.6))
    return random.pick([
      ['spec: {selector: {matchLabels: {a: b}}, template: {}}'],
      ['spec: {replicas: {{ .Values.replicas | default 1 }}}'],
      ['spec:', '  selector: {}'],
      ['spec: x'],
      ['spec: {selector: {matchExpressions: []}}'],
    ])
  return random.some(0, 2, () =>
    random.pick(
      [
        'data: {a: "1"}',
        'data: {{ .Values | toJson | b64enc | quote }}',
        'spec:\n  x: {{ .Values.x | quote }}',
        'data:\n  {{- range $k, $v := .Values.labels }}\n  {{ $k }}: {{ $v | quote }}\n  {{- end }}',
        'x: {{ include "c.name" . }}',
        'y: {{ include "c.deep" . | nindent 2 }}',
        'z: {{ tpl (.Values.t | default "{{ .Release.Name }}") . }}',
        'f: {{ .Files.Get "files/a.txt" | quote }}',
        'g: {{ (.Files.Glob "files/*").AsConfig | quote }}',
        'n: {{ required "need n" .Values.n }}',
        'l: {{ len .Values.list }}',
        'm: {{ .Values.missing.deep }}',
        'k: {{ .Capabilities.KubeVersion.Version }}-{{ .Capabilities.HelmVersion.Version }}',
        'r: {{ .Release.Revision }}-{{ .Release.IsUpgrade }}-{{ .Release.Service }}-{{ .Template.Name }}',
        'o: {{ lookup "v1" "Secret" "ns" "x" | toJson }}',
        'h: {{ .Capabilities.APIVersions.Has "foo/v1" }}',
        'text: |\n  a\n\n  ---\n  b',
        'text: "---"',
        '{{ fail "no good" }}',
        'q: {{ .Subcharts | toJson }}',
        'w: {{ template "c.missing" . }}',
      ].slice(0, random.chance(0.85) ? 9 : undefined),
    ),
  )
}

/** A template file of one or a few documents. */
export function manifestText(random: Random): string {
  const documents = random.some(1, random.chance(0.4) ? 4 : 1, () => documentText(random))
  let out = random.chance(0.2)
    ? random.pick(['---\n', '\n---\n', '--- # c\n', '# c\n---\n', '---\n---\n', ' ---\n', '{{- $x := 1 }}\n'])
    : ''
  for (const [at, text] of documents.entries())
    out +=
      (at === 0
        ? ''
        : random.chance(0.85)
          ? '---\n'
          : random.pick(['--- \n', '\n---\n\n', '---', '--- # c\n', '----\n', '...\n', '---\r\n', '--- a: b\n'])) + text
  return random.chance(0.15)
    ? `${random.pick(['{{- if .Values.on }}', '{{ if not .Values.off -}}', '{{- with .Values.x }}', '{{- range .Values.list }}---'])}\n${out}${random.pick(['{{ end }}', '{{- end }}', '{{ end -}}\n'])}`
    : out
}
