import { expect, test, vi } from 'vitest'
import { adjustableClock, systemClock } from '../../../src/base/index.ts'

const DAY_MS = 86_400_000

test.each([
  ['the machine’s clock', () => systemClock()],
  ['a clock that can be moved', () => adjustableClock()],
])('%s keeps delays longer than Node’s timers do', (_name, create) => {
  vi.useFakeTimers()
  try {
    const ran: string[] = []
    const clock = create()
    clock.after(40 * DAY_MS, () => ran.push('late'))
    clock.after(39 * DAY_MS, () => ran.push('never'))()
    vi.advanceTimersByTime(39.9 * DAY_MS)
    expect(ran).toEqual([])
    vi.advanceTimersByTime(DAY_MS)
    expect(ran).toEqual(['late'])
  } finally {
    vi.useRealTimers()
  }
})

test('a clock that is moved runs what is due on the way, in order, with time for what that starts', async () => {
  const clock = adjustableClock()
  const startMs = clock.nowMs()
  const ran: [string, number][] = []
  const note = (name: string): number => ran.push([name, Math.round((clock.nowMs() - startMs) / 1000)])
  clock.after(20_000, () => note('second'))
  clock.after(10_000, () => {
    note('first')
    void Promise.resolve().then(() => clock.after(15_000, () => note('third')))
  })
  clock.after(60_000, () => note('not yet'))()
  await clock.advance(30_000)
  expect(ran).toEqual([
    ['first', 10],
    ['second', 20],
    ['third', 25],
  ])
  expect(Math.round((clock.nowMs() - startMs) / 1000)).toBe(30)
  expect(Math.round(clock.offsetMs() / 1000)).toBe(30)
})

test('moves that overlap add up, or go to the farther goal, and take every timer along', async () => {
  const clock = adjustableClock()
  const ran: string[] = []
  for (const seconds of [10, 20, 50, 70]) clock.after(seconds * 1000, () => ran.push(`${seconds}`))
  const moves = [clock.advance(15_000), clock.advance(15_000)]
  await Promise.all([...moves, clock.advanceTo(60_000), clock.advanceTo(5000)])
  expect(ran).toEqual(['10', '20', '50'])
  expect(Math.round(clock.offsetMs() / 1000)).toBe(60)
  await clock.advanceTo(30_000)
  expect(Math.round(clock.offsetMs() / 1000)).toBe(60)
  await clock.advance(15_000)
  expect(ran).toEqual(['10', '20', '50', '70'])
})
