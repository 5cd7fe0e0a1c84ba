// `template` and `version` against Helm: whole processes, output thrown away.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { compare, printTable } from './lib/time.js'

/** Archives that the recorded cases come with; without them only the scaffold is measured. */
const archiveCases = [
  ['nginx, tls.enabled=false', 'nginx-22.1.1.tgz', ['--set', 'tls.enabled=false']],
  ['wordpress', 'wordpress-27.0.0.tgz', []],
  ['my-blog-stack', 'my-blog-stack-1.2.0.tgz', []],
  ['argo-cd', 'argo-cd-10.1.1.tgz', []],
  ['kube-prometheus-stack', 'kube-prometheus-stack-88.5.3.tgz', []],
]

/** Measures rendering; `helm` is a program's path or undefined. */
export function benchRender({ root, node, helm, rounds }) {
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
  const cases = [
    ['version', ['version']],
    ['template: scaffold of create', ['template', 'x', 'scaffold']],
    ...archiveCases
      .map(([title, file, args]) => [`template: ${title}`, path.join(archives, file), args])
      .filter(([, file]) => existsSync(file))
      .map(([title, file, args]) => [title, ['template', 'x', file, ...args]]),
  ]
  const rows = cases.map(([title, args]) => {
    const commands =
      helm === undefined
        ? [[...own, ...args]]
        : [
            [...own, ...args],
            [helm, ...args],
          ]
    const [ours, theirs] = compare(commands, rounds, { cwd: work, env })
    return [
      title,
      ours.median.toFixed(0),
      theirs === undefined ? 'no helm' : theirs.median.toFixed(0),
      theirs === undefined ? '' : (ours.median / theirs.median).toFixed(2),
    ]
  })
  printTable(['case', 'chartctl ms', 'helm ms', 'ratio'], rows)
  rmSync(work, { recursive: true, force: true })
}
