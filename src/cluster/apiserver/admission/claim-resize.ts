import { boolAt, type KubeObject, objectAt, parseQuantity, stringAt } from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import { type AdmissionPlugin, isFor, refusedBy } from './chain.ts'

/** Claims grow only when they are bound and their class allows it. */
export function claimResize(store: Store): AdmissionPlugin {
  return {
    name: 'PersistentVolumeClaimResize',
    validate(request) {
      const { object, oldObject } = request
      if (request.operation !== 'UPDATE' || !isFor(request, '', 'persistentvolumeclaims')) return
      if (object === undefined || oldObject === undefined || sizeOf(object) <= sizeOf(oldObject)) return
      if (stringAt(oldObject.status, 'phase') !== 'Bound') {
        throw refusedBy(request, 'Only bound persistent volume claims can be expanded')
      }
      const [name, before] = [stringAt(object.spec, 'storageClassName'), stringAt(oldObject.spec, 'storageClassName')]
      const storageClass = store.get(`storage.k8s.io/storageclasses/${name}`)?.value as KubeObject | undefined
      if (name !== '' && name === before && boolAt(storageClass, 'allowVolumeExpansion')) return
      const both = 'only dynamically provisioned pvc can be resized'
      throw refusedBy(request, `${both} and the storageclass that provisions the pvc must support resize`)
    },
  }
}

function sizeOf(claim: KubeObject): bigint {
  const size = stringAt(objectAt(objectAt(claim.spec, 'resources'), 'requests'), 'storage')
  return size === '' ? 0n : parseQuantity(size).nano
}
