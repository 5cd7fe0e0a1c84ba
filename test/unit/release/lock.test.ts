import { expect, test } from 'vitest'
import type { Status } from '../../../src/api/index.ts'
import { manualClock, type ManualClock, silentLog } from '../../../src/base/index.ts'
import { createClient, createCluster, KubeClientError, KubeError } from '../../../src/kube/index.ts'
import {
  acquireLock,
  createStorage,
  currentHolder,
  leaseName,
  memoryDriver,
  type Release,
  type ReleasePorts,
  wrapped,
} from '../../../src/release/index.ts'
import { withLock } from '../../../src/release/lock/guard.ts'
import { type FakeServer, fakeServer } from '../kube/fake-server.ts'

const NAMESPACE = 'ns'
const STATUS: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' }
const PATH = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/${leaseName('web')}`

function setUp(): {
  server: FakeServer
  clock: ManualClock
  take: (identity: string, waitMs?: number) => ReturnType<typeof acquireLock>
} {
  const server = fakeServer()
  const clock = manualClock(1_000_000)
  const host = { client: createClient(server), clock }
  const take = (identity: string, waitMs = 0) =>
    acquireLock(host, {
      namespace: NAMESPACE,
      release: 'web',
      identity,
      operation: 'upgrade',
      leaseSeconds: 15,
      waitMs,
    })
  return { server, clock, take }
}

/** Lets the clock run in small steps, so that what waits for it gets its turn. */
async function run(clock: ManualClock, seconds: number): Promise<void> {
  for (let i = 0; i < seconds * 2; i++) {
    clock.advance(500)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('of two only one gets the lock; it lives as long as its holder says so', async () => {
  const { server, clock, take } = setUp()
  const first = await take('a')
  if (first.type !== 'held') throw new Error(first.type)
  await run(clock, 40)
  expect(await take('b')).toMatchObject({ type: 'busy', holder: { identity: 'a', operation: 'upgrade', alive: true } })
  await first.lock.release()
  expect(server.objects.has(PATH)).toBe(false)
  expect(await take('b')).toMatchObject({ type: 'held', lock: { previous: undefined } })
})

test('a silent holder is dead after its time; who takes over learns of it, and it learns that it lost', async () => {
  const { server, clock, take } = setUp()
  const first = await take('a')
  if (first.type !== 'held') throw new Error(first.type)
  server.intercept = (request) => (request.method === 'PATCH' ? { status: 503, headers: {}, body: 'down' } : undefined)
  await run(clock, 20)
  expect(await take('b')).toMatchObject({ type: 'held', lock: { previous: { identity: 'a', alive: false } } })
  server.intercept = (request) =>
    request.method === 'PATCH'
      ? { status: 409, headers: {}, body: { kind: 'Status', reason: 'Conflict', message: 'changed', code: 409 } }
      : undefined
  await run(clock, 6)
  expect(first.lock.lost.aborted).toBe(true)
})

test('who waits gets the lock when it is free', async () => {
  const { clock, take } = setUp()
  const first = await take('a')
  if (first.type !== 'held') throw new Error(first.type)
  const second = take('b', 60_000)
  await run(clock, 5)
  await first.lock.release()
  await run(clock, 2)
  expect((await second).type).toBe('held')
})

test('where leases are forbidden, operations go on without', async () => {
  const { server, take } = setUp()
  server.intercept = () => ({
    status: 403,
    headers: {},
    body: { kind: 'Status', reason: 'Forbidden', message: 'no', code: 403 },
  })
  expect((await take('a')).type).toBe('unavailable')
})

test('the times that the server noted count, not the clocks of clients', async () => {
  const { server, clock } = setUp()
  server.objects.set(PATH, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: leaseName('web'),
      managedFields: [{ manager: 'chartctl', operation: 'Update', time: '2026-01-01T00:00:00Z' }],
    },
    spec: { holderIdentity: 'a', leaseDurationSeconds: 15, renewTime: '2031-01-01T00:00:00.000000Z' },
  } as never)
  const look = (date: string) => {
    server.intercept = ({ path }) => ({ status: 200, headers: { date }, body: server.objects.get(path) })
    return currentHolder({ client: createClient(server), clock }, { namespace: NAMESPACE, release: 'web' })
  }
  expect(await look('Thu, 01 Jan 2026 00:00:10 GMT')).toMatchObject({ alive: true })
  expect(await look('Thu, 01 Jan 2026 00:00:17 GMT')).toMatchObject({ alive: false })
})

/** Ports of an operation on `web`, with records in memory. */
function operationPorts(server: FakeServer, clock: ManualClock): ReleasePorts {
  return {
    cluster: createCluster(async () => server),
    storage: createStorage(memoryDriver({ namespace: NAMESPACE })),
    namespace: NAMESPACE,
    clock,
    log: silentLog,
    lock: { identity: 'a', waitMs: 0 },
  } as unknown as ReleasePorts
}

function revision(version: number, status: Release['info']['status']): Release {
  return {
    name: 'web',
    info: { firstDeployed: '', lastDeployed: '', deleted: '', description: '', status, notes: '' },
    chart: undefined,
    config: undefined,
    manifest: '',
    hooks: [],
    version,
    namespace: NAMESPACE,
    labels: {},
    applyMethod: 'ssa',
  }
}

test('the lock stays behind when the new revision stays pending, whatever was written of the one before', async () => {
  const { server, clock } = setUp()
  const ports = operationPorts(server, clock)
  await ports.storage.create(revision(1, 'deployed'))
  const target = { name: 'web', operation: 'upgrade' } as const
  await withLock(ports, target, undefined, async ({ storage }, gate) => {
    await gate.pass()
    await storage.create(revision(2, 'pending-upgrade'))
    await storage.update(revision(1, 'deployed'))
  })
  expect(server.objects.has(PATH)).toBe(true)
  server.objects.delete(PATH)
  await withLock(ports, target, undefined, async ({ storage }, gate) => {
    await gate.pass()
    await storage.create(revision(3, 'pending-upgrade'))
    await storage.update(revision(1, 'superseded'))
    await storage.update(revision(3, 'deployed'))
  })
  expect(server.objects.has(PATH)).toBe(false)
})

test('a refused record leaves no lock behind; one whose answer was lost does', async () => {
  const { server, clock } = setUp()
  const refusal: Status = { ...STATUS, reason: 'Invalid', message: 'bad', code: 422 }
  const failing = (failure: Error) => {
    const ports = operationPorts(server, clock)
    const storage = { ...ports.storage, create: () => Promise.reject(failure) }
    return withLock({ ...ports, storage }, { name: 'web', operation: 'install' }, undefined, async (own, gate) => {
      await gate.pass()
      await own.storage.create(revision(1, 'pending-install'))
    }).catch((error: unknown) => expect(error).toBe(failure))
  }
  await failing(wrapped('STORAGE', 'create: failed to create', new KubeError(refusal, 422)))
  expect(server.objects.has(PATH)).toBe(false)
  await failing(wrapped('STORAGE', 'create: failed to create', new KubeClientError('UNREACHABLE', 'EOF')))
  expect(server.objects.has(PATH)).toBe(true)
})
