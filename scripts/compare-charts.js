// `npm run compare-charts -- [--variations N] [--seed S] [--case PATTERN] [--report FILE] FOLDER…`: runs the command lines
// of lib/chart-variations.js over every chart in the folders (a folder with Chart.yaml, or a folder of such folders and
// archives) with `helm` of the PATH and with the sources, in this process; prints the cases whose output, error text or
// exit code differ. Cases in which Helm differs from itself count as equal where their stable lines are. Ends with the
// counts; skipped with a message without `helm`.
import { execFile, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { importBundled } from './lib/bundled.js'
import { chartCases } from './lib/chart-variations.js'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    variations: { type: 'string', default: '16' },
    seed: { type: 'string', default: '1' },
    case: { type: 'string' },
    report: { type: 'string' },
    show: { type: 'string', default: '3' },
  },
})

if (positionals.length === 0) {
  console.error('which charts? name folders of charts, or of folders and archives of them')
  process.exit(2)
}

const stack = '--stack-size=4000'
if (!process.execArgv.includes(stack)) {
  const args = [stack, '--max-old-space-size=4096', ...process.argv.slice(1)]
  process.exit(spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1)
}
if (spawnSync('helm', ['version'], { stdio: 'ignore' }).status !== 0) {
  console.log('skipped: no helm on the PATH')
  process.exit(0)
}

const work = mkdtempSync(path.join(tmpdir(), 'chartctl-compare-'))
const env = {
  PATH: process.env.PATH,
  HOME: work,
  TZ: 'UTC',
  HELM_CACHE_HOME: path.join(work, 'cache'),
  HELM_CONFIG_HOME: path.join(work, 'config'),
  HELM_DATA_HOME: path.join(work, 'data'),
}
const { runCli, capturedOutput, fixedInput } = await importBundled('compare-charts', 'src/cli/index.ts')

const counts = { equal: 0, unstable: 0, different: 0 }
try {
  for (const chart of positionals.flatMap(chartsIn)) await compareChart(chart)
} finally {
  rmSync(work, { recursive: true, force: true })
}
console.log(`${counts.equal} equal, ${counts.unstable} not the same in Helm itself, ${counts.different} different`)
process.exitCode = counts.different > 0 ? 1 : 0

function chartsIn(folder) {
  if (/\.tgz$/.test(folder) || existsSync(path.join(folder, 'Chart.yaml'))) return [folder]
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name.endsWith('.tgz') || existsSync(path.join(folder, entry.name, 'Chart.yaml')))
    .map((entry) => path.join(folder, entry.name))
}

async function compareChart(chart) {
  for (const item of chartCases(chart, { variations: Number(options.variations), seed: options.seed })) {
    if (options.case !== undefined && !new RegExp(`^(?:${options.case})$`).test(item.id)) continue
    const file = path.join(work, 'values.json')
    if (item.values !== undefined) writeFileSync(file, item.values)
    const args = item.args.map((arg) => (arg === '{{VALUES}}' ? file : arg))
    const wanted = helm(args)
    const started = performance.now()
    const got = await chartctl(args)
    const ours = performance.now() - started
    const verdict = await judge(await wanted, got, () => helm(args))
    counts[verdict.kind]++
    if (verdict.kind === 'different') {
      console.log(`\nDIFFERENT ${chart} ${item.id}\n${verdict.text}`)
    }
    if (options.report !== undefined) {
      const { kind, what } = verdict
      const record = { chart, id: item.id, kind, what, args, values: item.values, helm: (await wanted).ms, ours }
      appendFileSync(options.report, `${JSON.stringify({ ...record, text: verdict.text })}\n`)
    }
  }
}

/** Runs Helm; `{ out, err, exit, ms }`. */
function helm(args) {
  const started = performance.now()
  return new Promise((resolve) => {
    execFile('helm', args, { env, maxBuffer: 1 << 28, timeout: 120_000 }, (error, out, err) => {
      resolve({ out, err, exit: error === null ? 0 : (error.code ?? error.signal), ms: performance.now() - started })
    })
  })
}

/** Runs the sources; `{ out, err, exit }`. */
async function chartctl(args) {
  const stdout = capturedOutput()
  const stderr = capturedOutput()
  const io = { stdin: fixedInput(), stdout, stderr }
  const exit = await runCli(args, { io, env: { ...env, CHARTCTL_NAME: 'helm' } })
  return { out: stdout.text(), err: stderr.text(), exit }
}

async function judge(wanted, got, again) {
  if (same(wanted, got)) return { kind: 'equal' }
  const others = [await again(), await again()]
  if (others.some((other) => same(other, got))) return { kind: 'unstable' }
  const runs = [wanted, ...others]
  const what = ['exit', 'out', 'err'].find((part) => !sameStable(runs, got, part))
  if (what === undefined) return { kind: 'unstable' }
  return { kind: 'different', what, text: firstDifference(String(wanted[what]), String(got[what]), what) }
}

function same(a, b) {
  return a.exit === b.exit && a.out === b.out && a.err === b.err
}

/** Whether what all runs of Helm have in common, line by line, is the same in ours, or only the order of lines varies. */
function sameStable(runs, got, part) {
  const texts = runs.map((run) => String(run[part]).split('\n'))
  const ours = String(got[part]).split('\n')
  const sorted = (lines) => [...lines].sort().join('\n')
  // Problems with values and warnings about them come in random order, and few runs may agree by chance.
  const isListing = texts[0].some((line) => /^ *- at '|^level=INFO msg="warning: /.test(line))
  if (part === 'err' && isListing && texts.some((text) => sorted(text) === sorted(ours))) return true
  if (texts.every((text) => text.join('\n') === texts[0].join('\n'))) return texts[0].join('\n') === ours.join('\n')
  if (texts.some((text) => sorted(text) === sorted(ours))) return true
  if (texts.some((text) => text.length !== texts[0].length)) return true
  if (ours.length !== texts[0].length) return false
  return texts[0].every((line, n) => texts.some((text) => text[n] !== line) || ours[n] === line)
}

function firstDifference(wanted, got, what) {
  const [a, b] = [wanted.split('\n'), got.split('\n')]
  const at = a.findIndex((line, n) => line !== b[n])
  const from = Math.max(0, at < 0 ? a.length - 1 : at)
  const lines = Number(options.show)
  const part = (text) =>
    text
      .slice(from, from + lines)
      .map((line) => line.slice(0, 1500))
      .join('\n    ')
  return `  ${what}, line ${from + 1}\n  helm:\n    ${part(a)}\n  ours:\n    ${part(b)}`
}
