import { expect, test } from 'vitest'
import type { Job } from '../../../../../src/cluster/control/index.ts'
import { dueTimes, parseSchedule } from '../../../../../src/cluster/controllers/workload/cron-schedule.ts'
import { parseIndexes, printIndexes } from '../../../../../src/cluster/controllers/workload/job-indexes.ts'
import type { JobCounts } from '../../../../../src/cluster/controllers/workload/job-plan.ts'
import {
  backOffMs,
  endingOf,
  failureAction,
  nextIndexes,
  wantedActive,
} from '../../../../../src/cluster/controllers/workload/job-plan.ts'
import { pod } from '../../../../support/cluster-objects.ts'

function job(spec: Partial<Job['spec']> = {}, status: Job['status'] = {}): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', uid: 'j' },
    spec: { template: { spec: { containers: [] } }, ...spec },
    status,
  }
}

const counts = (parts: Partial<JobCounts> = {}): JobCounts => ({
  active: [],
  succeeded: 0,
  failed: 0,
  completed: new Set(),
  failedIndexes: new Set(),
  ...parts,
})

test.each(['', '0', '0,1', '0-2', '0,2,4-7', '3,4,8-10'])('index lists print as they were read: %j', (text) => {
  expect(printIndexes(parseIndexes(text))).toBe(text)
})

test('a job wants as many pods as are missing, at most its parallelism', () => {
  expect(wantedActive(job({ parallelism: 5, completions: 10 }), counts({ succeeded: 8 }))).toBe(2)
  expect(wantedActive(job({ parallelism: 5, completions: 10 }), counts())).toBe(5)
  expect(wantedActive(job({ parallelism: 5, suspend: true }), counts())).toBe(0)
  expect(wantedActive(job({ parallelism: 3 }), counts({ succeeded: 1, active: [pod('a')] }))).toBe(1)
  expect(nextIndexes(job({ completions: 5 }), counts({ completed: new Set([0, 2]) }), 2)).toEqual([1, 3])
})

test('a job ends by completions, back-off limit or deadline', () => {
  expect(endingOf(job({ completions: 2 }), counts({ succeeded: 2 }), undefined, 0)?.reason).toBe('CompletionsReached')
  expect(endingOf(job({ completions: 2, backoffLimit: 1 }), counts({ failed: 1 }), undefined, 0)).toBeUndefined()
  expect(endingOf(job({ completions: 2, backoffLimit: 1 }), counts({ failed: 2 }), undefined, 0)?.reason).toBe(
    'BackoffLimitExceeded',
  )
  const started = { startTime: '2026-01-01T00:00:00Z' }
  const deadline = job({ completions: 1, activeDeadlineSeconds: 10 }, started)
  expect(endingOf(deadline, counts(), undefined, Date.parse('2026-01-01T00:00:11Z'))?.reason).toBe('DeadlineExceeded')
})

test('a success policy names the rule that is met, and needs a success', () => {
  const rules = [{ succeededIndexes: '1-2' }, { succeededIndexes: '0,3', succeededCount: 1 }]
  const indexed = job({ completions: 4, completionMode: 'Indexed', successPolicy: { rules } })
  expect(endingOf(indexed, counts(), undefined, 0)).toBeUndefined()
  expect(endingOf(indexed, counts({ completed: new Set([1]), succeeded: 1 }), undefined, 0)).toBeUndefined()
  expect(endingOf(indexed, counts({ completed: new Set([3]), succeeded: 1 }), undefined, 0)?.message).toBe(
    'Matched rules at index 1',
  )
})

test('the limit of all failures counts beside the limit per index', () => {
  const both = job({ completions: 9, completionMode: 'Indexed', backoffLimit: 2, backoffLimitPerIndex: 5 })
  expect(endingOf(both, counts({ failed: 3 }), undefined, 0)?.reason).toBe('BackoffLimitExceeded')
  const perIndex = job({ completions: 9, completionMode: 'Indexed', backoffLimitPerIndex: 5 })
  expect(endingOf(perIndex, counts({ failed: 30 }), undefined, 0)).toBeUndefined()
})

test('the pod failure policy picks the first rule that matches', () => {
  const rules = [
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } },
  ]
  const failed = pod('p')
  failed.status = {
    phase: 'Failed',
    containerStatuses: [
      { name: 'c', image: '', imageID: '', ready: false, restartCount: 0, state: { terminated: { exitCode: 42 } } },
    ],
  }
  expect(failureAction(job({ podFailurePolicy: { rules } }), failed)).toEqual({
    action: 'FailJob',
    message: 'Container c for pod ns/p failed with exit code 42 matching FailJob rule at index 1',
  })
  expect(failureAction(job(), failed).action).toBe('Count')
})

test('failures back off from 10 s', () => {
  expect(backOffMs(0, 0, 0)).toBe(0)
  expect(backOffMs(1, 1000, 1000)).toBe(10_000)
  expect(backOffMs(3, 1000, 2000)).toBe(39_000)
})

const at = (text: string): number => Date.parse(text)

test('schedules follow their time zone, and the old prefixes', () => {
  expect(parseSchedule('0 12 * * *', 'Europe/Berlin')?.next(at('2026-06-01T00:00:00Z'))).toBe(
    at('2026-06-01T10:00:00Z'),
  )
  expect(parseSchedule('TZ=UTC 30 1 * * *', undefined)?.next(at('2026-06-01T00:00:00Z'))).toBe(
    at('2026-06-01T01:30:00Z'),
  )
  expect(parseSchedule('@every 90m', undefined)?.next(0)).toBe(5_400_000)
  expect(parseSchedule('@hourly', undefined)?.next(at('2026-06-01T00:10:00Z'))).toBe(at('2026-06-01T01:00:00Z'))
  expect(parseSchedule('bad', undefined)).toBeUndefined()
})

test('only the last of several missed times counts', () => {
  const schedule = parseSchedule('*/5 * * * *', undefined)
  if (schedule === undefined) throw new Error('schedule')
  expect(dueTimes(schedule, at('2026-06-01T00:00:00Z'), at('2026-06-01T00:17:00Z'))).toEqual({
    due: at('2026-06-01T00:15:00Z'),
    next: at('2026-06-01T00:20:00Z'),
    missed: 3,
  })
  expect(dueTimes(schedule, at('2026-06-01T00:00:00Z'), at('2026-06-01T00:01:00Z')).due).toBeUndefined()
  const long = dueTimes(schedule, at('2025-06-01T00:00:00Z'), at('2026-06-01T00:01:00Z'))
  expect(long.missed).toBeGreaterThan(100)
  expect(long.due).toBe(at('2026-06-01T00:00:00Z'))
})
