import { objectAt, stringAt } from '../../../api/index.ts'
import type { JsonObject } from '../../../api/index.ts'
import type { Strategy } from '../registry/resource.ts'
import { keepAllBut, keepField } from './base.ts'

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
    const changed = stringAt(status, 'phase') !== stringAt(objectAt(old, 'status'), 'phase')
    if (status && changed) status.lastPhaseTransitionTime = ctx.now
  },
}

/** PersistentVolumeClaims. */
export const persistentVolumeClaimStrategy: Strategy = {
  generation: false,
  prepareForCreate(object) {
    object.status = { phase: 'Pending' }
  },
  prepareForUpdate: (object, old) => keepField(object, old, 'status'),
  prepareForStatusUpdate: (object, old) => keepAllBut(object, old, ['status']),
}
