import type { ManagedFieldsEntry } from '../../../api/index.ts'
import type { FieldSet } from './field-set.ts'
import { decodeManagers, encodeManagers, type Manager, type Managers } from './managers.ts'
import { fieldsOf } from './ownership.ts'

const SCALE_VERSION = 'autoscaling/v1'
const REPLICAS = 'spec.replicas'

/** The replica count of an object behind a Scale. */
export interface ScaledObject {
  readonly entries: readonly ManagedFieldsEntry[] | undefined
  /** Path of the count, such as `spec.replicas`. */
  readonly path: string
  readonly apiVersion: string
}

/** Who owns the count of an object, as managedFields of its Scale. As Kubernetes' ScaleHandler.ToSubresource. */
export function scaleEntries({ entries, path }: ScaledObject): ManagedFieldsEntry[] {
  const set = fieldsOf([path])
  const out: Managers = new Map()
  for (const [key, manager] of decodeManagers(entries) ?? []) {
    if (!owns(manager, set)) continue
    out.set(key, { ...manager, apiVersion: SCALE_VERSION, set: fieldsOf([REPLICAS]) })
  }
  return encodeManagers(out)
}

/**
 * The managedFields of an object after its Scale was written, from those of the Scale. A manager that updated the object
 * itself has another identity in the Scale, so the count always leaves its entry. As Kubernetes' ScaleHandler.ToParent.
 */
export function parentEntries(
  object: ScaledObject,
  scale: readonly ManagedFieldsEntry[] | undefined,
): ManagedFieldsEntry[] {
  const set = fieldsOf([object.path])
  const before = decodeManagers(object.entries) ?? new Map<string, Manager>()
  const left = decodeManagers(scale) ?? new Map<string, Manager>()
  const out: Managers = new Map()
  for (const [key, manager] of before) {
    if (!owns(manager, set) || left.has(key)) {
      out.set(key, manager)
      left.delete(key)
      continue
    }
    const rest = manager.set.difference(set)
    if (!rest.empty) out.set(key, { ...manager, set: rest })
  }
  for (const [key, manager] of left) {
    if (!owns(manager, fieldsOf([REPLICAS]))) continue
    // Kubernetes dates such an entry only when there was one of this identity before.
    out.set(key, { ...manager, apiVersion: object.apiVersion, set, time: before.get(key)?.time })
  }
  return encodeManagers(out)
}

function owns(manager: Manager, set: FieldSet): boolean {
  return set.difference(manager.set).empty
}
