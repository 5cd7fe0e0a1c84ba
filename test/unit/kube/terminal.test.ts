import { expect, test } from 'vitest'
import { containerStates, creationFailure, terminalCause } from '../../../src/kube/index.ts'
import { selects } from '../../../src/kube/wait/pods.ts'

const pod = (status: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'n' }, status })

test.each([
  [
    'an image that cannot be pulled',
    { waiting: { reason: 'ImagePullBackOff' } },
    'container c of pod p: ImagePullBackOff',
  ],
  ['a crash loop', { waiting: { reason: 'CrashLoopBackOff' } }, 'container c of pod p: CrashLoopBackOff'],
  ['creation', { waiting: { reason: 'ContainerCreating' } }, undefined],
  ['a container that runs', { running: {} }, undefined],
])('%s is terminal or not', (_name, state, cause) => {
  expect(terminalCause(pod({ containerStatuses: [{ name: 'c', state }] }))).toBe(cause)
})

test('a pod that no node takes is terminal, with the words of the scheduler', () => {
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }]
  expect(terminalCause(pod({ conditions }))).toBe('no node takes pod p: 0/1 nodes')
})

test('states of containers tell restarts and the last exit code', () => {
  const lastState = { terminated: { exitCode: 3, reason: 'Error' } }
  const status = {
    containerStatuses: [{ name: 'c', restartCount: 2, state: { waiting: { reason: 'X', message: 'm' } }, lastState }],
  }
  expect(containerStates(pod(status))).toEqual([
    { name: 'c', restarts: 2, reason: 'X', message: 'm', exitCode: 3, running: false },
  ])
})

test('a workload that cannot make pods says why; it takes pods by its labels', () => {
  const workload = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace: 'n' },
    spec: { selector: { matchLabels: { a: 'b' } } },
    status: { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }] },
  }
  expect(creationFailure(workload)).toBe('exceeded quota')
  const labelled = (labels: Record<string, string>) => ({ ...pod({}), metadata: { name: 'p', namespace: 'n', labels } })
  expect(selects(workload, labelled({ a: 'b', c: 'd' }))).toBe(true)
  expect(selects(workload, labelled({ c: 'd' }))).toBe(false)
})
