import { defineResources, STATUS } from './define.ts'
import type { ResourceDefinition } from './resource.ts'

/** `storage.k8s.io/v1`. */
export function storageResources(): ResourceDefinition[] {
  return defineResources('storage.k8s.io', 'v1', [
    { kind: 'CSIDriver', plural: 'csidrivers', namespaced: false },
    { kind: 'CSINode', plural: 'csinodes', namespaced: false },
    { kind: 'CSIStorageCapacity', plural: 'csistoragecapacities' },
    { kind: 'StorageClass', plural: 'storageclasses', short: ['sc'], namespaced: false },
    { kind: 'VolumeAttachment', plural: 'volumeattachments', namespaced: false, subresources: [STATUS] },
    { kind: 'VolumeAttributesClass', plural: 'volumeattributesclasses', short: ['vac'], namespaced: false },
  ])
}
