import { expect, test } from 'vitest'
import type { DaemonSet } from '../../../../../src/cluster/control/index.ts'
import {
  aimAtNode,
  placement,
  planDaemonSet,
  planDaemonUpdate,
} from '../../../../../src/cluster/controllers/workload/daemon-plan.ts'
import { node, pod } from '../../../../support/cluster-objects.ts'

function set(spec: Partial<DaemonSet['spec']> = {}): DaemonSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'd', uid: 'd' },
    spec: { selector: {}, template: { spec: { containers: [] } }, ...spec },
  }
}
const on = (name: string, where: string, ready = true) =>
  pod(name, { ready, spec: { containers: [], nodeName: where } })

test('cordoned nodes keep daemon pods, other taints keep them away', () => {
  const cordoned = node('n', {
    spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] },
  })
  expect(placement(set(), cordoned)).toEqual({ run: true, stay: true })
  const tainted = node('n', { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } })
  expect(placement(set(), tainted)).toEqual({ run: false, stay: true })
  const evicting = node('n', { spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } })
  expect(placement(set(), evicting)).toEqual({ run: false, stay: false })
})

test('every eligible node gets one pod, surplus and misplaced pods go', () => {
  const chosen = set({ template: { spec: { containers: [], nodeSelector: { disk: 'ssd' } } } })
  const nodes = [node('a', { metadata: { name: 'a', uid: 'a', labels: { disk: 'ssd' } } }), node('b')]
  const plan = planDaemonSet(chosen, nodes, [on('p', 'b')], () => true, 0)
  expect(plan.create).toEqual(['a'])
  expect(plan.delete.map((p) => p.metadata.name)).toEqual(['p'])
})

test('a rolling update replaces as many pods as may be missing', () => {
  const nodes = ['a', 'b', 'c'].map((name) => node(name))
  const pods = nodes.map(({ metadata }) => on(`p-${metadata.name}`, metadata.name))
  expect(planDaemonUpdate(set(), nodes, pods, () => false, Date.now()).delete).toHaveLength(1)
  const two = set({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '50%' } } })
  expect(planDaemonUpdate(two, nodes, pods, () => false, Date.now()).delete).toHaveLength(2)
  const surge = set({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } })
  expect(planDaemonUpdate(surge, nodes, pods, () => false, Date.now())).toEqual({ delete: [], create: ['a'] })
})

test('a daemon pod is aimed at its node and tolerates what nodes go through', () => {
  const draft = { ...pod('x'), spec: { containers: [], tolerations: [{ key: 'own', operator: 'Exists' }] } }
  aimAtNode(draft, 'n1')
  expect(draft.spec).toMatchObject({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', values: ['n1'] }] }],
        },
      },
    },
  })
  expect(draft.spec.tolerations.map((t) => t.key)).toEqual([
    'own',
    'node.kubernetes.io/not-ready',
    'node.kubernetes.io/unreachable',
    'node.kubernetes.io/disk-pressure',
    'node.kubernetes.io/memory-pressure',
    'node.kubernetes.io/pid-pressure',
    'node.kubernetes.io/unschedulable',
  ])
})
