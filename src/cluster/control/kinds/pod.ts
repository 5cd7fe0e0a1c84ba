import type { ObjectMeta } from '../../../api/index.ts'
import type { Condition, ServerObject } from './common.ts'
import type { Container, ContainerStatus, ResourceFieldRef } from './container.ts'
import type { Affinity, Toleration, TopologySpreadConstraint } from './placement.ts'

/** One entry of the files that a volume makes of an object's keys. */
export interface KeyToPath {
  key: string
  path: string
}

/** The fields of DownwardAPIVolumeFile that components of the cluster read or write. */
export interface DownwardFile {
  path: string
  fieldRef?: { fieldPath: string }
  resourceFieldRef?: ResourceFieldRef
}

/** The fields of Volume that components of the cluster read or write. */
export interface Volume {
  name: string
  persistentVolumeClaim?: { claimName: string }
  configMap?: { name?: string; optional?: boolean; items?: KeyToPath[] }
  secret?: { secretName?: string; optional?: boolean; items?: KeyToPath[] }
  downwardAPI?: { items?: DownwardFile[] }
  hostPath?: { path: string }
  nfs?: { server: string; path: string }
  emptyDir?: object
  projected?: {
    sources?: {
      configMap?: { name?: string; optional?: boolean; items?: KeyToPath[] }
      secret?: { name?: string; optional?: boolean; items?: KeyToPath[] }
      downwardAPI?: { items?: DownwardFile[] }
      serviceAccountToken?: { path: string }
    }[]
  }
  ephemeral?: { volumeClaimTemplate: { metadata?: ObjectMeta; spec: Record<string, unknown> } }
  [source: string]: unknown
}

/** The fields of PodSpec that components of the cluster read or write. */
export interface PodSpec {
  containers: Container[]
  initContainers?: Container[]
  ephemeralContainers?: Container[]
  volumes?: Volume[]
  nodeName?: string
  nodeSelector?: Record<string, string>
  affinity?: Affinity
  tolerations?: Toleration[]
  topologySpreadConstraints?: TopologySpreadConstraint[]
  restartPolicy?: string
  terminationGracePeriodSeconds?: number
  activeDeadlineSeconds?: number
  priority?: number
  priorityClassName?: string
  preemptionPolicy?: string
  schedulerName?: string
  schedulingGates?: { name: string }[]
  hostNetwork?: boolean
  hostname?: string
  subdomain?: string
  serviceAccountName?: string
  readinessGates?: { conditionType: string }[]
  overhead?: Record<string, string>
  [field: string]: unknown
}

/** The fields of PodStatus that components of the cluster read or write. */
export interface PodStatus {
  phase?: string
  conditions?: Condition[]
  message?: string
  reason?: string
  hostIP?: string
  hostIPs?: { ip: string }[]
  podIP?: string
  podIPs?: { ip: string }[]
  startTime?: string
  initContainerStatuses?: ContainerStatus[]
  containerStatuses?: ContainerStatus[]
  ephemeralContainerStatuses?: ContainerStatus[]
  qosClass?: string
  nominatedNodeName?: string
  observedGeneration?: number
  [field: string]: unknown
}

/** The fields of Pod that components of the cluster read or write. */
export interface Pod extends ServerObject {
  spec: PodSpec
  status?: PodStatus
}

/** The fields of PodTemplate that components of the cluster read or write. */
export interface PodTemplate {
  metadata?: ObjectMeta
  spec: PodSpec
}
