import { expect, test } from 'vitest'
import type { Node, Pod } from '../../../../src/cluster/control/index.ts'
import type { Snapshot } from '../../../../src/cluster/scheduler/framework.ts'
import { attempt } from '../../../../src/cluster/scheduler/framework.ts'
import { podRequests } from '../../../../src/cluster/control/index.ts'
import { NodeInfo } from '../../../../src/cluster/scheduler/node-info.ts'
import { preempt } from '../../../../src/cluster/scheduler/preemption.ts'
import { defaultPlugins } from '../../../../src/cluster/scheduler/registry.ts'
import { node, pod } from '../../../support/cluster-objects.ts'

function snapshot(nodes: readonly (Node | [Node, Pod[]])[], parts: Partial<Snapshot> = {}): Snapshot {
  const infos = nodes.map((entry) => {
    const [object, pods] = Array.isArray(entry) ? entry : [entry, []]
    const info = new NodeInfo(object)
    for (const each of pods) info.addPod(each)
    return info
  })
  return {
    nodes: infos,
    anyAffinity: infos.some((info) => info.withAffinity.size > 0),
    namespace: () => undefined,
    claim: () => undefined,
    volume: () => undefined,
    volumes: () => [],
    storageClass: () => undefined,
    volumeLimits: () => undefined,
    nominated: () => [],
    ...parts,
  }
}
const cpu = (name: string, amount: string, spec: Partial<Pod['spec']> = {}): Pod =>
  pod(name, { spec: { containers: [{ name: 'c', resources: { requests: { cpu: amount } } }], ...spec } })
const run = (subject: Pod, view: Snapshot) => attempt(defaultPlugins, subject, view)

const labelled = (name: string, labels: Record<string, string>) => node(name, { metadata: { name, uid: name, labels } })
const rule = { labelSelector: { matchLabels: { app: 'x' } }, topologyKey: 'kubernetes.io/hostname' }
const app = (name: string, affinity?: Pod['spec']['affinity']): Pod =>
  pod(name, {
    metadata: { name, namespace: 'ns', uid: name, labels: { app: 'x' } },
    spec: { containers: [], ...(affinity ? { affinity } : {}) },
  })

const refusals: readonly [name: string, pod: Pod, view: Snapshot, want: string][] = [
  ['no node', pod('p'), snapshot([]), 'no nodes available to schedule pods'],
  ['too little cpu', cpu('p', '8'), snapshot([node('a'), node('b')]), '0/2 nodes are available: 2 Insufficient cpu.'],
  [
    'a selector',
    pod('p', { spec: { containers: [], nodeSelector: { a: 'b' } } }),
    snapshot([node('a')]),
    "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
  ],
  [
    'several reasons, sorted',
    cpu('p', '8'),
    snapshot([
      node('a'),
      node('b', { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } }),
      node('c', { spec: { unschedulable: true } }),
    ]),
    '0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable.',
  ],
  [
    'a missing claim',
    pod('p', { spec: { containers: [], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] } }),
    snapshot([node('a')]),
    '0/1 nodes are available: persistentvolumeclaim "c" not found. not found',
  ],
  [
    'anti-affinity',
    app('p', { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [rule] } }),
    snapshot([[node('a'), [app('q')]]]),
    "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.",
  ],
  [
    'anti-affinity of pods that are there',
    app('p'),
    snapshot([
      [node('a'), [app('q', { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [rule] } })]],
    ]),
    "0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules.",
  ],
]

test.each(refusals)('refuses for %s', (_name, subject, view, want) => {
  expect(run(subject, view).message).toBe(want)
})

test('the first pod of a group that wants company may go anywhere', () => {
  const together = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [rule] } }
  expect(run(app('p', together), snapshot([node('a')])).node?.name).toBe('a')
  expect(run(app('p', together), snapshot([node('a'), [node('b'), [app('q')]]])).node?.name).toBe('b')
})

test('spread constraints keep the difference within the skew', () => {
  const spread = app('p')
  spread.spec.topologySpreadConstraints = [
    {
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'x' } },
    },
  ]
  const view = snapshot([
    [labelled('a', { zone: '1' }), [app('q'), app('r')]],
    [labelled('b', { zone: '2' }), [app('s')]],
  ])
  expect(run(spread, view).node?.name).toBe('b')
})

test('emptier nodes are preferred', () => {
  expect(run(cpu('p', '1'), snapshot([[node('a'), [cpu('q', '3')]], node('b')])).node?.name).toBe('b')
})

test('preemption removes as few and as unimportant pods as it can', () => {
  const important = cpu('p', '3', { priority: 100 })
  const view = snapshot([
    [node('a'), [cpu('x', '2', { priority: 10 }), cpu('y', '2', { priority: 1 })]],
    [node('b'), [cpu('z', '4', { priority: 50 })]],
  ])
  const result = run(important, view)
  const decision = preempt(defaultPlugins, important, result, view)
  expect(decision.node).toBe('a')
  expect(decision.victims.map((victim) => victim.metadata.name).sort()).toEqual(['x', 'y'])
})

test('preemption says why it cannot help', () => {
  const big = cpu('p', '8')
  const view = snapshot([node('a')])
  expect(preempt(defaultPlugins, big, run(big, view), view).message).toBe(
    'no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
  )
  const full = snapshot([[node('a'), [cpu('q', '3')]]])
  const second = cpu('p', '2')
  expect(preempt(defaultPlugins, second, run(second, full), full).message).toContain(
    '1 No preemption victims found for incoming pod.',
  )
})

test('preemption spares what a disruption budget protects, and waits for pods that leave', () => {
  const important = cpu('p', '3', { priority: 100 })
  const [a, b] = [cpu('x', '4', { priority: 1 }), cpu('y', '4', { priority: 10 })]
  const view = snapshot([
    [node('a'), [a]],
    [node('b'), [b]],
  ])
  const result = run(important, view)
  expect(preempt(defaultPlugins, important, result, view).node).toBe('a')
  expect(preempt(defaultPlugins, important, result, view, () => new Set([a])).node).toBe('b')
  const leaving = { ...a, metadata: { ...a.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }
  const promised = { ...important, status: { nominatedNodeName: 'a' } }
  expect(preempt(defaultPlugins, promised, result, snapshot([[node('a'), [leaving]]])).message).toContain(
    'not eligible due to a terminating pod on the nominated node.',
  )
})

test('room that was promised to a more important pod is kept', () => {
  const promised = cpu('first', '3', { priority: 10 })
  const view = snapshot([node('a')], {
    nominated: (_node, subject) => ((subject.spec.priority ?? 0) <= 10 ? [promised] : []),
  })
  expect(run(cpu('p', '2'), view).message).toBe('0/1 nodes are available: 1 Insufficient cpu.')
  expect(run(cpu('p', '2', { priority: 20 }), view).node?.name).toBe('a')
})

const claiming = (name: string): Pod =>
  pod(name, { spec: { containers: [], volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] } })
const bound = (volume: object): Partial<Snapshot> => ({
  claim: () =>
    ({
      metadata: { name: 'data', namespace: 'ns', annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
      spec: { volumeName: 'pv', accessModes: ['ReadWriteOncePod'] },
      status: { phase: 'Bound' },
    }) as unknown as ReturnType<Snapshot['claim']>,
  volume: () => volume as unknown as ReturnType<Snapshot['volume']>,
})

test.each([
  [
    'a claim for one pod',
    snapshot([[node('a'), [claiming('q')]]], bound({ metadata: { name: 'pv' }, spec: {} })),
    'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
  ],
  [
    'a volume of another zone',
    snapshot(
      [labelled('a', { 'topology.kubernetes.io/zone': 'z2' })],
      bound({ metadata: { name: 'pv', labels: { 'topology.kubernetes.io/zone': 'z1__z3' } }, spec: {} }),
    ),
    'node(s) had no available volume zone',
  ],
  [
    'more volumes than the driver attaches',
    snapshot([node('a')], {
      ...bound({ metadata: { name: 'pv' }, spec: { csi: { driver: 'd', volumeHandle: 'h' } } }),
      volumeLimits: () => new Map([['d', 0]]),
    }),
    'node(s) exceed max volume count',
  ],
])('volumes: %s', (_name, view, reason) => {
  expect(run(claiming('p'), view).message).toBe(`0/1 nodes are available: 1 ${reason}.`)
})

test('an image that is there already draws its pods', () => {
  const has = node('b')
  has.status = { ...has.status, images: [{ names: ['big:latest'], sizeBytes: 900_000_000 }] }
  const subject = pod('p', { spec: { containers: [{ name: 'c', image: 'big' }] } })
  expect(run(subject, snapshot([node('a'), has])).node?.name).toBe('b')
})

test('requests of init containers count at their peak, those of sidecars add up', () => {
  const resources = (amount: string) => ({ requests: { cpu: amount } })
  const amounts = podRequests({
    containers: [{ name: 'c', resources: resources('1') }],
    initContainers: [
      { name: 's', restartPolicy: 'Always', resources: resources('500m') },
      { name: 'i', resources: resources('2') },
    ],
  })
  expect(amounts.get('cpu')).toBe(2500)
})
