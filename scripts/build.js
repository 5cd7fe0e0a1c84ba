// Builds dist/: the command line (dist/cli/main.js), the cluster engine (dist/cluster/index.js), the library (dist/index.js),
// packages that are loaded on first use (dist/vendor) and types (dist/types). `--no-types` skips the types.
//
// Start-up time decides the shape: commands are bundled in a few groups, since each further module costs about a millisecond
// and each further 100 kB another; heavy packages and Node modules hide behind stand-ins that load them when something in them
// is touched.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const at = (...parts) => join(root, ...parts)

/** Where files are built before they replace those of the last build. */
const staging = join('dist', `.building-${process.pid}`)

/** Packages that many commands import and few use: all but those that start-up needs, and lmdb, which stays a package. */
const { dependencies } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
const latePackages = Object.keys(dependencies).filter((name) => !['lmdb', 'picocolors'].includes(name))

/** Node modules whose loading shows in the start-up time. */
const lateModules = [
  'child_process',
  'crypto',
  'dns',
  'fs/promises',
  'http',
  'https',
  'module',
  'net',
  'os',
  'stream',
  'timers/promises',
  'tls',
  'tty',
  'url',
  'util',
  'v8',
  'worker_threads',
  'zlib',
]

/** Options that every bundle shares. lmdb has a native part and stays a package. */
const shared = {
  absWorkingDir: root,
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

/** Node modules that are always needed. Importing them as ES modules would touch all their exports, streams included. */
const plainModules = ['events', 'fs', 'path', 'path/posix', 'process']

/** CommonJS packages inside an ES module call require(); stand-ins call __late(). `up` leads from the file to dist/. */
const banner = (up) => ({
  js: [
    'let __require;',
    "const require = (id) => (__require ??= process.getBuiltinModule('node:module').createRequire(import.meta.url))(id);",
    `const __vendor = (name) => require('${up}vendor/' + name + '.cjs');`,
    "const __late = (load, isFunction) => new Proxy(isFunction ? function () {} : {}, { get: (_t, k) => { const m = load(); const v = m[k]; return typeof v === 'function' && !isFunction ? v.bind(m) : v }, apply: (_t, self, args) => Reflect.apply(load(), self, args), construct: (_t, args, self) => Reflect.construct(load(), args, self), has: (_t, k) => k in load() });",
  ].join(''),
})

/** Replaces imports of late packages and modules in our own sources by stand-ins. */
const late = {
  name: 'late',
  setup(b) {
    const modules = [...lateModules, ...plainModules]
    const names = [...latePackages, ...modules, ...modules.map((name) => `node:${name}`)]
    const filter = new RegExp(`^(${names.map((name) => name.replace(/[/.]/g, '\\$&')).join('|')})$`)
    b.onResolve({ filter }, ({ path, importer, kind }) => {
      const isOurs = importer.startsWith(at('src') + sep)
      return isOurs && kind !== 'require-call' ? { path, namespace: 'late' } : undefined
    })
    b.onLoad({ filter: /.*/, namespace: 'late' }, async ({ path }) => ({ contents: await standIn(path), loader: 'js' }))
  },
}

async function standIn(path) {
  const isPlain = plainModules.includes(path.replace('node:', ''))
  const load = isBuiltin(path)
    ? `process.getBuiltinModule(${JSON.stringify(path)})`
    : `__vendor(${JSON.stringify(path)})`
  const module = await import(path)
  const lines = [`let loaded; const load = () => loaded ??= ${load}`]
  for (const [name, value] of Object.entries(module)) {
    if (name === 'module.exports') continue
    const of = name === 'default' ? 'load().default ?? load()' : `load().${name}`
    const exported = name === 'default' ? 'export default' : `export const ${name} =`
    const isLate = !isPlain && (typeof value === 'function' || (typeof value === 'object' && value !== null))
    const made = isLate ? `__late(() => ${of}, ${typeof value === 'function'})` : `(() => ${of})()`
    lines.push(`${exported} /* @__PURE__ */ ${made}`)
  }
  return lines.join('\n')
}

/** The engine is a file of its own, and never part of the others. */
const engineApart = (path) => ({
  name: 'engine-apart',
  setup(b) {
    b.onResolve({ filter: /\/cluster\/index\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  },
})

/** Modules that are imported late, by what else they need; the first group that fits counts. */
const groups = [
  ['render', /\/(commands\/chart\/(template|lint)|go-template)\.ts$/],
  ['self', /\/(commands\/self\/|help\.ts$)/],
  ['cluster', /\/(commands\/cluster|bundled)\//],
  ['releases', /\/(commands\/(release|get)\/|commands\/chart\/template-server)/],
  ['charts', /./],
]

/** Gathers our own late imports in a few groups, each a file. */
const grouped = {
  name: 'grouped',
  setup(b) {
    const members = new Map()
    for (const file of readdirSync(at('src'), { recursive: true, withFileTypes: true })) {
      const folder = file.parentPath ?? file.path
      if (!file.name.endsWith('.ts') || /\bsrc\/(cluster|web)\b/.test(folder.split(sep).join('/'))) continue
      for (const [, path] of readFileSync(join(folder, file.name), 'utf8').matchAll(/\bimport\('(\.[^']+\.ts)'\)/g)) {
        const target = join(folder, path)
        const name = target.split(sep).join('/')
        if (name.endsWith('/cluster/index.ts')) continue
        const [group] = groups.find(([, pattern]) => pattern.test(name))
        members.set(group, (members.get(group) ?? new Set()).add(target))
      }
    }
    b.onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, kind }) => {
      if (kind !== 'dynamic-import') return undefined
      const file = join(resolveDir, path)
      const group = [...members].find(([, files]) => files.has(file))?.[0]
      return group === undefined ? undefined : { path: group, namespace: 'group' }
    })
    b.onLoad({ filter: /.*/, namespace: 'group' }, ({ path }) => ({
      contents: [...members.get(path)].map((file) => `export * from ${JSON.stringify(file)}`).join('\n'),
      resolveDir: root,
    }))
  },
}

async function bundle(entry, out, plugins, extra = {}) {
  const up = out.includes('/') ? '../' : './'
  const options = {
    entryPoints: [{ in: entry, out }],
    outdir: staging,
    format: 'esm',
    banner: banner(up),
    plugins,
    ...extra,
  }
  await build({ ...shared, ...options })
}

async function bundleVendor() {
  const entryPoints = latePackages.map((name) => ({ in: name, out: `vendor/${name}` }))
  await build({ ...shared, entryPoints, outdir: staging, format: 'cjs', outExtension: { '.js': '.cjs' } })
}

rmSync(at(staging), { recursive: true, force: true })
await Promise.all([
  bundleVendor(),
  bundle('src/cli/main.ts', 'cli/main', [late, engineApart('../cluster/index.js'), grouped], {
    splitting: true,
    chunkNames: 'cli/[name]-[hash]',
  }),
  bundle('src/cluster/index.ts', 'cluster/index', [late]),
  bundle('src/index.ts', 'index', [late, engineApart('./cluster/index.js')]),
])

// Everything is there: put it in place part by part, so that programs that run meanwhile are disturbed as little as can be.
mkdirSync(at('dist'), { recursive: true })
for (const part of readdirSync(at(staging))) {
  rmSync(at('dist', part), { recursive: true, force: true })
  renameSync(at(staging, part), at('dist', part))
}
rmSync(at(staging), { recursive: true, force: true })

if (!process.argv.includes('--no-types') && existsSync(at('src/index.ts'))) {
  const tsc = at('node_modules', 'typescript', 'bin', 'tsc')
  const result = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' })
  process.exitCode = result.status ?? 1
}
