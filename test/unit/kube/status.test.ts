import { expect, test } from 'vitest'
import type { KubeObject } from '../../../src/api/index.ts'
import { computeStatus } from '../../../src/kube/index.ts'

const object = (apiVersion: string, kind: string, rest: object): KubeObject => ({
  apiVersion,
  kind,
  metadata: {},
  ...rest,
})
const ready = { type: 'Available', status: 'True' }
const cases: readonly [name: string, object: KubeObject, status: string, message: string][] = [
  ['a config map', object('v1', 'ConfigMap', {}), 'Current', 'Resource is always ready'],
  [
    'a deployment without replicas',
    object('apps/v1', 'Deployment', { spec: { replicas: 2 } }),
    'InProgress',
    'Replicas: 0/2',
  ],
  [
    'a deployment past its deadline',
    object('apps/v1', 'Deployment', {
      spec: {},
      status: { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] },
    }),
    'Failed',
    'Progress deadline exceeded',
  ],
  [
    'an available deployment',
    object('apps/v1', 'Deployment', {
      spec: { replicas: 1 },
      status: { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, conditions: [ready] },
    }),
    'Current',
    'Deployment is available. Replicas: 1',
  ],
  [
    'a pending claim',
    object('v1', 'PersistentVolumeClaim', { status: { phase: 'Pending' } }),
    'InProgress',
    'PVC is not Bound. phase: Pending',
  ],
  [
    'a failed job',
    object('batch/v1', 'Job', { status: { failed: 1, conditions: [{ type: 'Failed', status: 'True' }] } }),
    'Failed',
    'Job Failed. failed: 1/1',
  ],
  [
    'an old generation',
    object('x/v1', 'Thing', { metadata: { generation: 2 }, status: { observedGeneration: 1 } }),
    'InProgress',
    'Thing generation is 2, but latest observed generation is 1',
  ],
  [
    'an object that is being deleted',
    object('v1', 'Pod', { metadata: { deletionTimestamp: 'now' } }),
    'Terminating',
    'Resource scheduled for deletion',
  ],
  [
    'a custom resource that is not ready',
    object('x/v1', 'Thing', { status: { conditions: [{ type: 'Ready', status: 'False', message: 'soon' }] } }),
    'InProgress',
    'soon',
  ],
  ['a custom resource without conditions', object('x/v1', 'Thing', {}), 'Current', 'Resource is current'],
]

test.each(cases)('%s', (_name, given, status, message) => {
  expect(computeStatus(given, 0)).toEqual({ status, message })
})
