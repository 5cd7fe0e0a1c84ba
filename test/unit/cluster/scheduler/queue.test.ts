import { expect, test } from 'vitest'
import { manualClock } from '../../../../src/base/index.ts'
import { SchedulingQueue } from '../../../../src/cluster/scheduler/queue.ts'

const pod = (key: string, order: number) => ({ key, priority: 0, order })

test('an idle scheduler takes a pod that did not fit as soon as something helps', () => {
  const queue = new SchedulingQueue(manualClock(0))
  queue.add(pod('a', 1))
  queue.park(queue.take() ?? pod('none', 0))
  expect(queue.take()).toBeUndefined()
  queue.wake({ mayHurry: true })
  expect(queue.take()?.key).toBe('a')
  expect(queue.take()).toBeUndefined()
  queue.close()
})

test('a pod that did not fit lets those go first that have not been tried', () => {
  const queue = new SchedulingQueue(manualClock(0))
  queue.add(pod('a', 1))
  queue.park(queue.take() ?? pod('none', 0))
  queue.add(pod('b', 2))
  queue.wake({ mayHurry: true })
  expect([queue.take()?.key, queue.take()?.key]).toEqual(['b', 'a'])
  queue.close()
})

test('after an error the back-off is kept', () => {
  const clock = manualClock(0)
  const queue = new SchedulingQueue(clock)
  queue.add(pod('a', 1))
  queue.park(queue.take() ?? pod('none', 0))
  queue.wake({ mayHurry: false })
  expect(queue.take()).toBeUndefined()
  clock.advance(1000)
  expect(queue.take()?.key).toBe('a')
  queue.close()
})
