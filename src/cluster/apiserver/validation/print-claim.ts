import { findType, type Json, type JsonObject, type SchemaNode } from '../../../api/index.ts'
import { isObject } from '../clone.ts'
import { printMetadata } from './go-print.ts'

const PACKAGE = 'io.k8s.api.resource.v1'

/**
 * The spec of a claim or of its template as Go prints the internal struct in JSON: all fields by Go's names and in Go's
 * order, nil as null.
 */
export function printClaimSpec(type: 'ResourceClaimSpec' | 'ResourceClaimTemplateSpec', spec: Json | undefined): Json {
  const node = findType(`${PACKAGE}.${type}`)
  return node === undefined || spec === undefined ? (spec ?? null) : printed(node, spec)
}

function printed(node: SchemaNode, value: Json): Json {
  if (node.kind === 'list') return Array.isArray(value) ? value.map((item) => printed(node.item, item)) : value
  if (node.kind !== 'struct' || !isObject(value)) return value
  const out: JsonObject = {}
  for (const [name, { node: field, pointer }] of node.fields) {
    const own = (value as JsonObject)[name]
    // Metadata is embedded: its fields stand among the struct's own.
    if (name === 'metadata') Object.assign(out, printMetadata(own as JsonObject | undefined))
    else out[goName(name)] = own === undefined ? zeroOf(field, pointer) : printed(field, own)
  }
  return out
}

function goName(name: string): string {
  return name === 'cel' ? 'CEL' : name.charAt(0).toUpperCase() + name.slice(1)
}

function zeroOf(node: SchemaNode, pointer: boolean): Json {
  if (pointer || node.kind === 'list' || node.kind === 'map') return null
  if (node.kind === 'struct') return printed(node, {})
  if (node.kind !== 'scalar') return null
  return node.scalar === 'int64' ? 0 : node.scalar === 'boolean' ? false : ''
}
