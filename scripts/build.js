// Builds dist/: the command line (dist/cli) and the engine (dist/cluster) as scripts that bin/chartctl.js loads, the library
// (dist/index.js), packages that are loaded on first use (dist/vendor), types (dist/types; not with `--no-types`) and what V8
// compiles of the scripts in typical runs (dist/code).
//
// Start-up time decides the shape: commands are bundled in a few groups, since each further file costs a fraction of a
// millisecond and each further 100 kB more; heavy packages and Node modules hide behind stand-ins that load them when something
// in them is touched.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { build } from 'esbuild'
import {
  engineApart,
  grouped,
  late,
  lateFunction,
  latePackages,
  missingExports,
  ownLateModules,
} from './lib/bundle-plugins.js'
import { compressedDescriptions } from './lib/descriptions.js'
import { recordCode } from './lib/record.js'
import { root } from './lib/setup.js'
import { chunksToScripts, toScript } from './lib/to-scripts.js'

const at = (...parts) => join(root, ...parts)

/** Where files are built before they replace those of the last build. */
const staging = join('dist', `.building-${process.pid}`)

/** Options that every bundle shares. lmdb has a native part and stays a package. */
const shared = {
  absWorkingDir: root,
  outdir: staging,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: ['lmdb'],
  legalComments: 'none',
  logLevel: 'warning',
  minifySyntax: true,
  minifyWhitespace: true,
  loader: { '.hbs': 'text', '.tpl': 'text' },
}

/** In scripts, `import.meta.url` is needed to require packages only. */
const scriptDefines = { 'import.meta.url': '__filename' }

const scriptBanner = {
  __vendor: "const __vendor=(name)=>__load('vendor/'+name);",
  __late: lateFunction,
  __import: 'const __import=async(name)=>__load(name);',
}

/** The command line: one script per group of commands, and for what groups share. */
async function buildProgram() {
  const result = await build({
    ...shared,
    entryPoints: [{ in: 'src/cli/main.ts', out: 'cli/main' }],
    metafile: true,
    format: 'esm',
    define: scriptDefines,
    splitting: true,
    chunkNames: 'cli/[name]-[hash]',
    plugins: [late, engineApart('../cluster/index.js'), grouped, ownLateModules],
    write: false,
  })
  const missing = missingExports(result)
  if (missing.length > 0) throw new Error(`a late import would not find: ${missing.join(', ')}`)
  const files = result.outputFiles.map(({ path, text }) => [relative(at(staging), path).replaceAll('\\', '/'), text])
  for (const [name, script] of chunksToScripts(files, 'cli/main', scriptBanner)) write(`${name}.cjs`, script)
}

/** The engine: loaded by `cluster serve`, and by the library as a CommonJS module. */
async function buildEngine() {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: [{ in: 'src/cluster/index.ts', out: 'cluster/index' }],
    format: 'cjs',
    define: scriptDefines,
    plugins: [late],
    write: false,
  })
  const banner = `const __vendor=(name)=>__load?__load('vendor/'+name):require('../vendor/'+name+'.cjs');${lateFunction}`
  write('cluster/index.cjs', toScript(banner + outputFiles[0].text, { isModule: true }))
  write('cluster/descriptions.json.br', compressedDescriptions())
}

async function buildVendor() {
  const entryPoints = latePackages.map((name) => ({ in: name, out: `vendor/${name}` }))
  const { outputFiles } = await build({ ...shared, entryPoints, format: 'cjs', write: false })
  for (const { path, text } of outputFiles) {
    write(relative(at(staging), path).replace(/\.js$/, '.cjs'), toScript(text, { isModule: true }))
  }
}

/** The library: an ES module. CommonJS packages inside it call require(). */
async function buildLibrary() {
  const banner = [
    'let __require;',
    "const require = (id) => (__require ??= process.getBuiltinModule('node:module').createRequire(import.meta.url))(id);",
    "const __vendor = (name) => require('./vendor/' + name + '.cjs');",
    lateFunction,
  ]
  await build({
    ...shared,
    entryPoints: [{ in: 'src/index.ts', out: 'index' }],
    format: 'esm',
    banner: { js: banner.join('') },
    plugins: [late, engineApart('./cluster/index.cjs')],
  })
}

function write(name, text) {
  const file = at(staging, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

rmSync(at(staging), { recursive: true, force: true })
await Promise.all([buildProgram(), buildEngine(), buildVendor(), buildLibrary()])

// Everything is there: put it in place part by part, so that programs that run meanwhile are disturbed as little as can be.
mkdirSync(at('dist'), { recursive: true })
for (const part of readdirSync(at(staging))) {
  rmSync(at('dist', part), { recursive: true, force: true })
  renameSync(at(staging, part), at('dist', part))
}
rmSync(at(staging), { recursive: true, force: true })
rmSync(at('dist', 'code'), { recursive: true, force: true })
recordCode()

if (!process.argv.includes('--no-types') && existsSync(at('src/index.ts'))) {
  const tsc = at('node_modules', 'typescript', 'bin', 'tsc')
  const result = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' })
  process.exitCode = result.status ?? 1
}
