import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { root, run, shared } from '../../support/program.ts'

test.skipIf(!existsSync(path.join(shared, 'requirements')))(
  'the table of requirements is complete and up to date',
  async () => {
    const script = path.join(root, 'scripts/requirements.js')
    expect(await run([process.execPath, script, '--check'], { env: process.env })).toEqual({
      exit: 0,
      stdout: '',
      stderr: '',
    })
  },
)
