// Runs TypeScript modules with plain Node: bundled to one file, packages left outside.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'
import { root } from './setup.js'

/**
 * Bundles a module and gives the path of the bundle, which is the caller's to delete. `source` is a path in the checkout, or
 * `{ contents, folder }`: the text of a module, and the folder it stands for.
 */
export function bundle(name, source) {
  const { contents, folder } = typeof source === 'string' ? {} : source
  const entry = contents === undefined ? path.join(root, source) : path.join(root, folder, 'entry.ts')
  const outfile = path.join(root, 'node_modules/.cache', name, `${path.basename(entry, '.ts')}-${process.pid}.mjs`)
  buildSync({
    ...(contents === undefined
      ? { entryPoints: [entry] }
      : { stdin: { contents, resolveDir: path.dirname(entry), sourcefile: `${name}-entry.ts`, loader: 'ts' } }),
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
    define: { 'import.meta.dirname': JSON.stringify(path.dirname(entry)) },
  })
  return outfile
}

/** Imports the bundle of a module into this process. */
export async function importBundled(name, source) {
  const outfile = bundle(name, source)
  try {
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(outfile, { force: true })
  }
}

/** Bundles a module that exports `main(args)`, runs it in a Node process of its own, and gives the exit code. */
export function runBundled(name, source, args) {
  const contents = `import { main } from './${path.basename(source)}'
process.exitCode = await main(process.argv.slice(2))
`
  const outfile = bundle(name, { contents, folder: path.dirname(source) })
  const flags = ['--enable-source-maps', '--stack-size=4000', '--max-old-space-size=4096']
  const result = spawnSync(process.execPath, [...flags, outfile, ...args], { stdio: 'inherit', cwd: process.cwd() })
  rmSync(outfile, { force: true })
  return result.status ?? 1
}
