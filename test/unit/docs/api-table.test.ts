import { expect, test } from 'vitest'
import { root, run } from '../../support/program.ts'

test('the page of what the cluster serves is up to date', { timeout: 60_000 }, async () => {
  const command = [process.execPath, `${root}/scripts/api-table.js`, '--check']
  expect(await run(command, { env: process.env })).toEqual({ exit: 0, stdout: '', stderr: '' })
})
