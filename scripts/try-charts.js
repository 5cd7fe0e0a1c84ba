// `npm run try-charts [-- ARCHIVE…]`: every archive that renders is installed on a fresh bundled cluster, upgraded with
// a changed value, rolled back and uninstalled; prints a table and ends with 'N passed, N failed, N skipped'.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
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
 * A `--set` expression that changes pods: one more replica where the chart has such a value, else an annotation. What
 * would change claim templates of StatefulSets is left alone, since no cluster accepts that.
 */
function changedValue(values) {
  const replicas = /^replicaCount:\s*(\d+)\s*$/m.exec(values)
  if (replicas) return `replicaCount=${Number(replicas[1]) + 1}`
  let section = ''
  for (const line of values.split('\n')) {
    section = /^([\w-]+):\s*$/.exec(line)?.[1] ?? section
    if (/^podAnnotations:/.test(line)) return 'podAnnotations.try=two'
    if (/^ {2}podAnnotations:/.test(line)) return `${section}.podAnnotations.try=two`
  }
  return 'global.tryCharts=two'
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
  const steps = [
    ['install', ['install', 'try', archive, '-n', ns, '--create-namespace', ...wait]],
    [
      'upgrade',
      [
        'upgrade',
        'try',
        archive,
        '-n',
        ns,
        '--reuse-values',
        '--set',
        changedValue(chartctl('show', 'values', archive).out),
        ...wait,
      ],
    ],
    ['rollback', ['rollback', 'try', '1', '-n', ns, ...wait]],
    ['uninstall', ['uninstall', 'try', '-n', ns]],
  ]
  for (const [step, args] of steps) {
    const result = chartctl(...args)
    row[step] = result.ok ? `${result.ms}` : 'FAILED'
    if (step === 'install' && result.ok && wait.length > 0) row.ready = 'yes'
    if (!result.ok) return { ...row, error: `${step}: ${result.err.split('\n').slice(0, 2).join(' ')}` }
  }
  const left = chartctl('list', '-n', ns, '-q')
  if (left.out.trim() !== '') row.error = 'the release is still listed'
  return row
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
