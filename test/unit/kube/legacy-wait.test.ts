import { expect, test } from 'vitest'
import type { KubeObject } from '../../../src/api/index.ts'
import { type Clock, manualClock } from '../../../src/base/index.ts'
import { createClient, createWaiter, type ResourceInfo } from '../../../src/kube/index.ts'
import { fakeServer } from './fake-server.ts'

const JOB: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j', namespace: 'ns' },
  spec: { backoffLimit: 0, completions: 1 },
  status: { failed: 1 },
}
const INFO = {
  mapping: {
    gvk: { group: 'batch', version: 'v1', kind: 'Job' },
    gvr: { group: 'batch', version: 'v1', resource: 'jobs' },
    namespaced: true,
  },
  namespace: 'ns',
  name: 'j',
  object: JOB,
} as ResourceInfo

/** A clock on which waiting takes no time. */
function hurriedClock(): Clock {
  const clock = manualClock(0)
  return {
    nowMs: () => clock.nowMs(),
    after(delayMs, task) {
      const cancel = clock.after(delayMs, task)
      setImmediate(() => clock.advance(delayMs > 2_000 ? 0 : delayMs))
      return cancel
    },
  }
}

const wait = (timeoutMs: number, failFast: boolean) => {
  const server = fakeServer()
  server.objects.set('/apis/batch/v1/namespaces/ns/jobs/j', JOB)
  const options = { clock: hurriedClock(), timeoutMs, failFast, jobs: true, signal: undefined }
  return createWaiter(createClient(server), 'legacy').wait([INFO], options)
}

test('a failed job is looked at again until the time is over, or thirty times', async () => {
  await expect(wait(20_000, false)).rejects.toThrow('context deadline exceeded')
  await expect(wait(120_000, false)).rejects.toThrow('job is failed: ns/j')
})

test('with --fail-fast it ends the wait at once', async () => {
  await expect(wait(20_000, true)).rejects.toThrow('job is failed: ns/j')
})
