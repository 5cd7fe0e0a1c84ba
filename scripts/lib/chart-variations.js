// The command lines that `compare-charts` runs over one chart. Which values they change is drawn from a seed.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'

/**
 * Yields `{ id, args, values? }`: arguments after the program's name; `values` is the content of the values file whose
 * place in the arguments is `{{VALUES}}`, and `{{TMP}}` is an empty folder.
 */
export function* chartCases(chart, { variations, seed }) {
  const template = (id, ...flags) => ({ id, args: ['template', 'rel', chart, ...flags] })
  yield template('default')
  yield template('flags', '-n', 'some-ns', '--include-crds', '--is-upgrade', '--kube-version', '1.29')
  yield template('old', '--kube-version', 'v1.20.7', '--no-hooks', '--skip-tests')
  yield template(
    'apis',
    ...['monitoring.coreos.com/v1', 'cert-manager.io/v1', 'route.openshift.io/v1/Route', 'policy/v1beta1'].flatMap(
      (version) => ['--api-versions', version],
    ),
  )
  for (const file of valuesFiles(chart)) yield template(`file:${file}`, '-f', path.join(chart, file))
  for (const flags of [[], ['--strict'], ['--with-subcharts', '--quiet']]) {
    yield { id: `lint${flags.join('')}`, args: ['lint', chart, ...flags] }
  }
  yield { id: 'show', args: ['show', 'all', chart] }
  yield { id: 'crds', args: ['show', 'crds', chart] }
  yield { id: 'dependencies', args: ['dependency', 'list', chart] }
  const values = valuesOf(chart)
  const leaves = leavesOf(values)
  const named = (id, changed) => ({
    id,
    args: ['template', 'rel', chart, '-f', '{{VALUES}}'],
    values: JSON.stringify(treeOf(changed), undefined, 1),
  })
  const switches = leaves.filter(
    ([keys, value]) => typeof value === 'boolean' && /^(enabled|create.*)$/.test(keys.at(-1)),
  )
  const flipped = (from) => switches.filter(([, value]) => value === from).map(([keys]) => [keys, !from])
  yield named('on', flipped(false))
  yield named('off', flipped(true))
  const random = randomFrom(`${seed}/${path.basename(chart)}`)
  yield named(
    'rich',
    leaves.filter(isEmpty).map(([keys, value]) => [keys, filled(keys, value, random)]),
  )
  for (let n = 0; n < variations && leaves.length > 0; n++) {
    const random = randomFrom(`${seed}/${path.basename(chart)}/${n}`)
    const changed = vary(leaves, n, random)
    if (changed === undefined) continue
    const extra = random() < 0.3 ? ['--is-upgrade', '-n', 'other'] : []
    const command = random() < 0.12 ? ['lint', chart] : ['template', 'rel', chart]
    if (random() < 0.2) {
      const sets = changed.slice(0, 12).flatMap(([keys, value]) => setFlag(keys, value))
      yield { id: `set${n}`, args: [...command, ...sets, ...extra] }
    } else {
      const content = JSON.stringify(treeOf(changed), undefined, 1)
      yield { id: `vary${n}`, args: [...command, '-f', '{{VALUES}}', ...extra], values: content }
    }
  }
}

/** Values files that the chart brings: those of its ci folder and those with `values` in their name. */
function valuesFiles(chart) {
  const found = []
  for (const folder of ['.', 'ci', 'examples', 'tests']) {
    const full = path.join(chart, folder)
    if (!existsSync(full)) continue
    for (const name of readdirSync(full).sort()) {
      if (!/\.ya?ml$/.test(name) || (folder === '.' && (name === 'values.yaml' || !/values/.test(name)))) continue
      found.push(path.join(folder, name))
    }
  }
  return found.slice(0, 12)
}

function valuesOf(chart) {
  try {
    return parse(readFileSync(path.join(chart, 'values.yaml'), 'utf8'), { logLevel: 'silent', maxAliasCount: -1 }) ?? {}
  } catch {
    return {}
  }
}

/** All `[keys, value]` whose value is no map with entries. */
function leavesOf(values, keys = [], found = []) {
  if (values === null || typeof values !== 'object' || Array.isArray(values) || Object.keys(values).length === 0) {
    if (keys.length > 0) found.push([keys, values])
    return found
  }
  for (const [key, value] of Object.entries(values)) leavesOf(value, [...keys, key], found)
  return found
}

/** Draws the leaves that variation `n` changes, with their new values. */
function vary(leaves, n, random) {
  const booleans = leaves.filter(([, value]) => typeof value === 'boolean')
  const pick = (from, share) => from.filter(() => random() < share)
  const one = (from) => (from.length === 0 ? [] : [from[Math.floor(random() * from.length)]])
  const flip = ([keys, value]) => [keys, !value]
  const kind = n % 8
  if (kind < 3) return some([...one(booleans), ...one(booleans), ...one(booleans)].slice(0, kind + 1).map(flip))
  if (kind === 3) return some(pick(booleans, 0.15).map(flip))
  if (kind === 4) return some(pick(booleans, 0.5).map(flip))
  if (kind === 5)
    return some(pick(leaves.filter(isEmpty), 0.4).map(([keys, value]) => [keys, filled(keys, value, random)]))
  if (kind === 6) {
    const empty = pick(leaves.filter(isEmpty), 0.25).map(([keys, value]) => [keys, filled(keys, value, random)])
    return some([...pick(booleans, 0.25).map(flip), ...empty])
  }
  return some([...one(leaves), ...one(leaves)].map(([keys]) => [keys, odd[Math.floor(random() * odd.length)]]))
}

const some = (list) => (list.length > 0 ? list : undefined)

const isEmpty = ([, value]) =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)

const odd = [
  null,
  '',
  0,
  1,
  -7,
  3.5,
  1e21,
  12345678,
  true,
  false,
  'text',
  '08',
  'yes',
  '1e3',
  ' x: [',
  {},
  [],
  { a: 1 },
  ['a'],
  [{ name: 'n' }],
  'línea\n"q"\n',
  '{{ .Release.Name }}',
  '{{ .Nope.x }}',
]

/** A plausible value for an empty leaf, from its kind and name. */
function filled(keys, value, random) {
  const key = keys.at(-1)
  if (Array.isArray(value)) {
    if (/tolerations/i.test(key)) return [{ key: 'k', operator: 'Exists', effect: 'NoSchedule' }]
    if (/env.*from/i.test(key)) return [{ secretRef: { name: 'extra' } }]
    if (/env/i.test(key)) return [{ name: 'A_B', value: 'c d' }]
    if (/mounts/i.test(key)) return [{ name: 'data', mountPath: '/data' }]
    if (/volumes/i.test(key)) return [{ name: 'data', emptyDir: {} }]
    if (/containers|sidecars/i.test(key))
      return [{ name: 'side', image: 'busybox:1', args: ['a', '{{ .Release.Name }}'] }]
    if (/pullSecrets/i.test(key)) return random() < 0.5 ? ['regcred'] : [{ name: 'regcred' }]
    if (/deploy|objects|manifests|resources/i.test(key))
      return [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x-{{ .Release.Name }}' } }]
    if (/tls/i.test(key)) return [{ hosts: ['a.example'], secretName: 's' }]
    if (/hosts|paths/i.test(key))
      return random() < 0.5 ? ['a.example'] : [{ host: 'a.example', paths: [{ path: '/', pathType: 'Prefix' }] }]
    return random() < 0.5 ? ['one', 'two'] : [{ name: 'one', value: 2 }]
  }
  if (value !== null && typeof value === 'object') {
    if (/resources/i.test(key)) return { limits: { cpu: 1, memory: '1Gi' }, requests: { cpu: '100m' } }
    if (/securityContext/i.test(key)) return { runAsUser: 1001, fsGroup: 2000, runAsNonRoot: true }
    if (/affinity/i.test(key))
      return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } }
    if (/probe/i.test(key)) return { httpGet: { path: '/', port: 'http' }, periodSeconds: 10 }
    if (/strategy/i.test(key)) return { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } }
    if (/label|annotation|selector/i.test(key)) return { 'a.example/b': 'c', plain: 'true', other: '12' }
    return random() < 0.5 ? { key: 'value', 'other.key': 'multi\nline\n' } : { a: { b: [1, 2.5, true, null, 'x'] } }
  }
  return [
    'text',
    'a b: c',
    '10',
    5,
    true,
    8080,
    'multi\nline',
    '100Mi',
    '{{ .Release.Name }}-x',
    'https://u:p@h.example/p?q=1#f',
  ][Math.floor(random() * 10)]
}

function setFlag(keys, value) {
  const escaped = keys.map((key) => key.replace(/[\\.,=[\]]/g, (c) => `\\${c}`)).join('.')
  if (value !== null && typeof value === 'object') return ['--set-json', `${escaped}=${JSON.stringify(value)}`]
  if (typeof value === 'string') return ['--set-string', `${escaped}=${value.replace(/[\\,{}]/g, (c) => `\\${c}`)}`]
  return ['--set', `${escaped}=${value}`]
}

function treeOf(leaves) {
  const tree = {}
  for (const [keys, value] of leaves) {
    let at = tree
    for (const key of keys.slice(0, -1)) at = at[key] ??= {}
    at[keys.at(-1)] = value
  }
  return tree
}

/** Numbers from 0 to 1, the same for the same text: mulberry32 over an FNV-1a hash. */
function randomFrom(text) {
  let state = 0x811c9dc5
  for (const character of text) state = Math.imul(state ^ character.codePointAt(0), 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
