import { expect, test } from 'vitest'
import { manualClock } from '../../../../src/base/index.ts'
import { Expectations, ReconcileLoop, WorkQueue } from '../../../../src/cluster/control/index.ts'

test('a key is handed out once, and again after work when it was added meanwhile', () => {
  const queue = new WorkQueue(manualClock(0))
  queue.add('a')
  queue.add('a')
  expect(queue.take()).toBe('a')
  queue.add('a')
  expect(queue.take()).toBeUndefined()
  queue.done('a')
  expect(queue.take()).toBe('a')
})

test('delayed keys come when they are due, the earliest of several delays first', () => {
  const clock = manualClock(0)
  const queue = new WorkQueue(clock)
  queue.addAfter('a', 1000)
  queue.addAfter('a', 100)
  queue.addAfter('a', 5000)
  clock.advance(99)
  expect(queue.length).toBe(0)
  clock.advance(1)
  expect(queue.take()).toBe('a')
  queue.done('a')
  clock.advance(10_000)
  expect(queue.length).toBe(0)
})

test('failures back off from 5 ms, doubling, until they are forgotten', () => {
  const clock = manualClock(0)
  const queue = new WorkQueue(clock)
  const delays: number[] = []
  for (let i = 0; i < 4; i++) {
    const start = clock.nowMs()
    queue.addRateLimited('a')
    while (queue.length === 0) clock.advance(1)
    delays.push(clock.nowMs() - start)
    queue.take()
    queue.done('a')
  }
  expect(delays).toEqual([5, 10, 20, 40])
})

test('a loop tries a failed key again and works on several keys at a time', async () => {
  const clock = manualClock(0)
  const seen: string[] = []
  const errors: unknown[] = []
  const loop = new ReconcileLoop({
    clock,
    onError: (_key, error) => errors.push(error),
    reconcile: async (key: string): Promise<void> => {
      seen.push(key)
      if (key === 'bad' && seen.filter((k) => k === 'bad').length === 1) throw new Error('once')
    },
  })
  loop.queue.add('bad')
  loop.queue.add('good')
  loop.start()
  await new Promise((resolve) => setImmediate(resolve))
  expect(seen).toEqual(['bad', 'good'])
  clock.advance(5)
  await new Promise((resolve) => setImmediate(resolve))
  expect(seen).toEqual(['bad', 'good', 'bad'])
  expect(errors).toHaveLength(1)
  await loop.stop()
})

test('expectations hold a key back until all was seen, or five minutes have passed', () => {
  const clock = manualClock(0)
  const expectations = new Expectations(clock)
  expectations.expect('a', 1, ['x'])
  expectations.creationObserved('a')
  expect(expectations.satisfied('a')).toBe(false)
  expectations.deletionObserved('a', 'x')
  expect(expectations.satisfied('a')).toBe(true)
  expectations.expectCreations('b', 3)
  clock.advance(300_001)
  expect(expectations.satisfied('b')).toBe(true)
})
