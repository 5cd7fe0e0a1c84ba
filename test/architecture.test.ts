import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const source = path.join(root, 'src')

interface SourceFile {
  /** Path below src/, with forward slashes. */
  readonly name: string
  readonly text: string
  /** Static and dynamic imports of files below src/, as paths below src/. */
  readonly imports: readonly { readonly target: string; readonly dynamic: boolean }[]
  /** Names of npm packages and Node modules. */
  readonly packages: readonly string[]
}

/** Top-level folders that a folder may import; itself is always allowed. As ARCHITECTURE.md lists them. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  base: [],
  go: ['base'],
  version: ['base', 'go'],
  net: ['base', 'go'],
  encoding: ['base', 'go'],
  api: ['base', 'go', 'encoding'],
  template: ['base', 'go'],
  funcs: ['base', 'go', 'template', 'encoding', 'version'],
  chart: ['base', 'go', 'encoding', 'version'],
  manifest: ['base', 'go', 'api', 'encoding'],
  kube: ['base', 'go', 'api', 'encoding', 'net'],
  repo: ['base', 'go', 'chart', 'net', 'version', 'encoding'],
  render: ['base', 'go', 'template', 'funcs', 'chart', 'manifest', 'encoding', 'version'],
  lint: ['base', 'go', 'render', 'chart', 'manifest', 'version', 'encoding'],
  release: ['base', 'go', 'render', 'chart', 'manifest', 'kube', 'api', 'encoding', 'version'],
  'cluster/store': ['base'],
  'cluster/apiserver': ['base', 'go', 'cluster/store', 'api', 'net', 'encoding'],
  'cluster/control': ['base', 'go', 'kube', 'api'],
  'cluster/controllers': ['base', 'go', 'cluster/control', 'kube', 'api'],
  'cluster/scheduler': ['base', 'go', 'cluster/control', 'kube', 'api'],
  'cluster/node': ['base', 'go', 'cluster/control', 'kube', 'api', 'template', 'funcs', 'encoding'],
  'cluster/network': ['base', 'go', 'cluster/control', 'kube', 'api', 'net'],
  web: ['base', 'go', 'release', 'kube', 'chart', 'repo', 'api'],
}

/** Folders that may import everything (the composition roots). */
const roots = new Set(['cli', 'index.ts', 'cluster'])

/** The one folder that may import a package; `tar` has two, since plugins are unpacked by other rules than charts. */
const doors: Readonly<Record<string, string | readonly string[]>> = {
  axios: 'net/',
  handlebars: 'cli/docs/',
  yaml: ['encoding/', 'render/'],
  tar: ['chart/archive/', 'cli/plugins/'],
  ajv: 'chart/schema/',
  'ajv-draft-04': 'chart/schema/',
  picocolors: 'cli/',
  lmdb: 'cluster/store/backends/',
  re2js: 'go/regexp/',
  croner: 'cluster/controllers/',
  bcryptjs: 'funcs/crypto/',
  ws: 'cluster/apiserver/',
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name)
    return entry.isDirectory() ? listFiles(full) : entry.name.endsWith('.ts') ? [full] : []
  })
}

function readSource(full: string): SourceFile {
  const text = readFileSync(full, 'utf8')
  const imports: { target: string; dynamic: boolean }[] = []
  const packages: string[] = []
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*'([^']+)'|(?:^|\n)import\s*'([^']+)'|import\(\s*'([^']+)'/g
  for (const match of text.matchAll(pattern)) {
    const target = match[1] ?? match[2] ?? match[3] ?? ''
    if (target.startsWith('.')) {
      const resolved = path
        .relative(source, path.resolve(path.dirname(full), target))
        .split(path.sep)
        .join('/')
      imports.push({ target: resolved, dynamic: match[3] !== undefined })
    } else if (!target.startsWith('node:')) {
      packages.push(target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : (target.split('/')[0] ?? ''))
    }
  }
  return { name: path.relative(source, full).split(path.sep).join('/'), text, imports, packages }
}

/** The unit of the import rules that a file belongs to. */
function unitOf(name: string): string {
  const [first = '', second = ''] = name.split('/')
  if (first === 'cluster' && second !== '' && !second.endsWith('.ts')) return `cluster/${second}`
  return first
}

const files = listFiles(source).map(readSource)

/** Import cycles between files, by depth-first search over static imports. */
function findCycles(): string[] {
  const graph = new Map(files.map((f) => [f.name, f.imports.filter((i) => !i.dynamic).map((i) => i.target)]))
  const state = new Map<string, 'open' | 'done'>()
  const cycles: string[] = []
  const visit = (name: string, trail: readonly string[]): void => {
    if (state.get(name) === 'done') return
    if (state.get(name) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(name)), name].join(' → '))
      return
    }
    state.set(name, 'open')
    for (const next of graph.get(name) ?? []) visit(next, [...trail, name])
    state.set(name, 'done')
  }
  for (const file of files) visit(file.name, [])
  return cycles
}

/** Exported declarations without a doc comment above them. */
function undocumented(file: SourceFile): string[] {
  const lines = file.text.split('\n')
  return lines.flatMap((line, index) => {
    const match = /^export (?:async )?(?:abstract )?(?:function\*?|class|const|interface|type|let)\s+(\w+)/.exec(line)
    if (match === null) return []
    const above = lines.slice(0, index).findLast((l) => l.trim() !== '' && !l.startsWith('// biome-ignore')) ?? ''
    const overload = new RegExp(`^export (?:async )?function ${match[1]}\\b`).test(above)
    // One comment may stand above a table of one-line constants.
    const table = /^export const /.test(line) && /^export const .*[^{[(]$/.test(above)
    return above.trim().endsWith('*/') || overload || table ? [] : [`${file.name}:${index + 1} ${match[1]}`]
  })
}

describe('architecture', () => {
  test('folders import only what the design lets them', () => {
    const wrong = files.flatMap((file) => {
      const unit = unitOf(file.name)
      if (roots.has(unit)) return []
      const may = allowed[unit]
      if (may === undefined) return [`${file.name}: folder ${unit} has no rule`]
      return file.imports
        .filter(({ target }) => unitOf(target) !== unit && !may.includes(unitOf(target)))
        .map(({ target }) => `${file.name} imports ${target}`)
    })
    expect(wrong).toEqual([])
  })

  test('the command line reaches the engine and the dashboard by dynamic import only', () => {
    const wrong = files
      .filter((file) => unitOf(file.name) === 'cli')
      .flatMap((file) =>
        file.imports
          .filter((i) => !i.dynamic && /^(cluster|web)\//.test(i.target))
          .filter(
            (i) =>
              !new RegExp(`import type [^\\n]*'[^']*${path.basename(i.target).replace('.', '\\.')}'`).test(file.text),
          )
          .map((i) => `${file.name} imports ${i.target}`),
      )
    expect(wrong).toEqual([])
  })

  test('every package has one door', () => {
    const wrong = files.flatMap((file) =>
      file.packages.flatMap((name) => {
        const door = doors[name]
        return door !== undefined && ![door].flat().some((folder) => file.name.startsWith(folder))
          ? [`${file.name} imports ${name}`]
          : []
      }),
    )
    expect(wrong).toEqual([])
  })

  test('no file imports itself through others', () => {
    expect(findCycles()).toEqual([])
  })

  test('only the command line prints, reads the environment or ends the process', () => {
    const wrong = files.flatMap((file) => {
      if (file.name.startsWith('cli/')) return []
      const code = file.text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g, '')
      return [...code.matchAll(/\bconsole\.|\bprocess\.(env|exit|stdout|stderr)\b/g)].map(
        (m) => `${file.name}: ${m[0]}`,
      )
    })
    expect(wrong).toEqual([])
  })

  test('time and chance come from base/', () => {
    const wrong = files.flatMap((file) => {
      if (file.name.startsWith('base/') || file.name.startsWith('cli/')) return []
      const code = file.text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g, '')
      return [...code.matchAll(/\bDate\.now\(|\bMath\.random\(/g)].map((m) => `${file.name}: ${m[0]}`)
    })
    expect(wrong).toEqual([])
  })

  test('every exported thing says what it is', () => {
    expect(files.flatMap(undocumented)).toEqual([])
  })

  test('no leftover markers', () => {
    const wrong = files.filter((file) => /\b(TODO|FIXME|XXX|HACK)\b/.test(file.text)).map((file) => file.name)
    expect(wrong).toEqual([])
  })
})
