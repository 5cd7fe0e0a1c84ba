import { expect, test } from 'vitest'
import { taskSlots, Turns } from '../../../src/base/index.ts'

test('what tasks do comes in the order of the tasks', () => {
  const done: string[] = []
  const turns = new Turns()
  turns.act(1, () => done.push('1a'))
  turns.act(0, () => done.push('0a'))
  turns.act(2, () => done.push('2a'))
  expect(done).toEqual(['0a'])
  turns.next()
  turns.act(1, () => done.push('1b'))
  turns.next()
  expect(done).toEqual(['0a', '1a', '1b', '2a'])
})

test('no more tasks run at once than there are slots, and a failure frees its slot', async () => {
  const inSlot = taskSlots(2)
  let running = 0
  let most = 0
  const order: number[] = []
  const results = await Promise.allSettled(
    [0, 1, 2, 3, 4].map((n) =>
      inSlot(async () => {
        order.push(n)
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running -= 1
        if (n === 1) throw new Error('no')
        return n
      }),
    ),
  )
  expect(most).toBe(2)
  expect(order).toEqual([0, 1, 2, 3, 4])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
})
