import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lmdbBackend, openStore } from '../../../../src/cluster/store/index.ts'
import { bundledScript } from '../../../support/bundled-script.ts'

test('a file that cannot grow refuses writes, and takes them again once there is room', {
  timeout: 60_000,
}, async () => {
  const script = await bundledScript('test/support/store-filler.ts')
  const directory = mkdtempSync(join(tmpdir(), 'chartctl-full-'))
  // A limit on the size of files stands for a full disk: 6 MiB, in blocks of 1 KiB. Without the trap the signal kills.
  const limited = `trap '' XFSZ; ulimit -f 6144; exec "$0" "$@"`
  const { stdout, stderr } = spawnSync('bash', ['-c', limited, process.execPath, script, directory], {
    encoding: 'utf8',
  })
  expect(stdout, stderr).toMatch(/^\{/)
  const seen = JSON.parse(stdout) as { written: number; failure: string; keptFailedKey: boolean; revision: number }
  expect(seen.failure).toContain('the store could not write to disk: ')
  expect(seen.written).toBeGreaterThan(10)
  expect(seen.keptFailedKey).toBe(false)
  const store = await openStore({ backend: lmdbBackend(directory) })
  const keys = store.range('g/').entries.map((entry) => entry.key)
  expect(keys).toHaveLength(seen.written - 4 + 1)
  expect(keys).toContain('g/r/small')
  expect(store.revision).toBeGreaterThan(seen.revision)
  await store.close()
  rmSync(directory, { recursive: true })
})
