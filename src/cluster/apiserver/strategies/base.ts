import {
  builtinSchema,
  decodeObject,
  type GroupVersionKind,
  type JsonObject,
  type KubeObject,
} from '../../../api/index.ts'
import type { Strategy } from '../registry/resource.ts'

/** The status that a new object of a kind gets: Go's zero value; undefined when the kind has no status. */
function emptyStatus(gvk: GroupVersionKind): JsonObject | undefined {
  const node = builtinSchema(gvk)?.node.fields.get('status')?.node
  return node?.kind === 'struct' ? decodeObject(node, {}).value : undefined
}

/** What almost every kind with a status does: clients set it through the sub-resource only, and nothing else there. */
export function statusStrategy(gvk: GroupVersionKind): Strategy {
  let empty: JsonObject | undefined
  return {
    prepareForCreate(object) {
      empty ??= emptyStatus(gvk)
      if (empty) object.status = structuredClone(empty)
    },
    prepareForUpdate: (object, old) => keepField(object, old, 'status'),
    prepareForStatusUpdate(object, old) {
      keepAllBut(object, old, ['status'])
      if (SETTLED_METADATA.has(gvk.kind)) keepMetadata(object, old)
    },
  }
}

/** Kinds whose labels and the like do not change with their status. */
const SETTLED_METADATA = new Set([
  'APIService',
  'FlowSchema',
  'PriorityLevelConfiguration',
  'ResourceClaim',
  'ServiceCIDR',
  'ValidatingAdmissionPolicy',
  'VolumeAttachment',
])

function keepMetadata({ metadata }: KubeObject, old: KubeObject): void {
  const { labels, annotations, finalizers, ownerReferences } = old.metadata
  for (const [key, value] of Object.entries({ labels, annotations, finalizers, ownerReferences })) {
    if (value === undefined) delete metadata[key as 'labels']
    else metadata[key as 'labels'] = value as never
  }
}

/** Takes a field over from the old object. */
export function keepField(object: KubeObject, old: KubeObject, field: string): void {
  if (old[field] === undefined) delete object[field]
  else object[field] = old[field]
}

/** Takes everything but metadata and `fields` over from the old object. */
export function keepAllBut(object: KubeObject, old: KubeObject, fields: readonly string[]): void {
  const kept = new Set(['apiVersion', 'kind', 'metadata', ...fields])
  for (const key of new Set([...Object.keys(object), ...Object.keys(old)]))
    if (!kept.has(key)) keepField(object, old, key)
}

/** The spec of an object; empty when it has none. */
export function specOf(object: KubeObject): JsonObject {
  return (object.spec ?? {}) as JsonObject
}
