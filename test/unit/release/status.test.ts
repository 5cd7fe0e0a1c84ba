import { expect, test } from 'vitest'
import { manualClock, silentLog } from '../../../src/base/index.ts'
import { createCluster } from '../../../src/kube/index.ts'
import { createStorage, memoryDriver, type Release, type ReleasePorts, status } from '../../../src/release/index.ts'
import { fakeServer } from '../kube/fake-server.ts'

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { selector: { matchLabels: { app: web } } }
`

test('the pods of a workload are one list, as the server gives it', async () => {
  const server = fakeServer()
  server.objects.set('/apis/apps/v1/namespaces/ns/deployments/web', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'ns' },
  })
  const list = { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7' } }
  server.intercept = ({ path }) =>
    path === '/api/v1/namespaces/ns/pods'
      ? { status: 200, headers: {}, body: { ...list, items: [{ metadata: { name: 'a' } }] } }
      : undefined
  const storage = createStorage(memoryDriver({ namespace: 'ns' }))
  await storage.create(release())
  const ports = {
    cluster: createCluster(async () => server),
    storage,
    namespace: 'ns',
    clock: manualClock(0),
    log: silentLog,
  } as unknown as ReleasePorts
  const { resources } = await status(ports, { name: 'web', revision: 0, tables: false })
  expect(resources.get('v1/Pod(related)')).toEqual([
    { ...list, items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }] },
  ])
})

function release(): Release {
  return {
    name: 'web',
    info: { firstDeployed: '', lastDeployed: '', deleted: '', description: '', status: 'deployed', notes: '' },
    chart: undefined,
    config: undefined,
    manifest: MANIFEST,
    hooks: [],
    version: 1,
    namespace: 'ns',
    labels: {},
    applyMethod: 'ssa',
  }
}
