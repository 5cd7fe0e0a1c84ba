import { formatFloat, quote } from '../../go/index.ts'
import { childrenOf, NODE, type YamlNode } from './node.ts'
import { type Resolved, resolvePlain, resolveTagged } from './resolve.ts'

const NIL = 'interface {}(nil)'

/** A node as Go prints its decoded value with `%#v`; for error texts only. */
export function goSyntaxOfNode(node: YamlNode): string {
  return print(node, true)
}

function print(node: YamlNode, top: boolean): string {
  switch (node.kind) {
    case NODE.alias:
      return print(node.target as YamlNode, top)
    case NODE.sequence:
      return `[]interface {}{${childrenOf(node)
        .map((child) => print(child, false))
        .join(', ')}}`
    case NODE.mapping: {
      const pairs = new Map<string, string>()
      for (let key = node.first; key?.next !== undefined; key = key.next.next) {
        pairs.set(print(key, false), print(key.next, false))
      }
      // As Go's fmt, which prints nil first.
      const keys = [...pairs.keys()].filter((key) => key !== NIL).sort()
      if (pairs.has(NIL)) keys.unshift(NIL)
      return `map[interface {}]interface {}{${keys.map((key) => `${key}:${pairs.get(key)}`).join(', ')}}`
    }
    default:
      return printScalar(resolveScalar(node), top)
  }
}

function resolveScalar(node: YamlNode): Resolved {
  const text = { tag: '!!str', value: node.value }
  if (node.tag !== '') return resolveTagged(node.tag, node.value, 2)
  return node.implicit ? (resolvePlain(node.value, 2, false) ?? text) : text
}

function printScalar({ tag, value }: Resolved, top: boolean): string {
  if (value === null) return top ? '<nil>' : NIL
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'bigint' && value > 0x7fff_ffff_ffff_ffffn) return `0x${value.toString(16)}`
  return tag === '!!float' ? formatFloat(Number(value), 'g') : String(value)
}
