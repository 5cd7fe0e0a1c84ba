import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lmdbBackend, openStore } from '../../../../src/cluster/store/index.ts'
import { bundledScript } from '../../../support/bundled-script.ts'

/** More rounds on demand: `CRASH_ROUNDS=200 npx vitest run …`. */
const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 6)

/** Runs the writer for a while, kills it with SIGKILL, and gives the lines that it had printed in full. */
function runAndKill(script: string, directory: string, seed: number, runMs: number): Promise<string[]> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [script, directory, String(seed)], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk: Buffer) => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), runMs)
      output += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString()
    })
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') done(output.slice(0, output.lastIndexOf('\n')).split('\n'))
      else fail(new Error(`the writer ended by itself: ${errors}`))
    })
  })
}

test('kill -9 at any moment loses no acknowledged write and never sets revisions back', {
  timeout: 60_000 + ROUNDS * 3000,
}, async () => {
  const script = await bundledScript('test/support/store-writer.ts')
  const directory = mkdtempSync(join(tmpdir(), 'chartctl-crash-'))
  let highest = 0
  let acknowledged = 0
  for (let round = 1; round <= ROUNDS; round++) {
    const lines = await runAndKill(script, directory, round, 20 + ((round * 37) % 150))
    const last = new Map<string, { type: string; revision: number }>()
    for (const line of lines) {
      const [type = '', key = '', revision = ''] = line.split(' ')
      if (type === 'open') expect(Number(key)).toBeGreaterThanOrEqual(highest)
      else {
        last.set(key, { type, revision: Number(revision) })
        highest = Math.max(highest, Number(revision))
        acknowledged++
      }
    }
    const store = await openStore({ backend: lmdbBackend(directory) })
    expect(store.revision).toBeGreaterThanOrEqual(highest)
    for (const [key, { type, revision }] of last) {
      const found = store.get(key)
      // A later write may have been made durable without anybody being told.
      if (type === 'put') expect(found?.revision ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(revision)
      else if (found !== undefined) expect(found.revision).toBeGreaterThan(revision)
    }
    for (const entry of store.range('').entries) {
      expect(entry.value).toMatchObject({ revision: entry.revision })
      expect(entry.revision).toBeLessThanOrEqual(store.revision)
    }
    highest = store.revision
    await store.close()
  }
  expect(acknowledged).toBeGreaterThan(ROUNDS)
  rmSync(script)
  rmSync(directory, { recursive: true })
})
