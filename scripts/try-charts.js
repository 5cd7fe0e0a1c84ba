// `npm run try-charts [-- ARCHIVE…]`: every archive that renders is installed on a fresh bundled cluster, upgraded with
// a changed value, rolled back and uninstalled; where kubectl is on the PATH, what is left is looked up. Prints a table
// and ends with 'N passed, N failed, N skipped'. With REFERENCE_KUBECONFIG naming a real cluster and helm on the PATH, a
// chart that cannot be installed is tried there too: what that cluster refuses in the same words counts as skipped.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { root, setUp } from './lib/setup.js'

setUp()

/** Charts whose workloads must become ready within 20 s. */
const MUST_BE_READY = [
  'nginx',
  'wordpress',
  'redis',
  'mysql',
  'ingress-nginx',
  'cert-manager',
  'kube-prometheus-stack',
  'my-blog-stack',
]
const READY_LIMIT = '20s'

const folder = path.join(root, '../shared/conformance/charts/archives')
const named = process.argv.slice(2)
const archives =
  named.length > 0
    ? named.map((f) => path.resolve(f))
    : existsSync(folder)
      ? readdirSync(folder)
          .sort()
          .map((f) => path.join(folder, f))
      : []
const work = mkdtempSync(path.join(tmpdir(), 'chartctl-try-'))
const env = {
  ...process.env,
  CHARTCTL_HOME: path.join(work, 'home'),
  KUBECONFIG: path.join(work, 'kubeconfig'),
  HELM_CACHE_HOME: path.join(work, 'cache'),
  HELM_CONFIG_HOME: path.join(work, 'config'),
  HELM_DATA_HOME: path.join(work, 'data'),
}

const manifestFile = path.join(work, 'manifest.yaml')
const hasKubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0

function chartctl(...args) {
  const started = Date.now()
  const result = spawnSync(process.execPath, [path.join(root, 'bin/chartctl.js'), ...args], {
    env,
    cwd: work,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 120_000,
  })
  return { ok: result.status === 0, ms: Date.now() - started, out: result.stdout, err: result.stderr.trim() }
}

/**
 * `--set` expressions that change pods, the best first: one more replica where the chart has such a value, else an
 * annotation. What would change claim templates of StatefulSets is left alone, since no cluster accepts that.
 */
function changedValues(values) {
  const changes = []
  const replicas = /^replicaCount:\s*(\d+)\s*$/m.exec(values)
  if (replicas) changes.push(`replicaCount=${Number(replicas[1]) + 1}`)
  let section = ''
  for (const line of values.split('\n')) {
    section = /^([\w-]+):\s*$/.exec(line)?.[1] ?? section
    if (/^podAnnotations:/.test(line)) changes.push('podAnnotations.try=two')
    else if (/^ {2}podAnnotations:/.test(line)) changes.push(`${section}.podAnnotations.try=two`)
  }
  return [...changes, 'global.tryCharts=two']
}

/**
 * Upgrades with a changed value. A chart may refuse a change (no second replica in standalone mode) or ask for the
 * passwords that it made up before, naming the values; then it gets another change, or passwords.
 */
function upgrade(archive, ns, wait) {
  const changes = changedValues(chartctl('show', 'values', archive).out)
  const passwords = []
  for (;;) {
    const values = [changes[0], ...passwords].flatMap((change) => ['--set', change])
    const result = chartctl('upgrade', 'try', archive, '-n', ns, '--reuse-values', ...values, ...wait)
    if (result.ok || !result.err.includes('execution error at')) return result
    const wanted = [...result.err.matchAll(/--set ([\w.-]+)=\$/g)].map((match) => `${match[1]}=try-charts`)
    const news = wanted.filter((password) => !passwords.includes(password))
    if (news.length > 0) passwords.push(...news)
    else if (changes.length > 1) changes.shift()
    else return result
  }
}

/** Takes one archive through its life; the first failing step names itself. */
function tryChart(archive, index) {
  const name = path.basename(archive, '.tgz').replace(/-v?\d+\.\d.*$/, '')
  const ns = `try-${index}`
  const row = { name, objects: 0, install: '', ready: '', upgrade: '', rollback: '', uninstall: '', error: '' }
  const rendered = chartctl('template', 'try', archive)
  if (!rendered.ok) return { ...row, skipped: true, error: rendered.err.split('\n')[0] }
  row.objects = rendered.out.split(/^---$/m).length - 1
  const wait = MUST_BE_READY.includes(name) ? ['--wait', '--timeout', READY_LIMIT] : []
  const install = ['install', 'try', archive, '-n', ns, '--create-namespace', ...wait]
  const steps = [
    ['install', () => chartctl(...install)],
    ['upgrade', () => upgrade(archive, ns, wait)],
    ['rollback', () => chartctl('rollback', 'try', '1', '-n', ns, ...wait)],
    ['uninstall', () => chartctl('uninstall', 'try', '-n', ns)],
  ]
  for (const [step, act] of steps) {
    if (step === 'uninstall') writeFileSync(manifestFile, chartctl('get', 'manifest', 'try', '-n', ns).out)
    const result = act()
    row[step] = result.ok ? `${result.ms}` : 'FAILED'
    if (step === 'install' && result.ok && wait.length > 0) row.ready = 'yes'
    if (result.ok) continue
    const error = `${step}: ${result.err.split('\n').slice(0, 2).join(' ')}`
    if (step === 'install' && refusedByReference(install, ns, result.err)) {
      return { ...row, skipped: true, error: `the reference refuses it, too: ${error}` }
    }
    return { ...row, error }
  }
  const left = chartctl('list', '-n', ns, '-q')
  if (left.out.trim() !== '') row.error = 'the release is still listed'
  const objects = objectsLeft(ns)
  if (objects.length > 0) row.error = `left behind: ${objects.join(' ')}`
  return row
}

/** Whether Helm on the reference cluster fails in the same words; objects' order in a message does not count. */
function refusedByReference(install, ns, ours) {
  const reference = process.env.REFERENCE_KUBECONFIG
  if (reference === undefined) return false
  const result = spawnSync('helm', install, { env: { ...env, KUBECONFIG: reference }, cwd: work, encoding: 'utf8' })
  spawnSync('kubectl', ['delete', 'namespace', ns, '--wait=false'], { env: { ...env, KUBECONFIG: reference } })
  const words = (text) =>
    (text ?? '')
      .split(/[\s,[\]]+/)
      .sort()
      .join(' ')
      .trim()
  if (result.status !== 0 && words(result.stderr) !== words(ours))
    console.log(`     reference: ${result.stderr.trim()}`)
  return result.status !== 0 && words(result.stderr) === words(ours)
}

/** Objects of the release's manifest that an uninstall must have deleted and that are still there after 10 s. */
function objectsLeft(ns) {
  if (!hasKubectl) return []
  for (let attempt = 0; ; attempt++) {
    const args = ['get', '-f', manifestFile, '-n', ns, '--ignore-not-found', '-o', 'json']
    const { stdout, status } = spawnSync('kubectl', args, { env, encoding: 'utf8', maxBuffer: 1 << 28 })
    // A manifest whose custom resources went with their definitions cannot be looked up as a whole: nothing is left.
    const found = status === 0 && stdout.trim() !== '' ? JSON.parse(stdout) : { items: [] }
    const left = (found.items ?? [found])
      .filter((item) => item.metadata?.annotations?.['helm.sh/resource-policy'] !== 'keep')
      .map((item) => `${item.kind}/${item.metadata?.name}`)
    if (left.length === 0 || attempt === 20) return left
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
  }
}

const started = chartctl('cluster', 'start', '--storage', 'memory')
if (!started.ok) {
  console.error(started.err)
  process.exit(1)
}
const rows = []
try {
  archives.forEach((archive, index) => {
    const row = tryChart(archive, index)
    rows.push(row)
    const state = row.skipped ? 'skip' : row.error ? 'FAIL' : 'ok  '
    console.log(
      `${state} ${row.name.padEnd(44)} ${String(row.objects).padStart(4)} objects  install ${row.install.padStart(6)}  ready ${row.ready.padStart(3)}  upgrade ${row.upgrade.padStart(6)}  rollback ${row.rollback.padStart(6)}  uninstall ${row.uninstall.padStart(6)}${row.error ? `  ${row.error.slice(0, 300)}` : ''}`,
    )
  })
} finally {
  chartctl('cluster', 'delete')
  rmSync(work, { recursive: true, force: true })
}
const failed = rows.filter((r) => r.error !== '' && !r.skipped).length
const skipped = rows.filter((r) => r.skipped).length
if (archives.length === 0)
  console.log('no archives: name some, or put the recorded ones at ../shared/conformance/charts/archives')
console.log(`\n${rows.length - failed - skipped} passed, ${failed} failed, ${skipped} skipped`)
process.exit(failed > 0 ? 1 : 0)
