import { yamlValueError } from '../errors.ts'
import { EVENT, type Parser } from './parser.ts'

/** Kinds of nodes. */
export const NODE = { scalar: 1, sequence: 2, mapping: 3, alias: 4 } as const

/**
 * A node of the tree that a document gives before values are made of it. `line` and `column` count from 0. Children are linked
 * (`first`, then `next`), a mapping's are its keys and values in turn. `value` is a scalar's text or an alias's name, `target`
 * what the alias stands for.
 */
export class YamlNode {
  readonly kind: number
  readonly line: number
  readonly column: number
  readonly tag: string
  readonly value: string
  readonly implicit: boolean
  readonly style: number
  readonly target: YamlNode | undefined
  first: YamlNode | undefined = undefined
  next: YamlNode | undefined = undefined
  last: YamlNode | undefined = undefined
  count = 0
  constructor(kind: number, parser: Parser, target?: YamlNode) {
    this.kind = kind
    this.line = parser.line
    this.column = parser.column
    this.tag = kind === NODE.alias ? '' : parser.tag
    this.value = kind === NODE.scalar || kind === NODE.alias ? parser.value : ''
    this.implicit = kind === NODE.scalar && parser.implicit
    this.style = kind === NODE.scalar ? parser.style : 0
    this.target = target
  }

  append(child: YamlNode): void {
    if (this.last === undefined) this.first = child
    else this.last.next = child
    this.last = child
    this.count++
  }
}

/** The children of a node as a list. */
export function childrenOf(node: YamlNode): YamlNode[] {
  const children: YamlNode[] = []
  for (let child = node.first; child !== undefined; child = child.next) children.push(child)
  return children
}

/**
 * Composes the next document; undefined at the end of the stream. The parser stands before the document's start (or before the
 * stream's). Depth is bounded by the scanner, and no recursion is used, so deep input cannot overflow the stack here.
 */
export function composeDocument(parser: Parser): YamlNode | undefined {
  let type = parser.next()
  if (type === EVENT.streamStart) type = parser.next()
  if (type !== EVENT.documentStart) return undefined
  const anchors = new Map<string, YamlNode>()
  const open: YamlNode[] = []
  let root: YamlNode | undefined
  do {
    type = parser.next()
    if (type === EVENT.sequenceEnd || type === EVENT.mappingEnd) {
      open.pop()
      continue
    }
    const node = composeNode(type, parser, anchors)
    if (root === undefined) root = node
    else (open[open.length - 1] as YamlNode).append(node)
    if (node.kind === NODE.sequence || node.kind === NODE.mapping) open.push(node)
  } while (open.length > 0)
  parser.next()
  return root
}

function composeNode(type: number, parser: Parser, anchors: Map<string, YamlNode>): YamlNode {
  if (type === EVENT.alias) {
    const target = anchors.get(parser.value)
    if (target === undefined) throw yamlValueError(`unknown anchor '${parser.value}' referenced`)
    return new YamlNode(NODE.alias, parser, target)
  }
  const kind = type === EVENT.scalar ? NODE.scalar : type === EVENT.sequenceStart ? NODE.sequence : NODE.mapping
  const node = new YamlNode(kind, parser)
  if (parser.anchor !== undefined) anchors.set(parser.anchor, node)
  return node
}
