/**
 * Starts a cluster for trying things out with kubectl: `dev-cluster.ts [--storage lmdb --data DIR] [--token T] [--bare]`.
 * Prints the path of a kubeconfig and runs until interrupted.
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startCluster } from '../../src/cluster/cluster.ts'

const { values } = parseArgs({
  options: {
    storage: { type: 'string', default: 'memory' },
    data: { type: 'string' },
    token: { type: 'string' },
    kubeconfig: { type: 'string' },
    reference: { type: 'boolean', default: false },
    bare: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
  },
})

const started = performance.now()
const cluster = await startCluster({
  storage: values.storage === 'lmdb' ? 'lmdb' : 'memory',
  ...(values.data !== undefined && { dataDir: values.data }),
  ...(values.token !== undefined && { token: values.token }),
  // As the cluster on which the scenarios were recorded: no storage class; clients create the nodes.
  ...(values.reference && { defaultStorageClass: null, nodes: 0 }),
  components: !values.bare,
  port: Number(values.port),
  onError: (component, key, error) => console.error(component, key, error),
})
const file = values.kubeconfig ?? join(mkdtempSync(join(tmpdir(), 'chartctl-')), 'kubeconfig')
writeFileSync(file, cluster.kubeconfigText, { mode: 0o600 })
console.error(
  `ready in ${Math.round(performance.now() - started)} ms, ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
)
console.log(file)

const stop = async (): Promise<void> => {
  await cluster.stop()
  process.exit(0)
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
