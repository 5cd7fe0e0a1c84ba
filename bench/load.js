// The bundled cluster under load, with storage on disk and the load in a process of its own, beside a real control plane.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { residentMiB } from './lib/memory.js'
import { createSandbox } from './lib/sandbox.js'
import { median, printTable, timeOnce } from './lib/time.js'

const GENERATOR = fileURLToPath(new URL('lib/load-generator.js', import.meta.url))

/** What the same load did with kube-apiserver, etcd and the controllers of Kubernetes 1.36.2 on 2 cores, and our goals. */
const REQUESTS = {
  'create 16': { title: 'create ConfigMap, 16 at a time', reference: [1609, 8.63, 45.44], goal: 2400 },
  'get 16': { title: 'get ConfigMap, 16 at a time', reference: [3238, 3.91, 15.84], goal: 4800 },
  'patch 16': { title: 'merge patch, 16 at a time', reference: [1380, 10.26, 33.69], goal: 2000 },
  'apply 16': { title: 'server-side apply, 16 at a time', reference: [1150, 12.51, 32.57], goal: 1700 },
  'create 1': { title: 'create ConfigMap, one by one', reference: [500, 1.84, 4.9] },
  'get 1': { title: 'get ConfigMap, one by one', reference: [911, 1.01, 3.23] },
}

/** Measures the cluster under load. */
export async function benchLoad({ root, node, rounds }) {
  const { work, env } = createSandbox()
  const options = { cwd: work, env }
  const own = (...args) => [node, path.join(root, 'bin/chartctl.js'), ...args]
  const load = (...steps) => {
    const { stdout, stderr, status } = spawnSync(node, [GENERATOR, env.KUBECONFIG, ...steps], {
      ...options,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    return new Map(lines.map((line) => [line.step, line]))
  }
  const processId = () => {
    const { stdout } = spawnSync(node, own('cluster', 'status', '-o', 'json').slice(1), {
      ...options,
      encoding: 'utf8',
    })
    return JSON.parse(stdout).pid
  }
  try {
    timeOnce(own('cluster', 'start', '--nodes', '12'), options)
    const idle = residentMiB(processId())
    const requests = load('warmup', ...Object.keys(REQUESTS), 'clean', 'list', 'fan-out')
    printTable(
      ['requests', 'per second', 'goal', 'reference', 'p50 ms', 'reference', 'p99 ms', 'reference'],
      Object.entries(REQUESTS).map(([step, { title, reference, goal }]) => {
        const { perSecond, p50, p99 } = requests.get(step)
        return [
          title,
          perSecond,
          goal === undefined ? '' : `≥ ${goal}`,
          reference[0],
          p50,
          reference[1],
          p99,
          reference[2],
        ]
      }),
    )
    console.log('')
    timeOnce(own('cluster', 'delete'), options)
    timeOnce(own('cluster', 'start', '--nodes', '12'), options)
    const thousand = load('pods 1000').get('pods 1000')
    const loaded = residentMiB(processId())
    const five = load('pods 5000').get('pods 5000')
    const start = await startTimes(root, rounds)
    printTable(
      ['what', 'measured', 'goal', 'reference'],
      [
        ['list of 4,500 ConfigMaps, p50', `${requests.get('list').p50} ms`, '≤ 30 ms', ''],
        [
          'changes to 100 watchers',
          `${requests.get('fan-out').perSecond} events/s`,
          '≥ 40000 events/s',
          '28698 events/s',
        ],
        ['1,000 pods ready', `${thousand.seconds} s`, '≤ 5 s', '49.9 s'],
        ['5,000 pods more ready', `${five.seconds} s`, '≤ 30 s', ''],
        ['resident memory, idle', `${idle} MiB`, '≤ 120 MiB', '644 MiB'],
        ['resident memory, 1,000 pods', `${loaded} MiB`, '≤ 350 MiB', '796 MiB'],
        ['startCluster() in a warm process', `${start.toFixed(0)} ms`, '≤ 50 ms', ''],
      ],
    )
  } finally {
    spawnSync(node, own('cluster', 'delete').slice(1), options)
    rmSync(work, { recursive: true, force: true })
  }
}

/** How long the library takes to start a cluster in memory, once it has done so a few times. */
async function startTimes(root, rounds) {
  const { startCluster } = await import(pathToFileURL(path.join(root, 'dist/index.js')).href)
  const times = []
  for (let round = 0; round < rounds + 5; round++) {
    const started = performance.now()
    const cluster = await startCluster({ storage: 'memory' })
    times.push(performance.now() - started)
    await cluster.stop()
  }
  return median(times.slice(5))
}
