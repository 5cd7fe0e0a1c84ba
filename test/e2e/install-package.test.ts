import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mustSucceed, root, run } from '../support/program.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chartctl-pack-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('npm pack gives a package whose program and library work once installed', { timeout: 300_000 }, async () => {
  mustSucceed(
    await run(['npm', 'pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, env: process.env }),
  )
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  const prefix = path.join(folder, 'prefix')
  const install = ['npm', 'install', '-g', '--prefix', prefix, '--no-audit', '--no-fund', path.join(folder, archive)]
  mustSucceed(await run(install, { cwd: folder, env: process.env }))
  const program = path.join(prefix, 'bin/chartctl')
  const env = {
    ...process.env,
    HOME: folder,
    HELM_DATA_HOME: folder,
    HELM_CONFIG_HOME: folder,
    HELM_CACHE_HOME: folder,
  }
  expect(mustSucceed(await run([program, 'version', '--short'], { cwd: folder, env }))).toMatch(/^v4\.2/)
  mustSucceed(await run([program, 'create', 'shop'], { cwd: folder, env }))
  expect(mustSucceed(await run([program, 'template', 'shop', './shop'], { cwd: folder, env }))).toContain(
    'kind: Deployment',
  )
  const script = `import { loadChart, renderChart } from 'chartctl'; console.log(typeof loadChart, typeof renderChart)`
  const library = [
    'node',
    '--input-type=module',
    '-e',
    script.replace("'chartctl'", JSON.stringify(path.join(prefix, 'lib/node_modules/chartctl/dist/index.js'))),
  ]
  expect(mustSucceed(await run(library, { cwd: folder, env })).trim()).toBe('function function')
})
