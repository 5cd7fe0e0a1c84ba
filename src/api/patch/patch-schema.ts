import type { PatchHints, SchemaNode } from '../schema/index.ts'

const NONE: PatchHints = { merge: false, retainKeys: false }

/** How a strategic merge treats a field, and the type of what is in it (of its items, for lists). */
export interface PatchField {
  readonly hints: PatchHints
  readonly node: SchemaNode | undefined
}

/** Looks up a field of an object; without a schema everything is replaced except maps. */
export function patchField(node: SchemaNode | undefined, key: string): PatchField {
  if (node?.kind === 'map') return { hints: NONE, node: itemOf(node.value) }
  const field = node?.kind === 'struct' ? node.fields.get(key) : undefined
  if (!field) return { hints: NONE, node: undefined }
  return { hints: field.patch ?? NONE, node: itemOf(field.node) }
}

function itemOf(node: SchemaNode): SchemaNode {
  return node.kind === 'list' ? node.item : node
}
