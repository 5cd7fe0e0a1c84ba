import { expect, test } from 'vitest'
import type { Deployment, ReplicaSet } from '../../../../../src/cluster/control/index.ts'
import { fenceposts, maxReplicasAnnotation } from '../../../../../src/cluster/controllers/workload/deployment/model.ts'
import { putCondition, withProgress } from '../../../../../src/cluster/controllers/workload/deployment/progress.ts'
import { newSetAnnotations } from '../../../../../src/cluster/controllers/workload/deployment/revision.ts'
import {
  newSetSize,
  scaleProportionally,
  shrinkOld,
} from '../../../../../src/cluster/controllers/workload/deployment/rolling.ts'
import { replicaSet } from '../../../../support/cluster-objects.ts'

function deployment(replicas: number, rollingUpdate = {}, extra: Partial<Deployment> = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', uid: 'd', generation: 1 },
    spec: {
      replicas,
      selector: {},
      template: { spec: { containers: [] } },
      strategy: { type: 'RollingUpdate', rollingUpdate },
      progressDeadlineSeconds: 600,
    },
    ...extra,
  }
}

test.each([
  ['defaults round surge up and unavailable down', 10, {}, { maxSurge: 3, maxUnavailable: 2 }],
  ['both zero would be stuck', 3, { maxSurge: 0, maxUnavailable: '10%' }, { maxSurge: 0, maxUnavailable: 1 }],
  ['plain numbers', 3, { maxSurge: 2, maxUnavailable: 0 }, { maxSurge: 2, maxUnavailable: 0 }],
] as const)('%s', (_name, replicas, rolling, want) => {
  expect(fenceposts(deployment(replicas, rolling))).toEqual(want)
})

test('a rolling update grows the new set into the surge and shrinks the old one as pods become available', () => {
  const d = deployment(10, { maxSurge: 3, maxUnavailable: 2 })
  const old = replicaSet('a1', 10)
  expect(newSetSize(d, [old], undefined)).toBe(3)
  const next = replicaSet('b2', 3, 0)
  expect(sizes(shrinkOld(d, [old], next))).toEqual({ a1: 8 })
  expect(newSetSize(d, [replicaSet('a1', 8), next], next)).toBe(5)
})

test('unhealthy old pods go first, and availability is never given up', () => {
  const d = deployment(10, { maxSurge: 2, maxUnavailable: 2 })
  const old = [replicaSet('a1', 8, 8), replicaSet('b2', 2, 0)]
  expect(sizes(shrinkOld(d, old, replicaSet('c3', 2, 0)))).toEqual({ b2: 0 })
})

test('scaling in the middle of a rollout is shared in proportion', () => {
  const d = deployment(20, { maxSurge: 5, maxUnavailable: 2 })
  const noted = { [maxReplicasAnnotation]: '15' }
  const all = [replicaSet('a1', 10, 10, noted), replicaSet('b2', 5, 0, noted)]
  const result = sizes(scaleProportionally(d, all))
  expect(result).toEqual({ a1: 17, b2: 8 })
})

test('a higher revision replaces a lower one, which goes into the history', () => {
  const d = deployment(
    1,
    {},
    { metadata: { name: 'd', uid: 'd', annotations: { note: 'x', 'deployment.kubernetes.io/revision': '2' } } },
  )
  const set = replicaSet('a1', 1, 1, { 'deployment.kubernetes.io/revision': '1' })
  expect(newSetAnnotations(d, set, 3)).toEqual({
    note: 'x',
    'deployment.kubernetes.io/revision': '3',
    'deployment.kubernetes.io/revision-history': '1',
  })
  expect(newSetAnnotations(d, set, 1)['deployment.kubernetes.io/revision']).toBe('1')
})

test('the progress deadline turns into a condition', () => {
  const since = Date.parse('2026-01-01T00:00:00Z')
  const progressing = {
    type: 'Progressing',
    status: 'True',
    reason: 'ReplicaSetUpdated',
    lastUpdateTime: '2026-01-01T00:00:00Z',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  }
  const d = deployment(2, {}, { status: { replicas: 1, updatedReplicas: 1, conditions: [progressing] } })
  const set = { ...replicaSet('a1', 2, 0), status: { replicas: 1, availableReplicas: 0 } }
  const early = withProgress(d, [set], set, since + 1000)
  expect(early.status.conditions?.find((c) => c.type === 'Progressing')?.status).toBe('True')
  expect(early.recheckMs).toBe(600_000)
  const late = withProgress(d, [set], set, since + 601_000)
  expect(late.status.conditions?.find((c) => c.type === 'Progressing')).toMatchObject({
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: 'ReplicaSet "a1" has timed out progressing.',
  })
})

test('a condition keeps its transition time while its status stays, and moves to the end', () => {
  const old = [
    { type: 'A', status: 'True', reason: 'x', lastTransitionTime: 't0' },
    { type: 'B', status: 'True' },
  ]
  const next = putCondition(old, { type: 'A', status: 'True', reason: 'y', lastTransitionTime: 't1' })
  expect(next.map((c) => [c.type, c.reason, c.lastTransitionTime])).toEqual([
    ['B', undefined, undefined],
    ['A', 'y', 't0'],
  ])
})

function sizes(resizes: readonly { set: ReplicaSet; replicas: number }[]): Record<string, number> {
  return Object.fromEntries(resizes.map(({ set, replicas }) => [set.metadata.name, replicas]))
}
