import { formatFloat } from '../../go/index.ts'
import { EVENT, type Parser } from './parser.ts'
import type { PlainOptions } from './plain-source.ts'
import { integerIn, resolvePlain } from './resolve.ts'

/** What `decodeDirectly` gives when the document needs the node tree. */
export const NEEDS_NODES = Symbol('needs nodes')

/** A map or list that is being filled; `key` is the key whose value comes next. */
interface Open {
  readonly list: unknown[] | undefined
  readonly map: Map<string, unknown> | Record<string, unknown> | undefined
  key: string | undefined
}

/**
 * Makes a value of the next document straight from the events, without a tree in between: for the common document that has no anchors,
 * tags, merge keys, or anything that decoding might refuse. On the first of these it gives up (`NEEDS_NODES`), and the caller reads the
 * text again with nodes; so every error but the parser's comes from there. With `strict` it also gives up on a key that stands twice.
 * Undefined at the end of the stream.
 */
export function decodeDirectly(parser: Parser, { plain, strict, integers = false }: PlainOptions): unknown {
  let type = parser.next()
  if (type === EVENT.streamStart) type = parser.next()
  if (type !== EVENT.documentStart) return undefined
  const stack: Open[] = []
  let current: Open | undefined
  for (;;) {
    type = parser.next()
    let value: unknown
    if (type === EVENT.sequenceEnd || type === EVENT.mappingEnd) {
      value = current?.list ?? current?.map
      current = stack.pop()
    } else {
      if (type === EVENT.alias || parser.tag !== '' || parser.anchor !== undefined) return NEEDS_NODES
      const isKey = current?.map !== undefined && current.key === undefined
      if (type === EVENT.scalar) {
        if (isKey) {
          const key = keyText(parser)
          if (key === undefined || (strict && has(current as Open, key))) return NEEDS_NODES
          ;(current as Open).key = key
          continue
        }
        value = parser.implicit ? plainValue(parser.value, integers) : parser.value
        if (value === undefined) return NEEDS_NODES
      } else {
        if (isKey) return NEEDS_NODES
        if (current !== undefined) stack.push(current)
        current = open(type, plain)
        continue
      }
    }
    if (current === undefined) {
      parser.next()
      return value
    }
    add(current, value)
  }
}

function open(type: number, plain: boolean): Open {
  if (type === EVENT.sequenceStart) return { list: [], map: undefined, key: undefined }
  return { list: undefined, map: plain ? {} : new Map<string, unknown>(), key: undefined }
}

function has({ map }: Open, key: string): boolean {
  return map instanceof Map ? map.has(key) : map !== undefined && Object.hasOwn(map, key)
}

function add(target: Open, value: unknown): void {
  if (target.list !== undefined) {
    target.list.push(value)
    return
  }
  const key = target.key as string
  target.key = undefined
  const { map } = target
  if (map instanceof Map) map.set(key, value)
  else if (key !== '__proto__') (map as Record<string, unknown>)[key] = value
  else Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
}

/** The value of a plain scalar; undefined for what JSON cannot hold. */
function plainValue(text: string, integers: boolean): unknown {
  const resolved = resolvePlain(text, 2, false)
  if (resolved === undefined) return text
  const { value, tag } = resolved
  if (tag === '!!int') return integerIn(resolved, integers)
  return typeof value === 'number' && !Number.isFinite(value) ? undefined : value
}

/** The text of a scalar as key; undefined for merge keys and for what is no key in JSON. */
function keyText(parser: Parser): string | undefined {
  const text = parser.value
  if (!parser.implicit) return text
  if (text === '<<') return undefined
  const resolved = resolvePlain(text, 2, false)
  if (resolved === undefined) return text
  const { value, tag } = resolved
  if (value === null || typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)))
    return undefined
  return tag === '!!float' ? formatFloat(Math.fround(Number(value)), 'g', -1, 32) : String(value)
}
