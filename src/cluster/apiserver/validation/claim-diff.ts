import { type JsonObject, mapAt, objectAt, stringAt, stringsAt, valueAt } from '../../../api/index.ts'
import { printGoStruct } from './go-print.ts'
import { printSelector } from './selector.ts'
import { unifiedDiff } from './unified-diff.ts'

/** A change of a claim's spec as Kubernetes shows it: a diff of Go's own fields, in their order. */
export function claimSpecDiff(before: JsonObject, after: JsonObject): string {
  return unifiedDiff(print(before), print(after))
}

function print(spec: JsonObject): string {
  const resources = objectAt(spec, 'resources')
  const list = (key: string): JsonObject | null => (objectAt(resources, key) ? sorted(mapAt(resources, key)) : null)
  const source = (key: string, type: string): JsonObject | null => {
    const found = objectAt(spec, key)
    return found ? printGoStruct(type, found) : null
  }
  const modes = stringsAt(spec, 'accessModes')
  const fields = {
    AccessModes: modes.length > 0 ? modes : null,
    Selector: printSelector(objectAt(spec, 'selector')),
    Resources: { Limits: list('limits'), Requests: list('requests') },
    VolumeName: stringAt(spec, 'volumeName'),
    StorageClassName: valueAt(spec, 'storageClassName') ?? null,
    VolumeMode: valueAt(spec, 'volumeMode') ?? null,
    DataSource: source('dataSource', 'TypedLocalObjectReference'),
    DataSourceRef: source('dataSourceRef', 'TypedObjectReference'),
    VolumeAttributesClassName: valueAt(spec, 'volumeAttributesClassName') ?? null,
  }
  return JSON.stringify(fields, null, 1)
}

function sorted(map: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
}
