import { expect, test } from 'vitest'
import { clientLogLine } from '../../../src/cli/output/client-log.ts'

test("warnings of the server are lines of the client library's log, in local time", () => {
  const nowMs = new Date(2026, 10, 21, 8, 7, 6, 5).getTime()
  expect(clientLogLine('Warning: unknown field "datas"', { nowMs, pid: 472 })).toBe(
    'I1121 08:07:06.005000     472 warnings.go:107] "Warning: unknown field \\"datas\\""',
  )
})
