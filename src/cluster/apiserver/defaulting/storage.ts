import { ensureObject, type JsonObject, listAt, setAbsent, setDefault, valueAt } from '../../../api/index.ts'
import { defaultVolumeSource } from './volume.ts'

/** PersistentVolume. */
export function defaultPersistentVolume(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  setDefault(ensureObject(object, 'status'), 'phase', 'Pending')
  setDefault(spec, 'persistentVolumeReclaimPolicy', 'Retain')
  setAbsent(spec, 'volumeMode', 'Filesystem')
  defaultVolumeSource(spec)
}

/** StorageClass. */
export function defaultStorageClass(object: JsonObject): void {
  setAbsent(object, 'reclaimPolicy', 'Delete')
  setAbsent(object, 'volumeBindingMode', 'Immediate')
}

/** CSIDriver. */
export function defaultCsiDriver(object: JsonObject): void {
  const spec = ensureObject(object, 'spec')
  const missing = (key: string, value: boolean): void => {
    if (valueAt(spec, key) === undefined) spec[key] = value
  }
  missing('attachRequired', true)
  missing('podInfoOnMount', false)
  missing('storageCapacity', false)
  setAbsent(spec, 'fsGroupPolicy', 'ReadWriteOnceWithFSType')
  if (listAt(spec, 'volumeLifecycleModes').length === 0) spec.volumeLifecycleModes = ['Persistent']
  missing('requiresRepublish', false)
  missing('seLinuxMount', false)
}
