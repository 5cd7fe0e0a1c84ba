import { jsonEqual, type JsonObject, type KubeObject, objectAt, stringAt, valueAt } from '../../../api/index.ts'
import type { Strategy } from '../registry/resource.ts'
import { keepAllBut, keepField, specOf } from './base.ts'

/** PersistentVolumes remember when their phase changed. */
export const persistentVolumeStrategy: Strategy = {
  generation: false,
  prepareForCreate(object, ctx) {
    object.status = { phase: 'Pending', lastPhaseTransitionTime: ctx.now }
  },
  prepareForUpdate: (object, old) => keepField(object, old, 'status'),
  prepareForStatusUpdate(object, old, ctx) {
    keepAllBut(object, old, ['status'])
    const status = object.status as JsonObject | undefined
    const before = objectAt(old, 'status')
    if (!status) return
    const told = valueAt(status, 'lastPhaseTransitionTime')
    const known = valueAt(before, 'lastPhaseTransitionTime')
    // A client that tells another time knows better.
    if (stringAt(status, 'phase') !== stringAt(before, 'phase')) {
      if (told === undefined || told === known) status.lastPhaseTransitionTime = ctx.now
    } else if (told === undefined && known !== undefined) status.lastPhaseTransitionTime = known
  },
}

/** PersistentVolumeClaims: what they are filled from stands in two fields, an old and a new one. */
export const persistentVolumeClaimStrategy: Strategy = {
  generation: false,
  prepareForCreate(object) {
    object.status = { phase: 'Pending' }
    tidyDataSources(specOf(object), {})
  },
  prepareForUpdate(object, old) {
    keepField(object, old, 'status')
    tidyDataSources(specOf(object), specOf(old))
  },
  prepareForStatusUpdate: (object, old) => keepAllBut(object, old, ['status']),
}

/**
 * Drops references across namespaces, whose feature is off, and sources that only the new field may name; then each of the
 * two fields is filled from the other. As Kubernetes' pvcutil does for KEP 1495.
 */
function tidyDataSources(spec: JsonObject, before: JsonObject): void {
  const hadReference = objectAt(before, 'dataSourceRef') !== undefined
  if (stringAt(objectAt(spec, 'dataSourceRef'), 'namespace') !== '' && !hadReference) delete spec.dataSourceRef
  const source = objectAt(spec, 'dataSource')
  const reference = objectAt(spec, 'dataSourceRef')
  if (source && !reference) {
    const hadSource = hadReference || objectAt(before, 'dataSource') !== undefined
    if (hadSource || isVolumeOrSnapshot(source)) spec.dataSourceRef = copySource(source)
    else delete spec.dataSource
  } else if (reference && !source && stringAt(reference, 'namespace') === '') spec.dataSource = copySource(reference)
}

function isVolumeOrSnapshot(source: JsonObject): boolean {
  const kind = `${stringAt(source, 'kind')}.${stringAt(source, 'apiGroup')}`
  return kind === 'PersistentVolumeClaim.' || kind === 'VolumeSnapshot.snapshot.storage.k8s.io'
}

function copySource(source: JsonObject): JsonObject {
  const group = valueAt(source, 'apiGroup')
  return {
    ...(group !== undefined && { apiGroup: group }),
    kind: stringAt(source, 'kind'),
    name: stringAt(source, 'name'),
  }
}

/** CSIDrivers: a feature that is off; changes of the spec are counted, but there is no count before the first. */
export const csiDriverStrategy: Strategy = {
  prepareForCreate: (object) => dropMissingLimit(object, undefined),
  prepareForUpdate(object, old) {
    dropMissingLimit(object, old)
    const changed = !jsonEqual(object.spec ?? null, old.spec ?? null)
    if (changed) object.metadata.generation = (old.metadata.generation ?? 0) + 1
  },
}

function dropMissingLimit(object: KubeObject, old: KubeObject | undefined): void {
  const key = 'preventPodSchedulingIfMissing'
  if (valueAt(old?.spec, key) === undefined) delete specOf(object)[key]
}
