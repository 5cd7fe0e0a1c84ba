import type { LabelSelector } from '../../../api/index.ts'
import type { Condition, ServerObject } from './common.ts'
import type { PodTemplate } from './pod.ts'
import type { PersistentVolumeClaim } from './storage.ts'

/** The fields of ReplicaSet that components of the cluster read or write. */
export interface ReplicaSet extends ServerObject {
  spec: { replicas?: number; minReadySeconds?: number; selector: LabelSelector; template: PodTemplate }
  status?: {
    replicas?: number
    fullyLabeledReplicas?: number
    readyReplicas?: number
    availableReplicas?: number
    terminatingReplicas?: number
    observedGeneration?: number
    conditions?: Condition[]
  }
}

/** The fields of ReplicationController that components of the cluster read or write. */
export interface ReplicationController extends ServerObject {
  spec: {
    replicas?: number
    minReadySeconds?: number
    selector?: Record<string, string>
    template?: PodTemplate
  }
  status?: ReplicaSet['status']
}

/** The fields of Deployment that components of the cluster read or write. */
export interface Deployment extends ServerObject {
  spec: {
    replicas?: number
    selector: LabelSelector
    template: PodTemplate
    strategy?: { type?: string; rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string } }
    minReadySeconds?: number
    revisionHistoryLimit?: number
    progressDeadlineSeconds?: number
    paused?: boolean
  }
  status?: {
    observedGeneration?: number
    replicas?: number
    updatedReplicas?: number
    readyReplicas?: number
    availableReplicas?: number
    unavailableReplicas?: number
    terminatingReplicas?: number
    collisionCount?: number
    conditions?: Condition[]
  }
}

/** The fields of StatefulSet that components of the cluster read or write. */
export interface StatefulSet extends ServerObject {
  spec: {
    replicas?: number
    selector: LabelSelector
    template: PodTemplate
    serviceName?: string
    podManagementPolicy?: string
    updateStrategy?: {
      type?: string
      rollingUpdate?: { partition?: number; maxUnavailable?: number | string }
    }
    minReadySeconds?: number
    revisionHistoryLimit?: number
    ordinals?: { start?: number }
    volumeClaimTemplates?: PersistentVolumeClaim[]
    persistentVolumeClaimRetentionPolicy?: { whenDeleted?: string; whenScaled?: string }
  }
  status?: {
    observedGeneration?: number
    replicas?: number
    readyReplicas?: number
    currentReplicas?: number
    updatedReplicas?: number
    availableReplicas?: number
    currentRevision?: string
    updateRevision?: string
    collisionCount?: number
    conditions?: Condition[]
  }
}

/** The fields of ControllerRevision that components of the cluster read or write. */
export interface ControllerRevision extends ServerObject {
  data?: unknown
  revision: number
}

/** The fields of DaemonSet that components of the cluster read or write. */
export interface DaemonSet extends ServerObject {
  spec: {
    selector: LabelSelector
    template: PodTemplate
    updateStrategy?: {
      type?: string
      rollingUpdate?: { maxUnavailable?: number | string; maxSurge?: number | string }
    }
    minReadySeconds?: number
    revisionHistoryLimit?: number
  }
  status?: {
    currentNumberScheduled?: number
    numberMisscheduled?: number
    desiredNumberScheduled?: number
    numberReady?: number
    observedGeneration?: number
    updatedNumberScheduled?: number
    numberAvailable?: number
    numberUnavailable?: number
    collisionCount?: number
  }
}
