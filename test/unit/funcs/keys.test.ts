import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { bundledScript } from '../../support/bundled-script.ts'

test('new keys tell their details although memory is collected meanwhile', { timeout: 60_000 }, async () => {
  const script = await bundledScript('test/support/key-details.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { timeout: 45_000, encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(Number(stdout)).toBe(15 * 400 * 500_000)
})
