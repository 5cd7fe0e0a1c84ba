import type { CelNode } from './ast.ts'

const CONVERSIONS = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'dyn',
  'int',
  'string',
  'timestamp',
  'type',
  'uint',
])

/** Literals, lists and maps of them and conversions of them are computed once and cost nothing. */
export function isConstant(node: CelNode): boolean {
  switch (node.kind) {
    case 'literal':
      return true
    case 'list':
      return node.items.every((each) => !each.optional && isConstant(each.node))
    case 'map':
      return node.entries.every((each) => !each.optional && isConstant(each.key) && isConstant(each.value))
    case 'call': {
      const [arg] = node.args
      const isConversion = node.target === undefined && CONVERSIONS.has(node.name) && node.args.length === 1
      return isConversion && arg !== undefined && isConstant(arg)
    }
    default:
      return false
  }
}

/** Whether a node is a chain of names and indexes, which costs one for each link. */
export function isAttribute(node: CelNode): boolean {
  if (node.kind === 'ident' || node.kind === 'select') return true
  return node.kind === 'call' && ['_[_]', '_?._', '_[?_]'].includes(node.name)
}
