import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { manualClock, silentLog } from '../../../src/base/index.ts'
import { Chart, emptyMetadata } from '../../../src/chart/index.ts'
import { createClient } from '../../../src/kube/index.ts'
import {
  createStorage,
  decodeRelease,
  decodeSummary,
  memoryDriver,
  recordEncoder,
  type Release,
  type ReleasePorts,
  secretDriver,
} from '../../../src/release/index.ts'
import { recordDeployed } from '../../../src/release/storage/record-quietly.ts'
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
  const read = decodeRelease(recordEncoder().encode(release(3, 'deployed')))
  expect(read).toMatchObject({ name: 'web', version: 3, config: new Map([['k', 'v']]), labels: {}, applyMethod: 'ssa' })
  expect(read.info.firstDeployed).toBe('2026-01-02T03:04:05.123456789Z')
  expect(read.chart?.templates[0]?.data.toString()).toBe('x: <y>')
  expect(read.chart?.values).toEqual(new Map([['a', 1]]))
})

test('old revisions make room without being read again when they are known; the deployed one stays', async () => {
  const server = fakeServer()
  const host = { client: createClient(server), namespace: 'ns', clock: manualClock(5000), log: silentLog }
  const storage = createStorage(secretDriver(host))
  for (const version of [1, 2, 3]) await storage.create(release(version, version === 1 ? 'deployed' : 'failed'))
  const revisions = await storage.history('web')
  server.log.length = 0
  await storage.create(release(4, 'pending-upgrade'), { maxHistory: 2, revisions })
  const path = '/api/v1/namespaces/ns/secrets'
  expect(server.log.filter((line) => line === `GET ${path}`)).toEqual([])
  expect((await storage.history('web')).map(({ version }) => version).sort()).toEqual([1, 4])
})

test('a record that was read is deleted without asking for it again; one that cannot be read stays', async () => {
  const server = fakeServer()
  const host = { client: createClient(server), namespace: 'ns', clock: manualClock(5000), log: silentLog }
  const path = '/api/v1/namespaces/ns/secrets/sh.helm.release.v1.web.v'
  const first = createStorage(secretDriver(host))
  for (const version of [1, 2]) await first.create(release(version, 'deployed'))
  const storage = createStorage(secretDriver(host))
  await storage.history('web')
  server.log.length = 0
  await storage.delete('web', 1)
  expect(server.log).toEqual([`DELETE ${path}1`])
  await expect(storage.delete('web', 1)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' })
  const newest = server.objects.get(`${path}2`) as { data?: object }
  newest.data = { release: 'cnViYmlzaA==' }
  await expect(createStorage(secretDriver(host)).delete('web', 2)).rejects.toThrow('failed to decode data')
  expect(server.objects.has(`${path}2`)).toBe(true)
})

test('what a finished operation replaces is superseded, all of it', async () => {
  const storage = createStorage(memoryDriver({ namespace: 'ns' }))
  for (const version of [1, 2]) await storage.create(release(version, 'deployed'))
  await storage.create(release(3, 'pending-upgrade'))
  const [one, two, three] = (await storage.history('web')).sort((a, b) => a.version - b.version)
  if (one === undefined || two === undefined || three === undefined) throw new Error('three revisions are stored')
  await recordDeployed({ storage, log: silentLog } as unknown as ReleasePorts, three, [one, two])
  const states = (await storage.history('web')).sort((a, b) => a.version - b.version).map(({ info }) => info.status)
  expect(states).toEqual(['superseded', 'superseded', 'deployed'])
})

test('a summary tells what lists show, however the record is written', () => {
  const one = release(3, 'deployed')
  const text = recordEncoder().encode(one)
  const want = { name: 'web', version: 3, namespace: 'ns', info: { status: 'deployed' }, chart: { name: 'c' } }
  expect(decodeSummary(text)).toMatchObject({ ...want, chart: { metadata: { version: '1.0.0' }, templates: [] } })
  const whole = JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString())
  const odd = { version: 3, ...whole, info: { ...whole.info, notes: ',"templates":[ ,"version":7' } }
  const reversed = Object.fromEntries(Object.entries(odd).reverse())
  for (const written of [odd, reversed]) {
    expect(decodeSummary(Buffer.from(JSON.stringify(written)).toString('base64'))).toMatchObject(want)
  }
  expect(() => decodeSummary(Buffer.from('{"name":"x",').toString('base64'))).toThrow(SyntaxError)
})

test('of the newest revisions only those are read that can be; older ones stand in', async () => {
  const server = fakeServer()
  const host = { client: createClient(server), namespace: 'ns', clock: manualClock(5000), log: silentLog }
  const storage = createStorage(secretDriver(host))
  for (const version of [1, 2, 10]) await storage.create(release(version, 'deployed'))
  const versions = async () => (await storage.list({ newest: true })).map((one) => one.version)
  expect(await versions()).toEqual([10])
  const newest = server.objects.get('/api/v1/namespaces/ns/secrets/sh.helm.release.v1.web.v10') as { data?: object }
  newest.data = { release: 'cnViYmlzaA==' }
  expect(await versions()).toEqual([2])
  expect(await storage.list()).toHaveLength(2)
})

test('a record that cannot be read takes none of its neighbours with it', async () => {
  const server = fakeServer()
  const host = { client: createClient(server), namespace: 'ns', clock: manualClock(5000), log: silentLog }
  const storage = createStorage(secretDriver(host))
  const names = Array.from({ length: 150 }, (_, at) => `app-${at}`)
  for (const name of names) await storage.create({ ...release(1, 'deployed'), name })
  const record = (name: string) => {
    const object = server.objects.get(`/api/v1/namespaces/ns/secrets/sh.helm.release.v1.${name}.v1`)
    return object as unknown as { data: { release: string } }
  }
  const rewrite = (name: string, change: (packed: Buffer) => Buffer): void => {
    const { data } = record(name)
    const packed = Buffer.from(Buffer.from(data.release, 'base64').toString(), 'base64')
    data.release = Buffer.from(change(packed).toString('base64')).toString('base64')
  }
  rewrite('app-3', (packed) => packed.subarray(0, packed.length - 9))
  rewrite('app-70', (packed) => gzipSync(Buffer.concat([gunzipSync(packed), Buffer.of(0)])))
  rewrite('app-71', (packed) => gunzipSync(packed))
  rewrite('app-72', (packed) => Buffer.concat([packed, Buffer.from('rest')]))
  record('app-140').data.release = '!'
  const read = (await storage.list({ newest: true })).map(({ name }) => name)
  expect(read).toEqual(names.filter((name) => !['app-3', 'app-70', 'app-72', 'app-140'].includes(name)))
})

test('what stays the same is packed once, and what does not fit is packed better', () => {
  const one = release(1, 'pending-install')
  one.manifest = Array.from({ length: 2000 }, (_, line) => `line ${line}: ${(line * 2654435761) % 9973}\n`).join('')
  const encoder = recordEncoder()
  const before = encoder.encode(one)
  one.info.status = 'deployed'
  const after = encoder.encode(one)
  expect(decodeRelease(after)).toMatchObject({ info: { status: 'deployed' }, manifest: one.manifest, version: 1 })
  const json = gunzipSync(Buffer.from(after, 'base64')).toString()
  expect(Object.keys(JSON.parse(json))).toEqual([
    'name',
    'info',
    'chart',
    'config',
    'manifest',
    'version',
    'namespace',
    'apply_method',
  ])
  one.manifest += 'more'
  expect(decodeRelease(encoder.encode(one)).manifest).toBe(one.manifest)
  const tight = recordEncoder(before.length - 1).encode(one)
  expect(tight.length).toBeLessThan(before.length)
  expect(decodeRelease(tight)).toEqual(decodeRelease(encoder.encode(one)))
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

test('a record that does not fit is refused with its largest parts, or spread over several Secrets', async () => {
  const server = fakeServer()
  const host = { client: createClient(server), namespace: 'ns', clock: manualClock(0), log: silentLog }
  const large = release(1, 'deployed')
  // Random text does not pack.
  const noise = Buffer.from(Array.from({ length: 1_500_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24))
  if (large.chart !== undefined) large.chart.files = [{ name: 'large.bin', data: shuffled(noise), modTime: 0 }]
  await expect(createStorage(secretDriver(host)).create(large)).rejects.toMatchObject({
    cause: { details: { limitBytes: 1_048_576, parts: [{ name: 'large.bin' }] } },
  })
  expect(server.objects.size).toBe(0)

  const storage = createStorage(secretDriver({ ...host, chunks: true }))
  await storage.create(large)
  expect(server.objects.size).toBeGreaterThan(2)
  const plain = createStorage(secretDriver(host))
  expect((await plain.last('web')).chart?.files[0]?.data.length).toBe(noise.length)
  await storage.update({ ...large, info: { ...large.info, status: 'superseded' } })
  expect((await plain.get('web', 1)).info.status).toBe('superseded')
  await plain.delete('web', 1)
  expect([...server.objects.keys()]).toEqual([])
})

/** Bytes in an order that no packer sees through, the same at every run. */
function shuffled(bytes: Buffer): Buffer {
  let state = 12_345
  return Buffer.from(
    bytes.map((byte) => {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      return byte ^ (state & 0xff)
    }),
  )
}
