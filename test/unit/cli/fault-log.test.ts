import { expect, test } from 'vitest'
import { ChartctlError, manualClock } from '../../../src/base/index.ts'
import { faultLog } from '../../../src/cli/bundled/fault-log.ts'

test('a fault is told with time and place, once a minute however many objects it meets', () => {
  const clock = manualClock(Date.parse('2026-11-21T10:00:00Z'))
  const lines: string[] = []
  const report = faultLog(clock, (line) => lines.push(line))
  const error = new ChartctlError('BROKEN', 'it broke')
  report('job', 'a/b', error)
  report('job', 'a/c', error)
  report('cron-job', 'a/b', error)
  clock.advance(60_000)
  report('job', 'a/d', error)
  expect(lines).toEqual([
    '2026-11-21T10:00:00.000Z job a/b: it broke',
    '2026-11-21T10:00:00.000Z cron-job a/b: it broke',
    '2026-11-21T10:01:00.000Z job a/d: it broke',
  ])
})

test('an error of the program itself is told with its stack', () => {
  const lines: string[] = []
  faultLog(manualClock(0), (line) => lines.push(line))('clock', 'timer', new TypeError('no such thing'))
  expect(lines.join('\n')).toMatch(/^\S+ clock timer: TypeError: no such thing\n +at .*fault-log\.test\.ts/)
})
