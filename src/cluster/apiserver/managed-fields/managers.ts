import type { JsonObject, ManagedFieldsEntry } from '../../../api/index.ts'
import { decodeFields, encodeFields, type FieldSet } from './field-set.ts'

/** Who owns fields: a name, how it wrote, in which version and through which sub-resource. */
export interface Manager {
  readonly name: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource: string
  readonly time: string | undefined
  readonly set: FieldSet
}

/** The managers of an object by identity. Appliers are the same whatever version they apply. */
export type Managers = Map<string, Manager>

/** The identity of a manager. */
export function managerKey(manager: Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>): string {
  const version = manager.operation === 'Apply' ? '' : manager.apiVersion
  return JSON.stringify([manager.operation, manager.name, version, manager.subresource])
}

/** A manager as conflict texts name it: `"kubectl" with subresource "scale" using apps/v1`. */
export function printManager(manager: Manager): string {
  const sub = manager.subresource === '' ? '' : ` with subresource ${JSON.stringify(manager.subresource)}`
  const version = manager.operation === 'Update' ? ` using ${manager.apiVersion}` : ''
  return `${JSON.stringify(manager.name)}${sub}${version}`
}

/** Reads metadata.managedFields; undefined when it cannot be read. */
export function decodeManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers | undefined {
  const managers: Managers = new Map()
  for (const entry of entries ?? []) {
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') return undefined
    if (!entry.apiVersion || (entry.fieldsType ?? '') !== 'FieldsV1') return undefined
    const manager: Manager = {
      name: entry.manager ?? '',
      operation: entry.operation,
      apiVersion: entry.apiVersion,
      subresource: entry.subresource ?? '',
      time: entry.time ?? undefined,
      set: decodeFields(entry.fieldsV1),
    }
    managers.set(managerKey(manager), manager)
  }
  return managers
}

/** Prints managers as metadata.managedFields: appliers first, then by time and name. */
export function encodeManagers(managers: Managers): ManagedFieldsEntry[] {
  const sorted = [...managers.values()].sort(
    (a, b) =>
      order(a.operation, b.operation) ||
      order(a.time ?? '', b.time ?? '') ||
      order(a.name, b.name) ||
      order(a.apiVersion, b.apiVersion) ||
      order(a.subresource, b.subresource),
  )
  return sorted.map((manager) => ({
    ...(manager.name !== '' && { manager: manager.name }),
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    ...(manager.time !== undefined && { time: manager.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: encodeFields(manager.set) as JsonObject,
    ...(manager.subresource !== '' && { subresource: manager.subresource }),
  }))
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The most managers of operation Update that are kept apart; older ones are merged into `ancient-changes`. */
const MAX_UPDATE_MANAGERS = 10

/** Merges the oldest update managers of a version into one when there are too many, in place. */
export function capUpdateManagers(managers: Managers): void {
  const updaters = [...managers].filter(([, manager]) => manager.operation === 'Update')
  if (updaters.length <= MAX_UPDATE_MANAGERS) return
  updaters.sort(([a, x], [b, y]) => order(x.time ?? '', y.time ?? '') || order(a, b))
  const firstOf = new Map<string, string>()
  let count = updaters.length
  for (const [key, manager] of updaters) {
    if (count <= MAX_UPDATE_MANAGERS) break
    const first = firstOf.get(manager.apiVersion)
    if (first === undefined) {
      firstOf.set(manager.apiVersion, key)
      continue
    }
    const bucket = {
      name: 'ancient-changes',
      operation: 'Update' as const,
      apiVersion: manager.apiVersion,
      subresource: '',
    }
    const bucketKey = managerKey(bucket)
    const before = managers.get(bucketKey) ?? managers.get(first)
    if (!managers.has(bucketKey)) managers.delete(first)
    managers.delete(key)
    const set = before ? manager.set.union(before.set) : manager.set
    managers.set(bucketKey, { ...bucket, time: manager.time, set })
    count--
  }
}
