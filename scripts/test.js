// `npm test`: sets up, then runs every check and every test, and ends with one line 'N passed, N failed'.
// Arguments after `--` go to vitest (`npm test -- test/unit/go`), and then only vitest runs.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ensureBuild, ensurePackages, root } from './lib/setup.js'

ensurePackages()

const only = process.argv.slice(2)
const modules = path.join(root, 'node_modules')
const totals = { passed: 0, failed: 0, skipped: 0 }

/** One check that passes or fails as a whole. */
function check(name, command, args) {
  const started = Date.now()
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  const ok = result.status === 0
  if (!ok) process.stdout.write(`${result.stdout}${result.stderr}`)
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  totals[ok ? 'passed' : 'failed'] += 1
}

/** All test files under vitest; its own report tells the counts. */
function vitest(args) {
  const folder = mkdtempSync(path.join(tmpdir(), 'chartctl-test-'))
  const report = path.join(folder, 'report.json')
  const result = spawnSync(
    process.execPath,
    [
      path.join(modules, 'vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ],
    { cwd: root, stdio: 'inherit' },
  )
  if (existsSync(report)) {
    const counts = JSON.parse(readFileSync(report, 'utf8'))
    totals.passed += counts.numPassedTests
    totals.failed += counts.numFailedTests
    totals.skipped += counts.numPendingTests + (counts.numTodoTests ?? 0)
    if (result.status !== 0 && counts.numFailedTests === 0) totals.failed += 1
  } else {
    totals.failed += 1
  }
  rmSync(folder, { recursive: true, force: true })
}

if (only.length === 0) {
  check('types', process.execPath, [path.join(modules, 'typescript/bin/tsc'), '-p', 'tsconfig.json', '--noEmit'])
  check('lint', process.execPath, [path.join(modules, '@biomejs/biome/bin/biome'), 'lint', '--error-on-warnings', '.'])
  check('format', process.execPath, [path.join(modules, '@biomejs/biome/bin/biome'), 'format', '.'])
  check('generated data', process.execPath, ['scripts/generate.js', '--check'])
}
ensureBuild()
vitest(only)

const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''
console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`)
process.exit(totals.failed > 0 ? 1 : 0)
