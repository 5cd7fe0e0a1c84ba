import { expect, test } from 'vitest'
import type { Pod } from '../../../../../src/cluster/control/index.ts'
import {
  type AutoscalerMemory,
  newMemory,
  normalized,
} from '../../../../../src/cluster/controllers/workload/autoscaler/behavior.ts'
import type { Autoscaler } from '../../../../../src/cluster/controllers/workload/autoscaler/model.ts'
import {
  replicasByUtilization,
  replicasByValue,
} from '../../../../../src/cluster/controllers/workload/autoscaler/replica-calculator.ts'
import { selectorMatcher } from '../../../../../src/cluster/controllers/workload/autoscaler/selector-text.ts'
import { pod } from '../../../../support/cluster-objects.ts'

const nowMs = Date.parse('2026-01-02T00:00:00Z')
const worker = (name: string, ready = true): Pod =>
  pod(name, {
    ready,
    spec: { containers: [{ name: 'c', resources: { requests: { cpu: '200m' } } }] },
    status: {
      phase: 'Running',
      startTime: '2026-01-01T00:00:00Z',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    },
  })
const inputs = (values: Readonly<Record<string, number>>, pods = Object.keys(values).map((name) => worker(name))) => ({
  current: pods.length,
  pods,
  metrics: new Map(Object.entries(values).map(([name, value]) => [name, { value, atMs: nowMs, windowMs: 15_000 }])),
  resource: 'cpu',
  tolerances: { down: 0.1, up: 0.1 },
  nowMs,
})

test.each([
  ['doubles', { a: 200, b: 200 }, 50, 4],
  ['stays within the tolerance', { a: 105, b: 105 }, 50, 2],
  ['halves, rounded up', { a: 40, b: 40, c: 40 }, 50, 2],
  ['goes down to one', { a: 0, b: 0 }, 50, 0],
])('replicas by utilization: %s', (_name, values, target, want) => {
  expect(replicasByUtilization(inputs(values), target, '').replicas).toBe(want)
})

test('pods that are not ready or have no metric damp the change', () => {
  const unready = inputs({ a: 200, b: 0 }, [worker('a'), worker('b', false)])
  expect(replicasByUtilization(unready, 50, '')).toMatchObject({ replicas: 2, utilization: 100 })
  const missing = inputs({ a: 20 }, [worker('a'), worker('b')])
  expect(replicasByUtilization(missing, 50, '').replicas).toBe(2)
})

test('values without requests, and requests that are missing', () => {
  expect(replicasByValue(inputs({ a: 300, b: 100 }), 100)).toEqual({ replicas: 4, average: 200 })
  const bare = pod('a', {
    spec: { containers: [{ name: 'c' }] },
    status: { phase: 'Running', startTime: '2026-01-01T00:00:00Z' },
  })
  expect(() => replicasByUtilization(inputs({ a: 1 }, [bare]), 50, '')).toThrow(
    'missing request for cpu in container c of Pod a',
  )
})

const scaler = (behavior?: Autoscaler['spec']['behavior']): Autoscaler =>
  ({ spec: { maxReplicas: 20, ...(behavior && { behavior }) } }) as Autoscaler
const step = (object: Autoscaler, memory: AutoscalerMemory, current: number, desired: number, atMs: number) => {
  const said: string[] = []
  const replicas = normalized(
    object,
    memory,
    { current, desired, min: 1, max: 20, nowMs: atMs },
    (_type, _status, reason) => {
      said.push(reason)
      return true
    },
  )
  return [replicas, ...said]
}

test('up by no more than twice, down only after five minutes', () => {
  const memory = newMemory(3, nowMs)
  expect(step(scaler(), memory, 3, 15, nowMs)).toEqual([6, 'ReadyForNewScale', 'ScaleUpLimit'])
  expect(step(scaler(), memory, 6, 1, nowMs + 60_000)).toEqual([12, 'ScaleDownStabilized', 'ScaleUpLimit'])
  expect(step(scaler(), memory, 12, 1, nowMs + 400_000)).toEqual([1, 'ReadyForNewScale', 'DesiredWithinRange'])
})

test('rules limit the rate', () => {
  const slow = scaler({
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Min',
      policies: [
        { type: 'Pods', value: 2, periodSeconds: 60 },
        { type: 'Percent', value: 100, periodSeconds: 60 },
      ],
    },
    scaleDown: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Disabled',
      policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    },
  })
  expect(step(slow, newMemory(4, nowMs), 4, 10, nowMs)).toEqual([6, 'ReadyForNewScale', 'ScaleUpLimit'])
  expect(step(slow, newMemory(4, nowMs), 4, 1, nowMs + 1)).toEqual([4, 'ReadyForNewScale', 'ScaleDownLimit'])
})

test.each([
  ['a=b', true],
  ['a=b,c in (d,e)', true],
  ['a=b,c notin (d,e)', false],
  ['!x,a', true],
  ['a!=b', false],
])('the selector of a scale: %s', (text, want) => {
  expect(selectorMatcher(text)({ a: 'b', c: 'd' })).toBe(want)
})
