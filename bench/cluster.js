// The bundled cluster: cold start, install without waiting, idle memory.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { residentMiB } from './lib/memory.js'
import { createSandbox } from './lib/sandbox.js'
import { compare, median, printTable, timeOnce } from './lib/time.js'

/** After so long the pods of the release before are running, so that its controllers take no time from the next command. */
const SETTLE_MS = 500

/** Measures the cluster; `helm` is a program's path or undefined. */
export async function benchCluster({ root, node, helm, rounds }) {
  const { work, env } = createSandbox()
  const own = [node, path.join(root, 'bin/chartctl.js')]
  const chartctl = (...args) => [...own, ...args]
  const options = { cwd: work, env }
  const rows = []

  const cold = []
  for (let round = 0; round < rounds; round++) {
    cold.push(timeOnce(chartctl('cluster', 'start'), options))
    if (round + 1 < rounds) timeOnce(chartctl('cluster', 'delete'), options)
  }
  rows.push(['cluster start, no data yet (whole command)', `${median(cold).toFixed(0)} ms`, '500 ms'])
  const again = []
  for (let round = 0; round < rounds; round++) {
    timeOnce(chartctl('cluster', 'stop'), options)
    again.push(timeOnce(chartctl('cluster', 'start'), options))
  }
  rows.push(['cluster start, with data (whole command)', `${median(again).toFixed(0)} ms`, ''])

  await sleep(5000)
  const status = JSON.parse(
    spawnSync(own[0], [...own.slice(1), 'cluster', 'status', '-o', 'json'], { ...options, encoding: 'utf8' }).stdout,
  )
  rows.push(['idle resident memory after 5 s', `${residentMiB(status.pid)} MiB`, '150 MB'])

  const nginx = path.join(root, '../shared/conformance/charts/archives/nginx-22.1.1.tgz')
  const chart = existsSync(nginx) ? nginx : path.join(root, 'charts/blog-stack')
  const name = path.basename(chart)
  const times = { ours: [], theirs: [] }
  for (let round = 0; round < rounds; round++) {
    await sleep(SETTLE_MS)
    times.ours.push(timeOnce(chartctl('install', `own${round}`, chart), options))
    await sleep(SETTLE_MS)
    if (helm !== undefined) times.theirs.push(timeOnce([helm, 'install', `helm${round}`, chart], options))
  }
  const ratio =
    helm === undefined
      ? ''
      : `; helm ${median(times.theirs).toFixed(0)} ms, ratio ${(median(times.ours) / median(times.theirs)).toFixed(2)}`
  rows.push([`install ${name}, without waiting`, `${median(times.ours).toFixed(0)} ms${ratio}`, '300 ms'])
  if (helm !== undefined) {
    const [ours, theirs] = compare([chartctl('list'), [helm, 'list']], rounds, options)
    rows.push([
      'list',
      `${ours.median.toFixed(0)} ms; helm ${theirs.median.toFixed(0)} ms, ratio ${(ours.median / theirs.median).toFixed(2)}`,
      '',
    ])
  }
  rows.push(['resident memory with these releases', `${residentMiB(status.pid)} MiB`, ''])
  timeOnce(chartctl('cluster', 'delete'), options)
  printTable(['case', 'measured', 'goal'], rows)
  rmSync(work, { recursive: true, force: true })
}
