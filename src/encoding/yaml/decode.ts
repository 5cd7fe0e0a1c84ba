import { formatFloat } from '../../go/index.ts'
import { EncodingError, yamlDuplicateKeys, yamlValueError } from '../errors.ts'
import { fieldOf, type TypeSpec } from '../typed-decode.ts'
import { goSyntaxOfNode } from './go-syntax.ts'
import { childrenOf, NODE, type YamlNode } from './node.ts'
import { integerIn, type Resolved, resolvePlain, resolveTagged, shortTag } from './resolve.ts'

/** Where a key (in a map) or an item (in a list) stands; line and column count from 1. */
export interface YamlPosition {
  readonly line: number
  readonly column: number
}

/** Places of the members of each map and list of a value, by the map or list itself, then by key or index. */
export type YamlPositions = WeakMap<object, Map<string | number, YamlPosition>>

/** How a tree becomes a value. */
export interface DecodeOptions {
  /** Report duplicate keys. */
  readonly strict: boolean
  /** Plain objects for maps; otherwise `Map`s. */
  readonly plain: boolean
  readonly positions?: YamlPositions | undefined
  /** Integers stay bigint, so that they can be told from floats; otherwise every number is a double. */
  readonly integers?: boolean
  /** The Go type that the value is decoded into afterwards: where it wants text, infinities are no error. */
  readonly typed?: TypeSpec | undefined
}

type Container = Map<string, unknown> | Record<string, unknown>

/** Below `low` decode steps, 99 % of them may come from aliases; above `high` 10 %; in between the share shrinks linearly. */
const ALIAS_LOW = 400_000
const ALIAS_HIGH = 4_000_000

/**
 * Makes the value that sigs.k8s.io/yaml makes: as if written to JSON and read back, so that every number is a double and every key
 * a string. Errors are those of go-yaml v2 first, then those of the conversion to JSON.
 */
export function decodeNode(root: YamlNode, options: DecodeOptions): unknown {
  const decoder = new Decoder(options)
  let value: unknown
  try {
    value = decoder.start(root)
  } catch (error) {
    if (error instanceof RangeError) throw yamlValueError('exceeded max depth of 10000')
    throw error
  }
  decoder.finish(value)
  return value
}

class Decoder {
  readonly #options: DecodeOptions
  readonly #duplicates: string[] = []
  readonly #activeAliases = new Set<YamlNode>()
  /** Keys that JSON has no form for, by the map they are in; a map that is replaced takes its error with it. */
  readonly #conversionErrors = new Map<object, EncodingError>()
  #sawNonFinite = false
  #steps = 1
  #aliasSteps = 0
  #aliasDepth = 0

  constructor(options: DecodeOptions) {
    this.#options = options
  }

  start(root: YamlNode): unknown {
    return this.#decode(root)
  }

  /** Raises what go-yaml reports after the whole document was read. */
  finish(value: unknown): void {
    if (this.#duplicates.length > 0) throw yamlDuplicateKeys(this.#duplicates)
    const conversionError = this.#conversionErrors.size > 0 ? this.#conversionErrorIn(value) : undefined
    if (conversionError !== undefined) throw conversionError
    if (!this.#sawNonFinite) return
    const found = firstNonFinite(value, this.#options.typed)
    if (found === undefined) return
    const text = Number.isNaN(found) ? 'NaN' : found > 0 ? '+Inf' : '-Inf'
    throw new EncodingError('JSON_UNSUPPORTED', `json: unsupported value: ${text}`)
  }

  #conversionErrorIn(value: unknown): EncodingError | undefined {
    if (typeof value !== 'object' || value === null) return undefined
    const own = this.#conversionErrors.get(value)
    if (own !== undefined) return own
    for (const member of value instanceof Map ? value.values() : Object.values(value)) {
      const inner = this.#conversionErrorIn(member)
      if (inner !== undefined) return inner
    }
    return undefined
  }

  #count(): void {
    this.#steps++
    if (this.#aliasDepth === 0) return
    this.#aliasSteps++
    if (this.#aliasSteps <= 100 || this.#steps <= 1000) return
    if (this.#aliasSteps / this.#steps > allowedAliasShare(this.#steps)) {
      throw yamlValueError('document contains excessive aliasing')
    }
  }

  #decode(node: YamlNode): unknown {
    this.#count()
    switch (node.kind) {
      case NODE.scalar:
        return this.#scalar(node)
      case NODE.mapping: {
        const map: Container = this.#options.plain ? {} : new Map<string, unknown>()
        this.#fill(node, map, this.#options.strict ? new Set() : undefined)
        return map
      }
      case NODE.sequence: {
        const list: unknown[] = []
        for (let child = node.first; child !== undefined; child = child.next) list.push(this.#decode(child))
        if (this.#options.positions !== undefined) this.#noteItems(list, childrenOf(node))
        return list
      }
      default:
        return this.#alias(node, (target) => this.#decode(target))
    }
  }

  #alias<T>(node: YamlNode, use: (target: YamlNode) => T): T {
    if (this.#activeAliases.has(node)) throw yamlValueError(`anchor '${node.value}' value contains itself`)
    this.#activeAliases.add(node)
    this.#aliasDepth++
    const result = use(node.target as YamlNode)
    this.#aliasDepth--
    this.#activeAliases.delete(node)
    return result
  }

  #scalar(node: YamlNode): unknown {
    if (node.tag === '') {
      if (!node.implicit) return node.value
      const resolved = resolvePlain(node.value, 2, false)
      return resolved === undefined ? node.value : this.#scalarValue(resolved)
    }
    return this.#scalarValue(resolveTagged(node.tag, node.value, 2))
  }

  #scalarValue(resolved: Resolved): unknown {
    const { value, tag } = resolved
    if (tag === '!!int') return integerIn(resolved, this.#options.integers === true)
    if (typeof value === 'number' && !Number.isFinite(value)) this.#sawNonFinite = true
    return value
  }

  /** Decodes the pairs of a mapping into `map`; a merge key adds another mapping's pairs at its place. */
  #fill(node: YamlNode, map: Container, seen: Set<string> | undefined): void {
    for (let keyNode = node.first; keyNode?.next !== undefined; keyNode = keyNode.next.next) {
      const valueNode: YamlNode = keyNode.next
      if (isMergeKey(keyNode)) {
        this.#merge(valueNode, map, seen)
        continue
      }
      const key = this.#key(keyNode, valueNode, map)
      const value = this.#decode(valueNode)
      if (key === undefined) continue
      if (seen !== undefined && !this.#isNew(seen, keyNode, valueNode)) continue
      this.#set(map, key, value, keyNode)
    }
  }

  /** Whether the key occurs for the first time in its map; Go tells the integer 1 from the float 1 and the text "1". */
  #isNew(seen: Set<string>, keyNode: YamlNode, valueNode: YamlNode): boolean {
    const identity = keyIdentity(keyNode)
    if (!seen.has(identity)) {
      seen.add(identity)
      return true
    }
    this.#duplicates.push(`line ${valueNode.line + 1}: key ${goSyntaxOfNode(keyNode)} already set in map`)
    return false
  }

  #set(map: Container, key: string, value: unknown, keyNode: YamlNode): void {
    if (map instanceof Map) map.set(key, value)
    else if (key === '__proto__') {
      Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
    } else map[key] = value
    const positions = this.#options.positions
    if (positions === undefined) return
    let members = positions.get(map)
    if (members === undefined) {
      members = new Map()
      positions.set(map, members)
    }
    members.set(key, { line: keyNode.line + 1, column: keyNode.column + 1 })
  }

  #noteItems(list: unknown[], children: readonly YamlNode[]): void {
    const members = new Map<string | number, YamlPosition>()
    children.forEach((child, index) => {
      members.set(index, { line: child.line + 1, column: child.column + 1 })
    })
    this.#options.positions?.set(list, members)
  }

  /** The JSON key for a key node; undefined when JSON has none, which is reported at the end. */
  #key(node: YamlNode, valueNode: YamlNode, map: Container): string | undefined {
    this.#count()
    if (node.kind === NODE.scalar) {
      const resolved = resolveKey(node)
      return resolved === undefined ? node.value : this.#resolvedKey(resolved, node, { valueNode, map })
    }
    if (node.kind === NODE.alias) return this.#alias(node, (target) => this.#key(target, valueNode, map))
    this.#decodeContent(node)
    throw yamlValueError(`invalid map key: ${goSyntaxOfNode(node)}`)
  }

  /** A collection as key is refused, but only after its own errors. */
  #decodeContent(node: YamlNode): void {
    this.#steps--
    this.#decode(node)
  }

  #resolvedKey(
    { value, tag }: Resolved,
    node: YamlNode,
    { valueNode, map }: { readonly valueNode: YamlNode; readonly map: Container },
  ): string | undefined {
    const wide = typeof value === 'bigint' && value > 0x7fff_ffff_ffff_ffffn
    if (value === null || wide) {
      const type = value === null ? '%!s(<nil>)' : 'uint64'
      const text = `unsupported map key of type: ${type}, key: ${goSyntaxOfNode(node)}, value: ${goSyntaxOfNode(valueNode)}`
      if (!this.#conversionErrors.has(map)) this.#conversionErrors.set(map, new EncodingError('YAML_VALUE', text))
      return undefined
    }
    return tag === '!!float' ? floatKey(Number(value)) : String(value)
  }

  #merge(node: YamlNode, map: Container, seen: Set<string> | undefined): void {
    if (node.kind === NODE.sequence) {
      // Backwards: what comes first in the list wins.
      for (const child of childrenOf(node).reverse()) this.#mergeOne(child, map, seen)
      return
    }
    this.#mergeOne(node, map, seen)
  }

  #mergeOne(node: YamlNode, map: Container, seen: Set<string> | undefined): void {
    const target = node.kind === NODE.alias ? (node.target as YamlNode) : node
    if (target.kind !== NODE.mapping) {
      throw yamlValueError('map merge requires map or sequence of maps as the value')
    }
    this.#count()
    if (node.kind === NODE.alias) {
      this.#alias(node, () => {
        this.#count()
        this.#fill(target, map, seen)
      })
    } else {
      this.#fill(target, map, seen)
    }
  }
}

/**
 * The first number that JSON cannot hold, in the order in which JSON is written; one that a later key replaced is gone, and one that
 * becomes text is none.
 */
function firstNonFinite(value: unknown, type: TypeSpec | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) || type?.kind === 'string' ? undefined : value
  if (typeof value !== 'object' || value === null) return undefined
  const isList = Array.isArray(value)
  const entries: [string, unknown][] = value instanceof Map ? [...value] : Object.entries(value)
  if (!isList) entries.sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [key, member] of entries) {
    const found = firstNonFinite(member, memberType(type, key, isList))
    if (found !== undefined) return found
  }
  return undefined
}

/** What a member of a value of this type is decoded into. */
function memberType(type: TypeSpec | undefined, key: string, isItem: boolean): TypeSpec | undefined {
  if (type?.kind === 'list') return isItem ? type.element : undefined
  if (isItem) return undefined
  if (type?.kind === 'map') return type.element
  return type?.kind === 'struct' ? fieldOf(type.fields, key)?.[1] : undefined
}

/** What a scalar key means; undefined when it is text. */
function resolveKey(node: YamlNode): Resolved | undefined {
  if (node.tag !== '') return resolveTagged(node.tag, node.value, 2)
  return node.implicit ? resolvePlain(node.value, 2, false) : undefined
}

function keyIdentity(node: YamlNode): string {
  const scalar = node.kind === NODE.alias ? (node.target as YamlNode) : node
  const resolved = resolveKey(scalar)
  if (resolved === undefined || typeof resolved.value === 'string') return `s${resolved?.value ?? scalar.value}`
  return `${resolved.tag === '!!float' ? 'f' : typeof resolved.value === 'boolean' ? 'b' : 'i'}${resolved.value}`
}

/** Whether the node is the plain key `<<`, or tagged as a merge key. */
function isMergeKey(node: YamlNode): boolean {
  return node.kind === NODE.scalar && node.value === '<<' && (node.implicit || shortTag(node.tag) === '!!merge')
}

function allowedAliasShare(steps: number): number {
  if (steps <= ALIAS_LOW) return 0.99
  if (steps >= ALIAS_HIGH) return 0.1
  return 0.99 - 0.89 * ((steps - ALIAS_LOW) / (ALIAS_HIGH - ALIAS_LOW))
}

/** A float as key: as Go prints it with single precision. */
function floatKey(value: number): string {
  const text = formatFloat(Math.fround(value), 'g', -1, 32)
  return text === '+Inf' ? '.inf' : text === '-Inf' ? '-.inf' : text === 'NaN' ? '.nan' : text
}
