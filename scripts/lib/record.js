// Runs typical commands of the built program, so that V8's compiled code of what they use is kept with it (dist/code).
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeRecordingChart } from './recording-chart.js'
import { root } from './setup.js'

/** Command lines in a folder that holds `recording`, a chart that calls what charts call. Some fail, as commands do. */
const runs = [
  ['version'],
  ['env'],
  ['help'],
  ['template', '--help'],
  ['create', 'scaffold'],
  ['template', 'x', 'scaffold', '--set', 'a.b=1,ingress.enabled=true,autoscaling.enabled=true'],
  ['lint', 'scaffold'],
  ['package', 'scaffold'],
  ['template', 'x', 'scaffold-0.1.0.tgz'],
  ['template', 'x', join(root, 'charts/blog-stack')],
  ['lint', 'recording'],
  ['package', 'recording'],
  ['template', 'x', 'recording-1.2.3.tgz', '-f', 'recording/more.yaml', '--set', 'list={a,b},items[0].port=81'],
  ['template', 'x', 'recording', '--set', 'image.tag='],
  ['template', 'x', 'missing'],
  ['show', 'chart', 'scaffold'],
  ['dependency', 'list', 'scaffold'],
  ['repo', 'list'],
  ['cluster', 'status', '-o', 'json'],
  ['cluster', 'start'],
  ['install', 'x', 'scaffold'],
  ['upgrade', 'x', 'scaffold', '--set', 'replicaCount=2'],
  ['list'],
  ['status', 'x'],
  ['uninstall', 'x'],
  ['cluster', 'delete'],
]

/** Records the code of the runs; a command that fails records what it used until then. */
export function recordCode() {
  const work = mkdtempSync(join(tmpdir(), 'chartctl-code-'))
  const env = {
    PATH: process.env.PATH,
    HOME: work,
    CHARTCTL_HOME: join(work, 'clusters'),
    KUBECONFIG: join(work, 'kubeconfig'),
    HELM_CACHE_HOME: join(work, 'cache'),
    HELM_CONFIG_HOME: join(work, 'config'),
    HELM_DATA_HOME: join(work, 'data'),
  }
  writeRecordingChart(join(work, 'recording'))
  // What is loaded after V8's flags changed can only be used by what is loaded then: see bin/chartctl.js. The last run also ends
  // the cluster that another may have started.
  for (const CHARTCTL_RECORD_CODE of ['untuned', 'tuned']) {
    const options = { cwd: work, env: { ...env, CHARTCTL_RECORD_CODE }, stdio: 'ignore' }
    for (const args of runs) spawnSync(process.execPath, [join(root, 'bin/chartctl.js'), ...args], options)
  }
  rmSync(work, { recursive: true, force: true })
}
