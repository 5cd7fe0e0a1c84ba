import { mkdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { buildSync } from 'esbuild'

/** Bundles a TypeScript file of the tests so that plain Node runs it in a process of its own; gives the bundle's path. */
export function bundledScript(source: string): string {
  const folder = resolve('node_modules/.cache/test-scripts')
  mkdirSync(folder, { recursive: true })
  const outfile = join(folder, `${basename(source, '.ts')}-${process.pid}.mjs`)
  const common = { bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'error' } as const
  buildSync({ ...common, entryPoints: [source], outfile })
  return outfile
}
