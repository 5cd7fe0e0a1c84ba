// Rendering and `version` against Helm: whole processes, output thrown away.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { tplChart, umbrella } from './lib/generate.js'
import { peakMemory } from './lib/memory.js'
import { compare, printTable } from './lib/time.js'

/** Archives that the recorded cases come with; without them only what is generated is measured. */
const archiveCases = [
  ['nginx, tls.enabled=false', 'nginx-22.1.1.tgz', ['--set', 'tls.enabled=false'], '1.0'],
  ['wordpress', 'wordpress-27.0.0.tgz', [], '0.8'],
  ['my-blog-stack', 'my-blog-stack-1.2.0.tgz', [], ''],
  ['argo-cd', 'argo-cd-10.1.1.tgz', [], '0.8'],
  ['kube-prometheus-stack', 'kube-prometheus-stack-88.5.3.tgz', [], '0.8'],
]

/** Copies of nginx under an umbrella, the goal, and how often they are measured at most (Helm takes long). */
const umbrellaCases = [
  [50, '0.5', 5],
  [100, '0.25', 3],
  [400, '0.06', 1],
]

/** Measures rendering; `helm` is a program's path or undefined. */
export async function benchRender({ root, node, helm, rounds }) {
  const work = mkdtempSync(path.join(tmpdir(), 'chartctl-bench-'))
  const own = [node, path.join(root, 'bin/chartctl.js')]
  const env = {
    ...process.env,
    HELM_CACHE_HOME: work,
    HELM_CONFIG_HOME: work,
    HELM_DATA_HOME: work,
    KUBECONFIG: path.join(work, 'none'),
  }
  spawnSync(own[0], [...own.slice(1), 'create', 'scaffold'], { cwd: work, stdio: 'ignore' })
  const archives = path.join(root, '../shared/conformance/charts/archives')
  const nginx = path.join(archives, archiveCases[0][1])
  const cases = [
    { title: 'version', args: ['version'], goal: '1.0' },
    { title: 'template: scaffold of create', args: ['template', 'x', 'scaffold'], goal: '1.0' },
  ]
  for (const [title, file, args, goal] of archiveCases) {
    const archive = path.join(archives, file)
    if (existsSync(archive))
      cases.push({ title: `template: ${title}`, args: ['template', 'x', archive, ...args], goal })
  }
  for (const [count, goal, limit] of existsSync(nginx) ? umbrellaCases : []) {
    const args = ['template', 'x', umbrella(work, nginx, count)]
    cases.push({ title: `template: umbrella of ${count} × nginx`, args, goal, limit })
  }
  cases.push({ title: 'template: 4000 × tpl', args: ['template', 'x', tplChart(work, 4000)], goal: '0.5' })
  const rows = []
  for (const { title, args, goal, limit } of cases) {
    const commands = [[...own, ...args], ...(helm === undefined ? [] : [[helm, ...args]])]
    const options = { cwd: work, env }
    const [ours, theirs] = compare(commands, Math.min(rounds, limit ?? rounds), options)
    const memory = []
    for (const command of commands) memory.push((await peakMemory(command, options))?.toFixed(0) ?? '')
    rows.push([
      title,
      ours.median.toFixed(0),
      theirs === undefined ? 'no helm' : theirs.median.toFixed(0),
      theirs === undefined ? '' : (ours.median / theirs.median).toFixed(2),
      goal,
      memory[0],
      memory[1] ?? '',
    ])
  }
  printTable(['case', 'chartctl ms', 'helm ms', 'ratio', 'goal', 'chartctl MiB', 'helm MiB'], rows)
  rmSync(work, { recursive: true, force: true })
}
