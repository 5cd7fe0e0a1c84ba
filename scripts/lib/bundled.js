// Runs a TypeScript module that exports `main(args)`: bundled to one file, in a Node process of its own.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import { root } from './setup.js'

/** Bundles `source` (a path in the checkout), runs its `main` with these arguments, and gives the exit code. */
export async function runBundled(name, source, args) {
  const folder = path.join(root, 'node_modules', '.cache', name)
  const bundle = path.join(folder, `main-${process.pid}.mjs`)
  mkdirSync(folder, { recursive: true })
  await build({
    stdin: {
      contents: `import { main } from ${JSON.stringify(path.join(root, source))}
process.exitCode = await main(process.argv.slice(2))
`,
      resolveDir: root,
      sourcefile: `${name}-entry.ts`,
      loader: 'ts',
    },
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
    define: { 'import.meta.dirname': JSON.stringify(path.join(root, path.dirname(source))) },
  })
  const flags = ['--enable-source-maps', '--stack-size=4000', '--max-old-space-size=4096']
  const result = spawnSync(process.execPath, [...flags, bundle, ...args], { stdio: 'inherit', cwd: process.cwd() })
  rmSync(bundle, { force: true })
  return result.status ?? 1
}
