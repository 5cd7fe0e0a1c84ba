import { beforeAll, expect, test } from 'vitest'
import { testServer, type TestServer } from '../harness.ts'

const NS = '/namespaces/default'
const DRY = { query: { dryRun: 'All' } }
const MERGE = { headers: { 'content-type': 'application/merge-patch+json' } }

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  await server.call('POST', `/api/v1${NS}/serviceaccounts`, { metadata: { name: 'default' } })
  const made = [
    await server.call('POST', '/api/v1/nodes', { metadata: { name: 'n' }, spec: { podCIDRs: ['10.0.0.0/24'] } }),
    await server.call(
      'POST',
      HPA,
      scaler({ scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } }),
    ),
    await server.call('POST', PODS, { metadata: { name: 'gated' }, spec: gated }),
  ]
  expect(made.map(({ status }) => status)).toEqual([201, 201, 201])
})

const PODS = `/api/v1${NS}/pods`
const CLAIMS = `/api/v1${NS}/persistentvolumeclaims`
const HPA = `/apis/autoscaling/v2${NS}/horizontalpodautoscalers`
const scaler = (spec: object): object => ({ metadata: { name: 'h' }, spec: { maxReplicas: 3, ...spec } })
const term = (...values: string[]): object => ({
  matchExpressions: values.map((value) => ({ key: 'zone', operator: 'In', values: [value] })),
})
const nodeAffinity = (...terms: object[]): object => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
})
const gated = {
  schedulingGates: [{ name: 'wait' }],
  nodeSelector: { a: 'b' },
  affinity: nodeAffinity(term('x')),
  containers: [{ name: 'c', image: 'nginx' }],
}
const claim = (spec: object): object => ({
  metadata: { name: 'c' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
})
const messageOf = (answer: { body: unknown }): string => (answer.body as { message: string }).message

test.each([
  ['a snapshot in the old field', { dataSource: SNAPSHOT() }, SNAPSHOT(), SNAPSHOT()],
  ['anything in the new field', { dataSourceRef: CUSTOM() }, CUSTOM(), CUSTOM()],
  ['anything in the old field', { dataSource: CUSTOM() }, undefined, undefined],
  ['another namespace', { dataSourceRef: { ...CUSTOM(), namespace: 'n' } }, undefined, undefined],
])('what a claim is filled from stands in both fields: %s', async (_what, spec, source, reference) => {
  const { status, body } = await server.call('POST', CLAIMS, claim(spec), DRY)
  expect(status).toBe(201)
  expect((body as { spec: object }).spec).toEqual({
    ...(claim({}) as { spec: object }).spec,
    volumeMode: 'Filesystem',
    ...(source && { dataSource: source }),
    ...(reference && { dataSourceRef: reference }),
  })
})

function SNAPSHOT(): object {
  return { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 's' }
}
function CUSTOM(): object {
  return { apiGroup: 'example.com', kind: 'Any', name: 's' }
}

const narrowed = 'only additions are allowed (no mutations or deletions)'
test.each([
  ['a narrower term', { affinity: nodeAffinity(term('x', 'y')) }, 200, ''],
  ['another label', { nodeSelector: { c: 'd' } }, 200, ''],
  ['another value', { nodeSelector: { a: 'c' } }, 422, 'only additions to spec.nodeSelector are allowed'],
  ['another term', { affinity: nodeAffinity(term('y')) }, 422, narrowed],
  ['more terms', { affinity: nodeAffinity(term('x'), term('y')) }, 422, 'no additions/deletions to non-empty'],
  ['affinity to pods', { affinity: { podAffinity: {} } }, 422, 'pod updates may not change fields other than'],
  ['a new gate', { schedulingGates: [{ name: 'wait' }, { name: 'more' }] }, 422, "found new scheduling gate 'more'"],
])('a gated pod may get %s: %s', async (_what, spec, status, text) => {
  const answer = await server.call('PATCH', `${PODS}/gated`, { spec }, { ...MERGE, ...DRY })
  expect(answer.status).toBe(status)
  if (text !== '') expect(messageOf(answer)).toContain(text)
})

test.each([
  ['replication controllers', { apiVersion: 'v1', kind: 'ReplicationController', name: 'r' }, 201, ''],
  ['the core group', { apiVersion: 'v1', kind: 'Pod', name: 'r' }, 422, 'apiVersion must specify API group'],
  ['slashes', { apiVersion: 'a/b/c', kind: 'K', name: 'r' }, 422, 'unexpected GroupVersion string: a/b/c'],
])('an autoscaler refers to %s', async (_what, scaleTargetRef, status, text) => {
  const answer = await server.call('POST', HPA, { ...scaler({ scaleTargetRef }), metadata: { name: 'new' } }, DRY)
  expect(answer.status).toBe(status)
  if (text !== '') expect(messageOf(answer)).toContain(text)
})

test.each([
  [{ selectPolicy: '' }, 'selectPolicy: Unsupported value: "": supported values: "Disabled", "Max", "Min"'],
  [{ tolerance: '-1' }, 'tolerance: Invalid value: "-1": must be greater than or equal to 0'],
])('rules of an autoscaler: %o', async (scaleUp, text) => {
  const answer = await server.call('PATCH', `${HPA}/h`, { spec: { behavior: { scaleUp } } }, { ...MERGE, ...DRY })
  expect(messageOf(answer)).toContain(`spec.behavior.scaleUp.${text}`)
})

test('an autoscaler of v1 without metrics aims at 80 % of CPU', async () => {
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }
  const object = { metadata: { name: 'v1' }, spec: { maxReplicas: 2, scaleTargetRef: ref } }
  const { body } = await server.call('POST', HPA.replace('/v2/', '/v1/'), object, DRY)
  expect(body).toMatchObject({ spec: { targetCPUUtilizationPercentage: 80 } })
})

test.each([
  [
    { podCIDRs: ['10.1.0.0/24'], podCIDR: '10.1.0.0/24' },
    'spec.podCIDRs: Forbidden: node updates may not change podCIDR',
  ],
  [{ externalID: 'x' }, 'spec.externalID: Forbidden: may not be updated'],
])('a node keeps %o', async (spec, text) => {
  const answer = await server.call('PATCH', '/api/v1/nodes/n', { spec }, { ...MERGE, ...DRY })
  expect(messageOf(answer)).toContain(text)
})

test.each([
  [
    ['x'],
    'status.declaredFeatures[0]: Invalid value: "x": invalid feature name "x": must start with an UpperCamelCase',
  ],
  [['B', 'A'], 'status.declaredFeatures[1]: Invalid value: "A": list must be sorted alphabetically'],
  [['A', 'A'], 'status.declaredFeatures[1]: Duplicate value: "A"'],
])('features of a node: %o', async (declaredFeatures, text) => {
  const answer = await server.call(
    'POST',
    '/api/v1/nodes',
    { metadata: { name: 'f' }, status: { declaredFeatures } },
    DRY,
  )
  expect(messageOf(answer)).toContain(text)
})

test('a limit of what cannot be shared is its request', async () => {
  const item = { type: 'Container', default: { 'example.com/gpu': '2' }, defaultRequest: { 'example.com/gpu': '1' } }
  const answer = await server.call('POST', `/api/v1${NS}/limitranges`, {
    metadata: { name: 'l' },
    spec: { limits: [item] },
  })
  expect(messageOf(answer)).toContain('default value 2 must equal to defaultRequest value 1 in example.com/gpu')
})

test('a CSIDriver counts the changes of its spec, and drops what is off', async () => {
  const drivers = '/apis/storage.k8s.io/v1/csidrivers'
  const made = await server.call('POST', drivers, {
    metadata: { name: 'd' },
    spec: { preventPodSchedulingIfMissing: true },
  })
  expect(made.body).not.toHaveProperty('metadata.generation')
  expect(made.body).not.toHaveProperty('spec.preventPodSchedulingIfMissing')
  const changed = await server.call('PATCH', `${drivers}/d`, { spec: { podInfoOnMount: true } }, MERGE)
  expect(changed.body).toMatchObject({ metadata: { generation: 1 } })
})

test.each([
  [{ podReplacementPolicy: '' }, 'spec.podReplacementPolicy: Unsupported value: ""'],
  [{ completionMode: '' }, 'spec.completionMode: Unsupported value: ""'],
])('an empty text is no default for a job: %o', async (spec, text) => {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }
  const object = { metadata: { name: 'j' }, spec: { ...spec, template } }
  expect(messageOf(await server.call('POST', `/apis/batch/v1${NS}/jobs`, object, DRY))).toContain(text)
})

test('a suspended job may choose other nodes, but not other pods to be near to', async () => {
  const jobs = `/apis/batch/v1${NS}/jobs`
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }
  await server.call('POST', jobs, { metadata: { name: 'later' }, spec: { suspend: true, template } })
  const change = (affinity: object): ReturnType<TestServer['call']> =>
    server.call('PATCH', `${jobs}/later`, { spec: { template: { spec: { affinity } } } }, { ...MERGE, ...DRY })
  expect(await change(nodeAffinity(term('x')))).toMatchObject({ status: 200 })
  const near = { labelSelector: {}, topologyKey: 'zone' }
  const answer = await change({ podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near] } })
  expect(messageOf(answer)).toContain('spec.template.spec: Invalid value')
})

test('scopes of a quota may be named twice', async () => {
  const quotas = `/api/v1${NS}/resourcequotas`
  await server.call('POST', quotas, { metadata: { name: 'q' }, spec: { scopes: ['BestEffort'] } })
  const scopes = { spec: { scopes: ['BestEffort', 'BestEffort'] } }
  expect(await server.call('PATCH', `${quotas}/q`, scopes, MERGE)).toMatchObject({ status: 200 })
})

test('a priority class is counted once', async () => {
  const classes = '/apis/scheduling.k8s.io/v1/priorityclasses'
  await server.call('POST', classes, { metadata: { name: 'p' }, value: 5 })
  const changed = await server.call('PATCH', `${classes}/p`, { description: 'x' }, MERGE)
  expect(changed.body).toMatchObject({ description: 'x', metadata: { generation: 1 } })
})

test('binding a pod is no change of its spec, and ends a nomination', async () => {
  await server.call('POST', PODS, { metadata: { name: 'bound' }, spec: { containers: [{ name: 'c', image: 'i' }] } })
  await server.call('PATCH', `${PODS}/bound/status`, { status: { nominatedNodeName: 'n' } }, MERGE)
  const binding = { metadata: { name: 'bound' }, target: { kind: 'Node', name: 'n' } }
  expect(await server.call('POST', `${PODS}/bound/binding`, binding)).toMatchObject({ status: 201 })
  const { body } = await server.call('GET', `${PODS}/bound`)
  expect(body).toMatchObject({ metadata: { generation: 1 }, spec: { nodeName: 'n' } })
  expect(body).not.toHaveProperty('status.nominatedNodeName')
  expect(body).not.toHaveProperty('status.conditions.0.observedGeneration')
})

test('a pod keeps the generations that its status told of', async () => {
  await server.call('POST', PODS, { metadata: { name: 'seen' }, spec: { containers: [{ name: 'c', image: 'i' }] } })
  const write = (status: object): ReturnType<TestServer['call']> =>
    server.call('PATCH', `${PODS}/seen/status`, { status }, MERGE)
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }
  await write({ observedGeneration: 1, conditions: [{ ...ready, observedGeneration: 1 }] })
  const { body } = await write({ observedGeneration: null, conditions: [{ ...ready, status: 'False' }] })
  expect(body).toMatchObject({ status: { observedGeneration: 1, conditions: [{ observedGeneration: 1 }] } })
})

test.each([
  [{}, '/registry/serviceaccounts/default/default'],
  [DRY, '/serviceaccounts/default/default'],
])('a failed precondition names the key, in a dry run without its prefix (%o)', async (more, key) => {
  const accounts = `/api/v1${NS}/serviceaccounts/default`
  const answer = await server.call('PUT', accounts, { metadata: { name: 'default', uid: 'other' } }, more)
  expect(messageOf(answer)).toContain(`Code: 4, Key: ${key}, ResourceVersion: 0`)
})

test('annotations of a deployment and labels of an endpoint slice count for their generations', async () => {
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
  const kinds: readonly [path: string, object: object, counted: object, free: object][] = [
    [
      `/apis/apps/v1${NS}/deployments`,
      { spec: { selector: { matchLabels: { a: 'b' } }, template } },
      { annotations: { x: 'y' } },
      { labels: { x: 'y' } },
    ],
    [
      `/apis/discovery.k8s.io/v1${NS}/endpointslices`,
      { addressType: 'IPv4', endpoints: [] },
      { labels: { x: 'y' } },
      { annotations: { x: 'y' } },
    ],
  ]
  for (const [path, object, counted, free] of kinds) {
    await server.call('POST', path, { metadata: { name: 'counted' }, ...object })
    const same = await server.call('PATCH', `${path}/counted`, { metadata: free }, MERGE)
    expect(same.body).toMatchObject({ metadata: { generation: 1 } })
    const next = await server.call('PATCH', `${path}/counted`, { metadata: counted }, MERGE)
    expect(next.body).toMatchObject({ metadata: { generation: 2 } })
  }
})

test('a volume tells when its phase changed, unless its client does', async () => {
  const volumes = '/api/v1/persistentvolumes'
  const spec = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } }
  const made = await server.call('POST', volumes, { metadata: { name: 'v' }, spec })
  const time = (answer: { body: unknown }): unknown =>
    (answer.body as { status: { lastPhaseTransitionTime?: string } }).status.lastPhaseTransitionTime
  const write = (status: object): ReturnType<TestServer['call']> =>
    server.call('PATCH', `${volumes}/v/status`, { status }, MERGE)
  expect(time(await write({ lastPhaseTransitionTime: null }))).toBe(time(made))
  const told = '2024-01-01T00:00:00Z'
  expect(time(await write({ phase: 'Failed', lastPhaseTransitionTime: told }))).toBe(told)
  expect(time(await write({ phase: 'Available' }))).not.toBe(told)
})

const policies = `/apis/networking.k8s.io/v1${NS}/networkpolicies`
test.each([
  [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '010.2.0.0/16'] } }, ''],
  [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }, 'must be a strict subset of `cidr`'],
  [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } }, 'must be a strict subset of `cidr`'],
  [{ ipBlock: { cidr: '10.0.0.0/8', except: ['fd00::/16'] } }, 'must be a strict subset of `cidr`'],
  [
    { ipBlock: { cidr: 'fd00::/8', except: ['fd01::/16', 'x'] } },
    'except[1]: Invalid value: "x": must be a valid CIDR',
  ],
])('what a network policy leaves out lies within its range: %o', async (peer, text) => {
  const spec = { podSelector: {}, ingress: [{ from: [peer] }] }
  const answer = await server.call('POST', policies, { metadata: { name: 'n' }, spec }, DRY)
  if (text === '') expect(answer.status).toBe(201)
  else expect(messageOf(answer)).toContain(text)
})

test('protocols and directions of a network policy are told in its own order', async () => {
  const spec = { podSelector: {}, policyTypes: ['X'], ingress: [{ ports: [{ protocol: 'X' }] }] }
  const message = messageOf(await server.call('POST', policies, { metadata: { name: 'n' }, spec }, DRY))
  expect(message).toContain('supported values: "TCP", "UDP", "SCTP"')
  expect(message).toContain('supported values: "Ingress", "Egress"')
})

test('a rule about failed pods names at most twenty conditions', async () => {
  const onPodConditions = Array.from({ length: 21 }, () => ({ type: 'A', status: 'True' }))
  const spec = {
    podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions }] },
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
  }
  const answer = await server.call('POST', `/apis/batch/v1${NS}/jobs`, { metadata: { name: 'j' }, spec }, DRY)
  expect(messageOf(answer)).toContain('rules[0].onPodConditions: Too many: 21: must have at most 20 items')
})
