// Plugins for esbuild that decide what is loaded when.
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, resolve, sep } from 'node:path'
import { root } from './setup.js'

const source = join(root, 'src')

/** Packages that many commands import and few use: all but those that start-up needs, and lmdb, which stays a package. */
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
export const latePackages = Object.keys(dependencies).filter((name) => !['lmdb', 'picocolors'].includes(name))

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

/** Node modules that are always needed. Importing them as ES modules would touch all their exports, streams included. */
const plainModules = ['events', 'fs', 'path', 'path/posix', 'process']

/** Defines what the stand-ins of late packages and modules call; `__vendor` loads a package of dist/vendor. */
export const lateFunction =
  "const __late = (load, isFunction) => new Proxy(isFunction ? function () {} : {}, { get: (_t, k) => { const m = load(); const v = m[k]; return typeof v === 'function' && !isFunction ? v.bind(m) : v }, apply: (_t, self, args) => Reflect.apply(load(), self, args), construct: (_t, args, self) => Reflect.construct(load(), args, self), has: (_t, k) => k in load() });"

/** Replaces imports of late packages and modules in our own sources by stand-ins. */
export const late = {
  name: 'late',
  setup(b) {
    const modules = [...lateModules, ...plainModules]
    const names = [...latePackages, ...modules, ...modules.map((name) => `node:${name}`)]
    const filter = new RegExp(`^(${names.map((name) => name.replace(/[/.]/g, '\\$&')).join('|')})$`)
    b.onResolve({ filter }, ({ path, importer, kind }) => {
      const isOurs = importer.startsWith(source + sep)
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
export const engineApart = (path) => ({
  name: 'engine-apart',
  setup(b) {
    b.onResolve({ filter: /\/cluster\/index\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  },
})

/**
 * Our own modules that many import and few call, by groups that are loaded at the first call of a function of theirs. Only
 * functions of them may be imported by others.
 */
const ownLate = {
  schema: ['chart/schema/thorough.ts'],
  sql: ['release/storage/sql/sql-driver.ts'],
  yaml: ['encoding/yaml/thorough.ts'],
  toml: ['encoding/toml/emit.ts', 'encoding/toml/parse.ts'],
  keys: ['funcs/crypto/private-key.ts', 'funcs/crypto/rsa-check.ts', 'funcs/sprig/go-url.ts'],
  writing: [
    'chart/archive/write.ts',
    'chart/create/scaffold.ts',
    'chart/create/starter.ts',
    'chart/package/expand.ts',
    'chart/package/package.ts',
  ],
  repositories: [
    'net/http.ts',
    'repo/dependencies/manager.ts',
    'repo/dependencies/status.ts',
    'repo/download.ts',
    'repo/http/chart-repository.ts',
    'repo/http/index-build.ts',
    'repo/http/update.ts',
    'repo/oci/client.ts',
    'repo/provenance/sign.ts',
    'repo/provenance/verify.ts',
  ],
}

/** Replaces the functions of our own late modules by ones that load them: `__now` is a synchronous import. */
export const ownLateModules = {
  name: 'own-late',
  setup(b) {
    const groupOf = new Map()
    for (const [group, files] of Object.entries(ownLate)) {
      for (const [index, file] of files.entries()) groupOf.set(join(source, file), { group, index })
    }
    b.onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, importer, kind, namespace }) => {
      const file = resolve(resolveDir, path)
      if (kind !== 'import-statement' || namespace === 'late-group' || !groupOf.has(file)) return undefined
      return groupOf.get(importer)?.group === groupOf.get(file).group
        ? undefined
        : { path: file, namespace: 'own-late' }
    })
    b.onResolve({ filter: /^late-group:/ }, ({ path }) => ({
      path: path.slice('late-group:'.length),
      namespace: 'late-group',
    }))
    b.onLoad({ filter: /.*/, namespace: 'own-late' }, ({ path }) => {
      const { group, index } = groupOf.get(path)
      const functions = readFileSync(path, 'utf8').matchAll(/^export (?:async )?function (\w+)/gm)
      const lines = Array.from(
        functions,
        ([, name]) => `export function ${name}(...args) { return load().${name}(...args) }`,
      )
      const load = `let loaded; const load = () => loaded ??= __now(import("late-group:${group}")).m${index}`
      return { contents: [load, ...lines].join('\n') }
    })
    b.onLoad({ filter: /.*/, namespace: 'late-group' }, ({ path }) => ({
      contents: ownLate[path]
        .map((file, index) => `export * as m${index} from ${JSON.stringify(join(source, file))}`)
        .join('\n'),
      resolveDir: root,
    }))
  },
}

/** Modules that are imported late, by what else they need; the first group that fits counts. */
const groups = [
  ['render', /\/(commands\/chart\/template|go-template)\.ts$/],
  ['lint', /\/commands\/chart\/lint\.ts$/],
  ['complete', /\/commands\/self\/complete\.ts$/],
  ['self', /\/(commands\/self\/|help\.ts$)/],
  ['cluster', /\/(commands\/cluster|bundled)\//],
  ['releases', /\/(commands\/(release|get)\/|commands\/chart\/template-server)/],
  ['charts', /./],
]

/** A late import: names taken from it at once, its path, the one property read. */
const lateImport = /(?:\{([^{}]*)\} = )?(?:\(?await )?\bimport\('(\.[^']+\.ts)'\)(?:\)\.(\w+))?/g

/** Our own late imports by group: the files, and the names that are taken from them. */
function lateGroups() {
  const found = new Map()
  for (const file of readdirSync(source, { recursive: true, withFileTypes: true })) {
    const folder = file.parentPath ?? file.path
    if (!file.name.endsWith('.ts') || /\bsrc\/(cluster|web)\b/.test(folder.split(sep).join('/'))) continue
    for (const [, taken, path, property] of readFileSync(join(folder, file.name), 'utf8').matchAll(lateImport)) {
      const target = join(folder, path)
      const name = target.split(sep).join('/')
      if (name.endsWith('/cluster/index.ts')) continue
      const [group] = groups.find(([, pattern]) => pattern.test(name))
      const { files, names } = found.get(group) ?? { files: new Set(), names: new Set() }
      found.set(group, { files: files.add(target), names })
      for (const part of (taken ?? property ?? '').split(','))
        if (part.trim() !== '') names.add(part.split(':')[0].trim())
    }
  }
  return found
}

/**
 * Names that a late import takes and that its group does not export, given what esbuild made. Two members of a group that
 * export different things by one name export neither: `export *` and esbuild are silent about it, and only the command that
 * needs the name would notice.
 */
export function missingExports({ metafile, outputFiles }) {
  const missing = []
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    const { names } = lateGroups().get(entryPoint?.replace(/^group:/, '')) ?? { names: [] }
    const text = outputFiles.find((file) => file.path.endsWith(path)).text
    const exported = /export\{([^}]*)\};\s*$/.exec(text)?.[1].split(',') ?? []
    const found = new Set(exported.map((part) => part.split(' as ').at(-1)))
    for (const name of names) if (!found.has(name)) missing.push(`${entryPoint} ${name}`)
  }
  return missing
}

/** Gathers our own late imports in a few groups, each a file. */
export const grouped = {
  name: 'grouped',
  setup(b) {
    const members = new Map(Array.from(lateGroups(), ([group, { files }]) => [group, files]))
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
