import { expect, test } from 'vitest'
import { guardedClock, manualClock } from '../../../src/base/index.ts'

test('a timer that throws is reported, and those after it run', () => {
  const clock = manualClock(0)
  const faults: unknown[] = []
  const guarded = guardedClock(clock, (error) => faults.push(error))
  const ran: number[] = []
  guarded.after(10, () => {
    throw new Error('broken')
  })
  guarded.after(20, () => ran.push(guarded.nowMs()))
  guarded.after(30, () => ran.push(guarded.nowMs()))()
  clock.advance(100)
  expect(ran).toEqual([20])
  expect(faults).toEqual([new Error('broken')])
})
