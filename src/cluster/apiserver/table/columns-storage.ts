import type { TableDefinition } from '../registry/resource.ts'
import { columns } from './column.ts'
import { ageOf, at, listAt, nameOf, orElse, textAt } from './read.ts'

const DEFAULT_CLASS_ANNOTATIONS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]

/** Tables of the group storage.k8s.io, by kind; Kubernetes serves CSIStorageCapacity with the default one. */
export const storageTables: Readonly<Record<string, TableDefinition>> = {
  StorageClass: {
    columns: columns('Name!', 'Provisioner', 'ReclaimPolicy', 'VolumeBindingMode', 'AllowVolumeExpansion', 'Age'),
    row: (object, nowMs) => {
      const isDefault = DEFAULT_CLASS_ANNOTATIONS.some((key) => object.metadata.annotations?.[key] === 'true')
      return [
        isDefault ? `${nameOf(object)} (default)` : nameOf(object),
        textAt(object, 'provisioner'),
        at(object, 'reclaimPolicy') ?? 'Delete',
        at(object, 'volumeBindingMode') ?? 'Immediate',
        at(object, 'allowVolumeExpansion') === true,
        ageOf(object, nowMs),
      ]
    },
  },
  CSIDriver: {
    columns: columns(
      'Name!',
      'AttachRequired:boolean',
      'PodInfoOnMount:boolean',
      'StorageCapacity:boolean',
      'TokenRequests',
      'RequiresRepublish:boolean',
      'Modes',
      'Age',
    ),
    row: (object, nowMs) => {
      const flag = (key: string, missing: boolean): boolean => (at(object, 'spec', key) ?? missing) === true
      const requests = listAt(object, 'spec', 'tokenRequests')
      const modes = listAt(object, 'spec', 'volumeLifecycleModes').map(String)
      return [
        nameOf(object),
        flag('attachRequired', true),
        flag('podInfoOnMount', false),
        flag('storageCapacity', false),
        requests.length === 0 ? '<unset>' : requests.map((r) => textAt(r, 'audience')).join(','),
        flag('requiresRepublish', false),
        orElse(modes.join(','), '<none>'),
        ageOf(object, nowMs),
      ]
    },
  },
  CSINode: {
    columns: columns('Name!', 'Drivers:integer', 'Age'),
    row: (object, nowMs) => [nameOf(object), listAt(object, 'spec', 'drivers').length, ageOf(object, nowMs)],
  },
  VolumeAttachment: {
    columns: columns('Name!', 'Attacher!', 'PV', 'Node', 'Attached:boolean', 'Age'),
    row: (object, nowMs) => [
      nameOf(object),
      textAt(object, 'spec', 'attacher'),
      textAt(object, 'spec', 'source', 'persistentVolumeName'),
      textAt(object, 'spec', 'nodeName'),
      at(object, 'status', 'attached') === true,
      ageOf(object, nowMs),
    ],
  },
  VolumeAttributesClass: {
    columns: columns('Name!', 'DriverName', 'Age'),
    row: (object, nowMs) => [nameOf(object), textAt(object, 'driverName'), ageOf(object, nowMs)],
  },
}
