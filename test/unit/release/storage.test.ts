import { expect, test } from 'vitest'
import { manualClock, silentLog } from '../../../src/base/index.ts'
import { Chart, emptyMetadata } from '../../../src/chart/index.ts'
import { createClient } from '../../../src/kube/index.ts'
import {
  createStorage,
  decodeRelease,
  encodeRelease,
  memoryDriver,
  type Release,
  secretDriver,
} from '../../../src/release/index.ts'
import { fakeServer } from '../kube/fake-server.ts'

function release(version: number, status: Release['info']['status']): Release {
  const chart = new Chart({ ...emptyMetadata(), name: 'c', version: '1.0.0', apiVersion: 'v2' })
  chart.values = new Map([['a', 1]])
  chart.templates = [{ name: 'templates/x.yaml', data: Buffer.from('x: <y>'), modTime: 0 }]
  return {
    name: 'web',
    info: {
      firstDeployed: '2026-01-02T03:04:05.123456789Z',
      lastDeployed: '',
      deleted: '',
      description: 'd',
      status,
      notes: '',
    },
    chart,
    config: new Map([['k', 'v']]),
    manifest: 'm',
    hooks: [],
    version,
    namespace: 'ns',
    labels: { team: 'red' },
    applyMethod: 'ssa',
  }
}

test('a record keeps everything but labels, and times as they were', () => {
  const read = decodeRelease(encodeRelease(release(3, 'deployed')))
  expect(read).toMatchObject({ name: 'web', version: 3, config: new Map([['k', 'v']]), labels: {}, applyMethod: 'ssa' })
  expect(read.info.firstDeployed).toBe('2026-01-02T03:04:05.123456789Z')
  expect(read.chart?.templates[0]?.data.toString()).toBe('x: <y>')
  expect(read.chart?.values).toEqual(new Map([['a', 1]]))
})

test('records are Secrets with the labels and type of Helm', async () => {
  const server = fakeServer()
  const host = { client: createClient(server), namespace: 'ns', clock: manualClock(5000), log: silentLog }
  await createStorage(secretDriver(host)).create(release(1, 'pending-install'))
  expect(server.objects.get('/api/v1/namespaces/ns/secrets/sh.helm.release.v1.web.v1')).toMatchObject({
    type: 'helm.sh/release.v1',
    metadata: {
      labels: { name: 'web', owner: 'helm', status: 'pending-install', version: '1', createdAt: '5', team: 'red' },
    },
  })
})

test('old revisions make room, the deployed one stays', async () => {
  const storage = createStorage(memoryDriver())
  await storage.create(release(1, 'deployed'))
  for (const version of [2, 3, 4]) await storage.create(release(version, 'failed'))
  await storage.create(release(5, 'pending-upgrade'), { maxHistory: 2 })
  expect((await storage.history('web')).map(({ version }) => version).sort()).toEqual([1, 5])
})

test('what is missing has a code', async () => {
  const storage = createStorage(memoryDriver())
  await expect(storage.last('web')).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' })
  await expect(storage.deployed('web')).rejects.toMatchObject({ code: 'NO_DEPLOYED_RELEASES' })
  await storage.create(release(1, 'deployed'))
  await expect(storage.create(release(1, 'deployed'))).rejects.toMatchObject({ code: 'RELEASE_EXISTS' })
})
