import { expect, test } from 'vitest'
import type { Job, Pod } from '../../../../../src/cluster/control/index.ts'
import {
  failureCounts,
  failuresAfter,
  heldPods,
  isIndexFailed,
  isPodFailed,
  readyIndexes,
} from '../../../../../src/cluster/controllers/workload/job-failures.ts'
import { pod } from '../../../../support/cluster-objects.ts'

const countName = 'batch.kubernetes.io/job-index-failure-count'
const ignoredName = 'batch.kubernetes.io/job-index-ignored-failure-count'
const startMs = Date.parse('2026-01-01T00:00:00Z')

function job(spec: Partial<Job['spec']> = {}): Job {
  const template = { spec: { containers: [] } }
  const indexed = { completions: 3, completionMode: 'Indexed', backoffLimitPerIndex: 1 }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', uid: 'j' },
    spec: { template, ...indexed, ...spec },
  }
}

/** A job without a limit per index. */
const unlimited: Job = { ...job(), spec: { template: job().spec.template, completions: 3, completionMode: 'Indexed' } }

/** A pod of an index that failed so many seconds after the start, with the failures before it. */
function failed(name: string, index: number, seconds: number, before: Record<string, string> = {}, exitCode = 1): Pod {
  const finishedAt = new Date(startMs + seconds * 1000).toISOString()
  const annotations = { 'batch.kubernetes.io/job-completion-index': String(index), ...before }
  return pod(name, {
    metadata: { name, namespace: 'ns', uid: name, annotations },
    status: {
      phase: 'Failed',
      containerStatuses: [
        {
          name: 'c',
          image: '',
          imageID: '',
          ready: false,
          restartCount: 0,
          state: { terminated: { exitCode, finishedAt } },
        },
      ],
    },
  })
}

const counts = { active: [], succeeded: 0, completed: new Set<number>(), failedIndexes: new Set<number>() }

test('an index fails with the failure after its limit, or by a rule', () => {
  expect(isIndexFailed(job(), failed('a', 0, 1))).toBe(false)
  expect(isIndexFailed(job(), failed('a', 0, 1, { [countName]: '1' }))).toBe(true)
  const rules = [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [7] } }]
  expect(isIndexFailed(job({ podFailurePolicy: { rules } }), failed('a', 0, 1, {}, 7))).toBe(true)
  const ignore = [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [7] } }]
  const often = { [countName]: '9' }
  expect(isIndexFailed(job({ podFailurePolicy: { rules: ignore } }), failed('a', 0, 1, often, 7))).toBe(false)
})

test('the last failure of an index is held until its replacement counts on', () => {
  const pods = [failed('a', 0, 1), failed('b', 0, 5, { [countName]: '1' }), failed('c', 1, 2), failed('d', 2, 2)]
  const held = heldPods(job(), pods, { ...counts, completed: new Set([1]), failedIndexes: new Set([2]) })
  expect([...held].map(([index, { metadata }]) => [index, metadata.name])).toEqual([[0, 'b']])
  expect(heldPods(job(), pods, { ...counts, active: [failed('r', 0, 9)] }).has(0)).toBe(false)
  expect(heldPods(unlimited, pods, counts).size).toBe(0)
  expect(failureCounts(job(), held.get(0))).toEqual({ [countName]: '2' })
  expect(failureCounts(job(), undefined)).toEqual({ [countName]: '0' })
  expect(failureCounts(unlimited, undefined)).toEqual({})
  const rules = [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [1] } }]
  expect(failureCounts(job({ podFailurePolicy: { rules } }), failed('a', 0, 1))).toEqual({
    [countName]: '0',
    [ignoredName]: '1',
  })
})

test('each index waits for itself', () => {
  const held = new Map([
    [0, failed('a', 0, 0)],
    [1, failed('b', 1, 0, { [countName]: '1' })],
  ])
  expect(readyIndexes([0, 1, 2], held, startMs + 1000)).toEqual({ ready: [2], waitMs: 0 })
  expect(readyIndexes([0, 1], held, startMs + 1000)).toEqual({ ready: [], waitMs: 9000 })
  expect(readyIndexes([0, 1], held, startMs + 12_000)).toEqual({ ready: [0], waitMs: 0 })
})

test('a pod that is deleted has failed, unless only failed ones are replaced', () => {
  const going = pod('g')
  going.metadata.deletionTimestamp = '2026-01-01T00:00:00Z'
  going.status = { phase: 'Running' }
  expect(isPodFailed(job(), going)).toBe(true)
  expect(isPodFailed(job({ podReplacementPolicy: 'Failed' }), going)).toBe(false)
})

test('failures in a row begin again after a success', () => {
  const two = failuresAfter({ count: 1, lastMs: startMs }, [], [failed('a', 0, 3), failed('b', 1, 2)])
  expect(two).toEqual({ count: 3, lastMs: startMs + 3000 })
  expect(failuresAfter(two, [failed('ok', 0, 4)], [failed('c', 0, 3)])).toBeUndefined()
  expect(failuresAfter(two, [failed('ok', 0, 4)], [failed('c', 0, 9)])).toEqual({ count: 1, lastMs: startMs + 9000 })
  expect(failuresAfter(two, [], [])).toEqual(two)
})
