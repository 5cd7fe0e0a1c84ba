import { expect, test } from 'vitest'
import type { Pod, StatefulSet } from '../../../../../src/cluster/control/index.ts'
import { planStatefulSet } from '../../../../../src/cluster/controllers/workload/stateful-plan.ts'
import { statefulPod } from '../../../../../src/cluster/controllers/workload/stateful-pods.ts'
import { pod } from '../../../../support/cluster-objects.ts'

const revisions = { current: 'web-1', update: 'web-2' }

function set(spec: Partial<StatefulSet['spec']> = {}): StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'web', namespace: 'ns', uid: 'w' },
    spec: { replicas: 3, selector: {}, template: { spec: { containers: [] } }, ...spec },
  }
}

function member(
  ordinal: number,
  options: { revision?: string; ready?: boolean; phase?: string; going?: boolean } = {},
): Pod {
  const made = pod(`web-${ordinal}`, { ready: options.ready ?? true })
  made.metadata.labels = { 'controller-revision-hash': options.revision ?? 'web-2' }
  if (options.phase) made.status = { ...made.status, phase: options.phase }
  if (options.going) made.metadata.deletionTimestamp = 't'
  return made
}

const words = (object: StatefulSet, pods: Pod[]): string[] =>
  planStatefulSet(object, pods, revisions, Date.now()).map((step) =>
    step.type === 'create' ? `create ${step.ordinal} ${step.revision}` : `delete ${step.pod.metadata.name} ${step.why}`,
  )

const cases: readonly [name: string, set: StatefulSet, pods: Pod[], want: string[]][] = [
  ['creates the first pod only', set(), [], ['create 0 update']],
  ['waits for a lower pod that is not ready', set(), [member(0, { ready: false })], []],
  ['creates the next when all lower ones are ready', set(), [member(0)], ['create 1 update']],
  [
    'creates all at once in parallel',
    set({ podManagementPolicy: 'Parallel' }),
    [],
    ['create 0 update', 'create 1 update', 'create 2 update'],
  ],
  [
    'keeps old revisions below the partition',
    set({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }),
    [],
    ['create 0 current'],
  ],
  ['removes the highest surplus pod', set({ replicas: 1 }), [member(0), member(1), member(2)], ['delete web-2 scale']],
  [
    'updates from the highest ordinal',
    set(),
    [member(0, { revision: 'web-1' }), member(1, { revision: 'web-1' }), member(2)],
    ['delete web-1 update'],
  ],
  [
    'waits until the updated pod is ready',
    set({ podManagementPolicy: 'Parallel' }),
    [member(0, { revision: 'web-1' }), member(1, { revision: 'web-1' }), member(2, { ready: false })],
    [],
  ],
  [
    'leaves updates to the user with OnDelete',
    set({ updateStrategy: { type: 'OnDelete' } }),
    [member(0, { revision: 'web-1' }), member(1), member(2)],
    [],
  ],
  ['replaces a failed pod', set(), [member(0, { phase: 'Failed', ready: false })], ['delete web-0 failed']],
  ['starts at the first ordinal asked for', set({ ordinals: { start: 5 }, replicas: 1 }), [], ['create 5 update']],
]

test.each(cases)('%s', (_name, object, pods, want) => {
  expect(words(object, pods)).toEqual(want)
})

test('a pod gets its identity, claims first among its volumes', () => {
  const object = set({
    serviceName: 'svc',
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} } as never],
    template: {
      metadata: { labels: { app: 'x' } },
      spec: { containers: [], volumes: [{ name: 'tmp' }, { name: 'data' }] },
    },
  })
  const made = statefulPod(object, object.spec.template, 'web-2', 1)
  expect(made.metadata).toMatchObject({
    name: 'web-1',
    labels: { app: 'x', 'apps.kubernetes.io/pod-index': '1', 'statefulset.kubernetes.io/pod-name': 'web-1' },
  })
  expect(made.spec).toMatchObject({ hostname: 'web-1', subdomain: 'svc' })
  expect(made.spec.volumes).toEqual([
    { name: 'data', persistentVolumeClaim: { claimName: 'data-web-1' } },
    { name: 'tmp' },
  ])
})
