// What every script needs on a fresh clone: installed packages and a current build. Node's own modules only.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Absolute path of the checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/** Runs a command with the terminal's streams; ends this process with its exit code when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (result.error) throw result.error
  if (result.status !== 0) process.exit(result.status ?? 1)
}

/** Installs the packages of package-lock.json unless they are there already. */
export function ensurePackages() {
  const marker = path.join(root, 'node_modules/.package-lock.json')
  const lock = path.join(root, 'package-lock.json')
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs - 1000) return
  if (existsSync(marker) && spawnSync('npm', ['ls', '--silent'], { cwd: root, stdio: 'ignore' }).status === 0) return
  console.log('Installing packages (npm ci)…')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
}

function newestMtime(folder) {
  let newest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name)
    newest = Math.max(newest, entry.isDirectory() ? newestMtime(full) : statSync(full).mtimeMs)
  }
  return newest
}

/** Builds dist/ unless it is newer than every source file. */
export function ensureBuild() {
  const built = path.join(root, 'dist/cli/main.cjs')
  const sources = Math.max(
    newestMtime(path.join(root, 'src')),
    statSync(path.join(root, 'package.json')).mtimeMs,
    statSync(path.join(root, 'scripts/build.js')).mtimeMs,
    newestMtime(path.join(root, 'scripts/lib')),
  )
  if (existsSync(built) && statSync(built).mtimeMs > sources) return
  console.log('Building…')
  run(process.execPath, [path.join(root, 'scripts/build.js')])
}

/** Packages and build, as every entry point wants them. */
export function setUp() {
  ensurePackages()
  ensureBuild()
}
