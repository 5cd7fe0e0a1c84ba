// Builds dist/: the command line (dist/cli, code split), the library (dist/index.js) and its types (dist/types).
// `--no-types` skips the types.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const at = (...parts) => join(root, ...parts)

// CommonJS packages inside an ES module call require() for Node's own modules.
const requireBanner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"

/** Options that every bundle shares. lmdb has a native part and stays a package. */
const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: ['lmdb', 'esbuild'],
  banner: { js: requireBanner },
  legalComments: 'linked',
  logLevel: 'warning',
  splitting: true,
  minifySyntax: true,
  minifyWhitespace: true,
  loader: { '.hbs': 'text', '.tpl': 'text' },
}

rmSync(at('dist', 'cli'), { recursive: true, force: true })
rmSync(at('dist', 'lib'), { recursive: true, force: true })
const entries = [{ in: 'src/cli/main.ts', out: 'cli/main' }]
if (existsSync(at('src/index.ts'))) entries.push({ in: 'src/index.ts', out: 'index' })
await build({ ...shared, entryPoints: entries, outdir: 'dist', chunkNames: 'cli/[name]-[hash]' })

if (!process.argv.includes('--no-types') && existsSync(at('src/index.ts'))) {
  const tsc = at('node_modules', 'typescript', 'bin', 'tsc')
  const result = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' })
  process.exitCode = result.status ?? 1
}
