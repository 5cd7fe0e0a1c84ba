import type { LabelSelector } from '../../../api/index.ts'
import type { Condition, ObjectReference, ServerObject } from './common.ts'
import type { NodeSelectorTerm } from './placement.ts'

/** The fields of CSINode that components of the cluster read or write. */
export interface CsiNode extends ServerObject {
  spec: { drivers?: { name: string; allocatable?: { count?: number } }[] }
}

/** The fields of PersistentVolumeClaim that components of the cluster read or write. */
export interface PersistentVolumeClaim extends ServerObject {
  spec: {
    accessModes?: string[]
    selector?: LabelSelector
    resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
    volumeName?: string
    storageClassName?: string
    volumeMode?: string
    dataSource?: unknown
  }
  status?: {
    phase?: string
    accessModes?: string[]
    capacity?: Record<string, string>
    conditions?: Condition[]
    [field: string]: unknown
  }
}

/** The fields of PersistentVolume that components of the cluster read or write. */
export interface PersistentVolume extends ServerObject {
  spec: {
    capacity?: Record<string, string>
    accessModes?: string[]
    claimRef?: ObjectReference
    persistentVolumeReclaimPolicy?: string
    storageClassName?: string
    volumeMode?: string
    nodeAffinity?: { required?: { nodeSelectorTerms?: NodeSelectorTerm[] } }
    [source: string]: unknown
  }
  status?: { phase?: string; message?: string; reason?: string; lastPhaseTransitionTime?: string }
}

/** The fields of StorageClass that components of the cluster read or write. */
export interface StorageClass extends ServerObject {
  provisioner: string
  reclaimPolicy?: string
  volumeBindingMode?: string
  allowVolumeExpansion?: boolean
  mountOptions?: string[]
}
