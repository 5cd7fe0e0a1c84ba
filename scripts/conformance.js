#!/usr/bin/env node
/**
 * Runs recorded cases: `npm run conformance -- PATH…`, where a path is a file or folder below the conformance recordings
 * (default: all of ../shared/conformance). Prints every case that fails and ends with the counts; exits 1 when one failed.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(root, 'node_modules', '.cache', 'conformance')
const bundle = join(folder, `main-${process.pid}.mjs`)
const start = `import { main } from ${JSON.stringify(join(root, 'test', 'conformance', 'main.ts'))}
process.exitCode = await main(process.argv.slice(2))
`

mkdirSync(folder, { recursive: true })
await build({
  stdin: { contents: start, resolveDir: root, sourcefile: 'conformance-entry.ts', loader: 'ts' },
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
  define: { 'import.meta.dirname': JSON.stringify(join(root, 'test', 'conformance')) },
})
const result = spawnSync(
  process.execPath,
  ['--enable-source-maps', '--stack-size=4000', '--max-old-space-size=4096', bundle, ...process.argv.slice(2)],
  { stdio: 'inherit', cwd: process.cwd() },
)
rmSync(bundle, { force: true })
process.exitCode = result.status ?? 1
