import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KubeObject } from '../../../src/api/index.ts'
import { systemClock } from '../../../src/base/index.ts'
import type { ResourceType } from '../../../src/cluster/control/index.ts'
import {
  ApiClient,
  BUDGETS,
  CLAIMS,
  CLUSTER_ROLES,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  EVENTS,
  Informer,
  JOBS,
  NAMESPACES,
  PODS,
  REPLICA_SETS,
  SERVICES,
  STATEFUL_SETS,
} from '../../../src/cluster/control/index.ts'
import type { RunningCluster } from '../../../src/cluster/index.ts'
import { startCluster } from '../../../src/cluster/index.ts'

let cluster: RunningCluster
let client: ApiClient

beforeAll(async () => {
  cluster = await startCluster({ storage: 'memory', port: null, nodes: 1 })
  client = new ApiClient(cluster.transport, 'test')
})
afterAll(() => cluster.stop())

/** Resolves when the cache of a resource satisfies the condition. */
async function until<T extends KubeObject>(
  type: ResourceType<T>,
  holds: (objects: readonly T[]) => boolean,
): Promise<readonly T[]> {
  const informer = new Informer(type, { client, clock: systemClock() })
  try {
    informer.start()
    await informer.synced
    await new Promise<void>((resolve) => {
      const check = () => {
        if (holds(informer.list())) resolve()
      }
      informer.on({ add: check, update: check, delete: check })
      check()
    })
    return informer.list()
  } finally {
    informer.stop()
  }
}

const template = (app: string, extra: object = {}) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...extra },
})
const meta = (name: string) => ({ name, namespace: 'default' })

test('a deployment behind a service becomes ready, rolls, and leaves nothing behind', async () => {
  const spec = { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: template('web') }
  await client.create(DEPLOYMENTS, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta('web'), spec })
  await client.create(SERVICES, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta('web'),
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  })
  await until(DEPLOYMENTS, (all) => all[0]?.status?.availableReplicas === 2)
  await until(ENDPOINT_SLICES, (all) =>
    all.some(
      (slice) =>
        slice.metadata.generateName === 'web-' && slice.endpoints?.filter((e) => e.conditions.ready).length === 2,
    ),
  )
  await client.patch(DEPLOYMENTS, meta('web'), { spec: { template: { spec: { terminationGracePeriodSeconds: 1 } } } })
  await until(
    REPLICA_SETS,
    (all) =>
      all.length === 2 &&
      all.some(
        (set) =>
          set.metadata.annotations?.['deployment.kubernetes.io/revision'] === '2' &&
          set.status?.availableReplicas === 2,
      ) &&
      all.some((set) => set.spec.replicas === 0),
  )
  await client.delete(DEPLOYMENTS, meta('web'), { propagationPolicy: 'Foreground' })
  await until(DEPLOYMENTS, (all) => all.length === 0)
  await until(PODS, (all) => all.length === 0)
})

test('a stateful set gets its volumes, a job completes, a namespace empties', async () => {
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } })
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
  await client.create(STATEFUL_SETS, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'other' },
    spec: {
      replicas: 2,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: template('db'),
      volumeClaimTemplates: [claim],
    },
  })
  await client.create(JOBS, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'once', namespace: 'other' },
    spec: { completions: 2, template: template('job', { restartPolicy: 'Never' }) },
  })
  await until(STATEFUL_SETS, (all) => all[0]?.status?.readyReplicas === 2)
  const claims = await until(CLAIMS, (all) => all.length === 2 && all.every(({ status }) => status?.phase === 'Bound'))
  expect(claims.map(({ metadata }) => metadata.name).sort()).toEqual(['data-db-0', 'data-db-1'])
  const [job] = await until(JOBS, (all) => all[0]?.status?.conditions?.some(({ type }) => type === 'Complete') ?? false)
  expect(job?.status).toMatchObject({ succeeded: 2 })
  await client.delete(NAMESPACES, { name: 'other' })
  await until(NAMESPACES, (all) => all.every(({ metadata }) => metadata.name !== 'other'))
})

test('a crash loop can be simulated', async () => {
  const metadata = {
    ...meta('crash'),
    annotations: { 'simulate.chartctl.dev/crash-loop': 'true', 'simulate.chartctl.dev/run-for': '1ms' },
  }
  await client.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec: template('x').spec })
  await until(PODS, (all) =>
    all.some((pod) => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff'),
  )
})

test('a budget of shares allows nothing for pods whose controllers have no scale', async () => {
  await client.create(JOBS, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: meta('slow'),
    spec: { template: template('slow', { restartPolicy: 'Never' }) },
  })
  await until(PODS, (all) => all.some(({ metadata }) => metadata.labels?.app === 'slow'))
  const budget = (name: string, matchLabels: object) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: meta(name),
    spec: { maxUnavailable: 1, selector: { matchLabels } },
  })
  await client.create(BUDGETS, budget('jobs', { app: 'slow' }) as never)
  const [failed] = await until(BUDGETS, (all) => all.some(({ status }) => (status?.conditions?.length ?? 0) > 0))
  expect(failed?.status).toMatchObject({
    disruptionsAllowed: 0,
    conditions: [
      {
        type: 'DisruptionAllowed',
        status: 'False',
        reason: 'SyncFailed',
        message: 'jobs.batch does not implement the scale subresource',
      },
    ],
  })
})

test('a pod under several budgets is told of it', async () => {
  for (const name of ['first', 'second']) {
    await client.create(BUDGETS, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: meta(name),
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'twice' } } },
    } as never)
  }
  await until(BUDGETS, (all) => all.filter(({ metadata }) => /first|second/.test(metadata.name)).length === 2)
  const metadata = { ...meta('twice'), labels: { app: 'twice' } }
  await client.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec: template('twice').spec })
  const told = await until(EVENTS, (all) => all.some(({ reason }) => reason === 'MultiplePodDisruptionBudgets'))
  const event = told.find(({ reason }) => reason === 'MultiplePodDisruptionBudgets')
  const message =
    /^Pod "default"\/"twice" matches multiple PodDisruptionBudgets\. {2}Chose "(first|second)" arbitrarily\.$/
  expect(event).toMatchObject({ type: 'Warning', involvedObject: { kind: 'Pod', name: 'twice' } })
  expect(event?.message).toMatch(message)
})

test('the range of the services is an object', async () => {
  const path = '/apis/networking.k8s.io/v1/servicecidrs/kubernetes'
  expect(await cluster.transport.request({ method: 'GET', path })).toMatchObject({
    status: 200,
    body: { spec: { cidrs: ['10.96.0.0/16'] }, status: { conditions: [{ type: 'Ready', status: 'True' }] } },
  })
})

test('a role that gathers others shows their rules', async () => {
  const role = (name: string, more: object) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name, ...more },
  })
  const rule = (resource: string) => ({ apiGroups: ['x.io'], resources: [resource], verbs: ['get'] })
  const part = (name: string, resource: string) => ({
    ...role(name, { labels: { part: 'of' } }),
    rules: [rule(resource), rule('shared')],
  })
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { part: 'of' } }] }
  await client.create(CLUSTER_ROLES, { ...role('whole', {}), aggregationRule, rules: [] } as never)
  await client.create(CLUSTER_ROLES, part('part-b', 'b') as never)
  await client.create(CLUSTER_ROLES, part('part-a', 'a') as never)
  const rules = [rule('a'), rule('shared'), rule('b')]
  await until(CLUSTER_ROLES, (all) => {
    const whole = all.find(({ metadata }) => metadata.name === 'whole')
    return JSON.stringify(whole?.rules?.map((each) => each.resources)) === '[["a"],["shared"],["b"]]'
  })
  const stored = await cluster.transport.request({
    method: 'GET',
    path: '/apis/rbac.authorization.k8s.io/v1/clusterroles/whole',
  })
  expect(stored.body).toMatchObject({ rules })
})
