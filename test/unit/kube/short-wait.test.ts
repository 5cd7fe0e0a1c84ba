import { expect, test } from 'vitest'
import type { KubeObject } from '../../../src/api/index.ts'
import { manualClock } from '../../../src/base/index.ts'
import { createClient, createWaiter, type ResourceInfo } from '../../../src/kube/index.ts'
import { fakeServer } from './fake-server.ts'

const CONFIG_MAP: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'ns' } }
const INFO = {
  mapping: {
    gvk: { group: '', version: 'v1', kind: 'ConfigMap' },
    gvr: { group: '', version: 'v1', resource: 'configmaps' },
    namespaced: true,
  },
  namespace: 'ns',
  name: 'c',
  object: CONFIG_MAP,
} as ResourceInfo

test('a wait that is over before watching can begin says so, as Helm’s watcher', async () => {
  const options = { clock: manualClock(0), timeoutMs: 1, jobs: false, signal: undefined }
  await expect(createWaiter(createClient(fakeServer()), 'watcher').wait([INFO], options)).rejects.toThrow(
    'reporter failed to start: event funnel closed: context deadline exceeded',
  )
})
