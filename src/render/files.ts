import { type ChartFile, nilData } from '../chart/index.ts'
import { emitYaml } from '../encoding/index.ts'
import { fromBytes, type GoCallable, type GoValue, NamedMap, TypedMap, typedSlice } from '../go/index.ts'
import { renderError } from './errors.ts'
import { compileGlob } from './glob.ts'

/** `.Files` as templates see it: name → bytes, with Helm's methods. Chart files only, not templates. */
export function filesObject(files: readonly ChartFile[]): NamedMap {
  return filesMap(files.map((file) => [file.name, file.data] as const))
}

function filesMap(entries: Iterable<readonly [GoValue, GoValue]>): NamedMap {
  return new NamedMap({ typeName: 'engine.files', elementType: '[]uint8', entries, methods: filesMethods })
}

function filesMethods(files: NamedMap): ReadonlyMap<string, GoCallable> {
  const text = (params: readonly string[], call: GoCallable['call']): GoCallable => ({ params, result: 'string', call })
  return new Map<string, GoCallable>([
    ['Get', text(['string'], (name) => fromBytes(bytesOf(files, name)))],
    ['GetBytes', { params: ['string'], result: '[]uint8', call: (name) => bytesOf(files, name) }],
    ['Glob', { params: ['string'], result: 'engine.files', call: (pattern) => glob(files, String(pattern)) }],
    ['AsConfig', text([], () => flatten(files, (data) => fromBytes(data)))],
    ['AsSecrets', text([], () => flatten(files, (data) => Buffer.from(data).toString('base64')))],
    ['Lines', { params: ['string'], result: '[]string', call: (name) => lines(files, name) }],
  ])
}

function bytesOf(files: NamedMap, name: GoValue): Uint8Array {
  const data = files.get(name)
  return data instanceof Uint8Array ? data : new Uint8Array()
}

function glob(files: NamedMap, pattern: string): NamedMap {
  const compiled = compileGlob(pattern)
  const entries = [...files].filter(([name]) => compiled === undefined || compiled.test(String(name)))
  return filesMap(entries)
}

/** File base names → content as YAML, without the last line break. Of equal base names one wins. */
function flatten(files: NamedMap, encode: (data: Uint8Array) => string): string {
  const flat = new TypedMap('string', 'string')
  for (const [name, data] of files) {
    const path = String(name)
    flat.set(path.slice(path.lastIndexOf('/') + 1), data instanceof Uint8Array ? encode(data) : '')
  }
  return emitYaml(flat).replace(/\n$/, '')
}

function lines(files: NamedMap, name: GoValue): GoValue {
  const data = files.get(name)
  if (!(data instanceof Uint8Array) || data === nilData) return typedSlice('string', [])
  // Go looks at the last byte without asking whether there is one.
  if (data.length === 0) throw renderError('RENDER_EXEC', 'runtime error: index out of range [-1]')
  return typedSlice('string', fromBytes(data).replace(/\n$/, '').split('\n'))
}
