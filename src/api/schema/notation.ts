import type { Json } from '../object.ts'
import {
  type FieldNode,
  type MapNode,
  type PatchHints,
  type ScalarKind,
  type SchemaNode,
  type StructNode,
  RAW,
} from './model.ts'

/** One package of the data folder: type name → its fields in our notation. */
export interface SchemaPackage {
  readonly package: string
  readonly enums: Readonly<Record<string, string>>
  readonly types: Readonly<Record<string, string>>
}

/** Finds a type by its full name. */
export type TypeLookup = (fullName: string) => SchemaNode

const SCALARS: Readonly<Record<string, ScalarKind>> = {
  s: 'string',
  b: 'boolean',
  i: 'int32',
  l: 'int64',
  d: 'double',
  y: 'bytes',
  t: 'time',
  u: 'microTime',
  D: 'duration',
  q: 'quantity',
  x: 'intOrString',
}

/**
 * Reads a type in the notation of the data folder: fields apart by `; `, each `name type marks…`.
 *
 * Types: `s` text, `b` boolean, `i` int32, `l` int64, `d` double, `y` bytes, `t` time, `u` time with microseconds,
 * `D` duration, `q` quantity, `x` int or text, `a` any JSON, `F` managed fields, `#Type` a struct of the package,
 * `#full.name.Type` one of another, `[]T` a list, `{}T` a map; `s:Name` has Go's named type, `a:Name` one of its own.
 *
 * Marks: `*` pointer, `~` always printed, `z` left out when empty, `!` required, `k=a,b` list kind map with these keys,
 * `set`, `atomic`, `granular`, `m=key` strategic merge by key, `m` as a set, `retainKeys`, `replace`, `=json` default.
 * A leading `@atomic` marks the whole struct.
 */
export function parseType(pkg: SchemaPackage, name: string, text: string, lookup: TypeLookup): StructNode {
  const parts = text === '' ? [] : text.split('; ')
  const atomic = parts.includes('@atomic')
  let fields: ReadonlyMap<string, FieldNode> | undefined
  return {
    kind: 'struct',
    name: `${pkg.package}.${name}`,
    atomic,
    get fields() {
      fields ??= parseFields(pkg, parts, lookup)
      return fields
    },
  }
}

function parseFields(pkg: SchemaPackage, parts: readonly string[], lookup: TypeLookup): Map<string, FieldNode> {
  const fields = new Map<string, FieldNode>()
  for (const part of parts) {
    if (part.startsWith('@')) continue
    const [name = '', type = '', ...marks] = part.split(' ')
    fields.set(name, parseField(pkg, name, type, marks, lookup))
  }
  return fields
}

function parseField(
  pkg: SchemaPackage,
  name: string,
  type: string,
  marks: readonly string[],
  lookup: TypeLookup,
): FieldNode {
  const byPrefix = (prefix: string): string | undefined =>
    marks.find((mark) => mark.startsWith(prefix))?.slice(prefix.length)
  const defaultText = byPrefix('=')
  const patch = patchHints(marks, type)
  return {
    name,
    node: parseNode(pkg, type, marks, patch, lookup),
    required: marks.includes('!'),
    pointer: marks.includes('*'),
    always: marks.includes('~'),
    omitZero: marks.includes('z'),
    ...(defaultText !== undefined && { default: JSON.parse(defaultText) as Json }),
    ...(patch && { patch }),
  }
}

function patchHints(marks: readonly string[], type: string): PatchHints | undefined {
  const mergeKey = marks.find((mark) => mark.startsWith('m='))?.slice(2)
  const merge = mergeKey !== undefined || marks.includes('m')
  const retainKeys = marks.includes('retainKeys')
  const listType = statedListType(marks, type)
  const replace = marks.includes('replace')
  if (!merge && !retainKeys && !listType && !replace) return undefined
  return {
    merge,
    retainKeys,
    ...(replace && { replace }),
    ...(mergeKey !== undefined && { mergeKey }),
    ...(listType && { listType }),
  }
}

function statedListType(marks: readonly string[], type: string): 'atomic' | 'set' | 'map' | undefined {
  if (!type.startsWith('[]')) return undefined
  if (marks.some((mark) => mark.startsWith('k='))) return 'map'
  if (marks.includes('set')) return 'set'
  return marks.includes('atomic') ? 'atomic' : undefined
}

function parseNode(
  pkg: SchemaPackage,
  type: string,
  marks: readonly string[],
  patch: PatchHints | undefined,
  lookup: TypeLookup,
): SchemaNode {
  if (type.startsWith('[]')) {
    const item = parseNode(pkg, type.slice(2), [], undefined, lookup)
    const keys = marks
      .find((mark) => mark.startsWith('k='))
      ?.slice(2)
      .split(',')
    if (keys) return { kind: 'list', item, listType: 'map', keys }
    // As kube-openapi's conversion: a list without a list type takes its kind from the patch strategy.
    if (!patch?.listType && patch?.merge) {
      if (patch.mergeKey === undefined) return { kind: 'list', item, listType: 'set', keys: [] }
      return { kind: 'list', item, listType: 'map', keys: [patch.mergeKey] }
    }
    return { kind: 'list', item, listType: patch?.listType ?? 'atomic', keys: [] }
  }
  if (type.startsWith('{}')) {
    const value = parseNode(pkg, type.slice(2), [], undefined, lookup)
    return { kind: 'map', value, atomic: marks.includes('atomic') } satisfies MapNode
  }
  if (type.startsWith('#')) {
    const name = type.slice(1)
    const struct = lookup(name.includes('.') ? name : `${pkg.package}.${name}`)
    if (struct.kind !== 'struct') return struct
    const atomic = marks.includes('atomic') || (struct.atomic && !marks.includes('granular'))
    if (atomic === struct.atomic) return struct
    return {
      kind: 'struct',
      name: struct.name,
      atomic,
      get fields() {
        return struct.fields
      },
    }
  }
  return parseScalar(pkg, type)
}

function parseScalar(pkg: SchemaPackage, type: string): SchemaNode {
  const [letter = '', named] = type.split(':')
  const scalar = SCALARS[letter]
  if (letter === 'F') return { kind: 'dynamic', object: true }
  if (scalar === undefined) return named === undefined ? RAW : { kind: 'dynamic', name: `${pkg.package}.${named}` }
  if (named === undefined) return { kind: 'scalar', scalar }
  const values = pkg.enums[named]
  const short = named.slice(named.lastIndexOf('.') + 1)
  const owner = named.includes('.') ? named.slice(0, named.lastIndexOf('.')) : pkg.package
  const goPackage = named === 'UID' || named === 'NodeName' ? 'types' : owner.slice(owner.lastIndexOf('.') + 1)
  return {
    kind: 'scalar',
    scalar,
    goName: `${goPackage}.${short}`,
    ...(values !== undefined && { enum: values.split('|') }),
  }
}
