import type { KubeObject, ObjectMeta } from '../../api/index.ts'

/** `metadata` as the API server returns it: name, uid and version are always there. */
export interface ServerMeta extends ObjectMeta {
  name: string
  uid: string
}

/** An object as the API server returns it. */
export interface ServerObject extends KubeObject {
  metadata: ServerMeta
}

/** A condition of most kinds. */
export interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string | null
  lastUpdateTime?: string
  lastProbeTime?: string | null
  lastHeartbeatTime?: string
  observedGeneration?: number
}

/** `LabelSelector` of apimachinery. */
export interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

/** The fields of EnvVar that components of the cluster read or write. */
export interface EnvVar {
  name: string
  value?: string
  valueFrom?: {
    configMapKeyRef?: { name?: string; key: string; optional?: boolean }
    secretKeyRef?: { name?: string; key: string; optional?: boolean }
    fieldRef?: { fieldPath: string }
    resourceFieldRef?: ResourceFieldRef
  }
}

/** The fields of ResourceFieldSelector that components of the cluster read or write. */
export interface ResourceFieldRef {
  containerName?: string
  resource: string
  divisor?: string
}

/** The fields of VolumeMount that components of the cluster read or write. */
export interface VolumeMount {
  name: string
  mountPath: string
  subPath?: string
  subPathExpr?: string
  readOnly?: boolean
}

/** The fields of Container that components of the cluster read or write. */
export interface Container {
  name: string
  image?: string
  command?: string[]
  args?: string[]
  imagePullPolicy?: string
  restartPolicy?: string
  ports?: { name?: string; containerPort: number; hostPort?: number; hostIP?: string; protocol?: string }[]
  env?: EnvVar[]
  envFrom?: {
    prefix?: string
    configMapRef?: { name?: string; optional?: boolean }
    secretRef?: { name?: string; optional?: boolean }
  }[]
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
  readinessProbe?: Probe
  startupProbe?: Probe
  livenessProbe?: Probe
  lifecycle?: { preStop?: { sleep?: { seconds: number } } }
  volumeMounts?: VolumeMount[]
  workingDir?: string
  stdin?: boolean
  tty?: boolean
}

/** The fields of Probe that components of the cluster read or write. */
export interface Probe {
  initialDelaySeconds?: number
  periodSeconds?: number
  failureThreshold?: number
  httpGet?: object
  tcpSocket?: object
  grpc?: object
}

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

/** The fields of Toleration that components of the cluster read or write. */
export interface Toleration {
  key?: string
  operator?: string
  value?: string
  effect?: string
  tolerationSeconds?: number
}

/** The fields of Taint that components of the cluster read or write. */
export interface Taint {
  key: string
  value?: string
  effect: string
  timeAdded?: string
}

/** The fields of NodeSelectorTerm that components of the cluster read or write. */
export interface NodeSelectorTerm {
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
  matchFields?: { key: string; operator: string; values?: string[] }[]
}

/** The fields of PodAffinityTerm that components of the cluster read or write. */
export interface PodAffinityTerm {
  labelSelector?: LabelSelector
  namespaceSelector?: LabelSelector
  namespaces?: string[]
  topologyKey: string
  matchLabelKeys?: string[]
  mismatchLabelKeys?: string[]
}

/** The fields of Affinity that components of the cluster read or write. */
export interface Affinity {
  nodeAffinity?: {
    requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms?: NodeSelectorTerm[] }
    preferredDuringSchedulingIgnoredDuringExecution?: { weight: number; preference: NodeSelectorTerm }[]
  }
  podAffinity?: PodAffinityRules
  podAntiAffinity?: PodAffinityRules
}

/** The fields of PodAffinityRules that components of the cluster read or write. */
export interface PodAffinityRules {
  requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[]
  preferredDuringSchedulingIgnoredDuringExecution?: { weight: number; podAffinityTerm: PodAffinityTerm }[]
}

/** The fields of TopologySpreadConstraint that components of the cluster read or write. */
export interface TopologySpreadConstraint {
  maxSkew: number
  topologyKey: string
  whenUnsatisfiable: string
  labelSelector?: LabelSelector
  minDomains?: number
  matchLabelKeys?: string[]
  nodeAffinityPolicy?: string
  nodeTaintsPolicy?: string
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

/** The fields of ContainerState that components of the cluster read or write. */
export interface ContainerState {
  waiting?: { reason?: string; message?: string }
  running?: { startedAt?: string }
  terminated?: {
    exitCode: number
    reason?: string
    message?: string
    startedAt?: string
    finishedAt?: string
    containerID?: string
  }
}

/** The fields of ContainerStatus that components of the cluster read or write. */
export interface ContainerStatus {
  name: string
  state?: ContainerState
  lastState?: ContainerState
  ready: boolean
  restartCount: number
  image: string
  imageID: string
  containerID?: string
  started?: boolean
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

/** The fields of Node that components of the cluster read or write. */
export interface Node extends ServerObject {
  spec: { unschedulable?: boolean; taints?: Taint[]; podCIDR?: string; podCIDRs?: string[]; providerID?: string }
  status?: {
    capacity?: Record<string, string>
    allocatable?: Record<string, string>
    conditions?: Condition[]
    addresses?: { type: string; address: string }[]
    phase?: string
    images?: { names?: string[]; sizeBytes?: number }[]
    nodeInfo?: Record<string, string>
    daemonEndpoints?: { kubeletEndpoint: { Port: number } }
    [field: string]: unknown
  }
}

/** The fields of CSINode that components of the cluster read or write. */
export interface CsiNode extends ServerObject {
  spec: { drivers?: { name: string; allocatable?: { count?: number } }[] }
}

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

/** The fields of PodFailurePolicyRule that components of the cluster read or write. */
export interface PodFailurePolicyRule {
  action: string
  onExitCodes?: { containerName?: string; operator: string; values: number[] }
  onPodConditions?: { type: string; status?: string }[]
}

/** The fields of JobSpec that components of the cluster read or write. */
export interface JobSpec {
  parallelism?: number
  completions?: number
  activeDeadlineSeconds?: number
  backoffLimit?: number
  backoffLimitPerIndex?: number
  maxFailedIndexes?: number
  selector?: LabelSelector
  manualSelector?: boolean
  template: PodTemplate
  ttlSecondsAfterFinished?: number
  completionMode?: string
  suspend?: boolean
  podReplacementPolicy?: string
  podFailurePolicy?: { rules?: PodFailurePolicyRule[] }
  successPolicy?: { rules?: { succeededIndexes?: string; succeededCount?: number }[] }
  managedBy?: string
}

/** The fields of JobStatus that components of the cluster read or write. */
export interface JobStatus {
  conditions?: Condition[]
  startTime?: string
  completionTime?: string
  active?: number
  ready?: number
  terminating?: number
  succeeded?: number
  failed?: number
  completedIndexes?: string
  failedIndexes?: string
  uncountedTerminatedPods?: { succeeded?: string[]; failed?: string[] }
}

/** The fields of Job that components of the cluster read or write. */
export interface Job extends ServerObject {
  spec: JobSpec
  status?: JobStatus
}

/** The fields of CronJob that components of the cluster read or write. */
export interface CronJob extends ServerObject {
  spec: {
    schedule: string
    timeZone?: string
    startingDeadlineSeconds?: number
    concurrencyPolicy?: string
    suspend?: boolean
    jobTemplate: { metadata?: ObjectMeta; spec: JobSpec }
    successfulJobsHistoryLimit?: number
    failedJobsHistoryLimit?: number
  }
  status?: {
    active?: Record<string, string>[]
    lastScheduleTime?: string
    lastSuccessfulTime?: string
  }
}

/** The fields of ServicePort that components of the cluster read or write. */
export interface ServicePort {
  name?: string
  protocol?: string
  port: number
  targetPort?: number | string
  nodePort?: number
  appProtocol?: string
}

/** The fields of Service that components of the cluster read or write. */
export interface Service extends ServerObject {
  spec: {
    type?: string
    selector?: Record<string, string>
    clusterIP?: string
    clusterIPs?: string[]
    ports?: ServicePort[]
    publishNotReadyAddresses?: boolean
    ipFamilies?: string[]
    loadBalancerIP?: string
    loadBalancerClass?: string
    externalName?: string
    [field: string]: unknown
  }
  status?: { loadBalancer?: { ingress?: { ip?: string; ipMode?: string }[] }; conditions?: Condition[] }
}

/** The fields of EndpointsSubset that components of the cluster read or write. */
export interface EndpointsSubset {
  addresses?: EndpointAddress[]
  notReadyAddresses?: EndpointAddress[]
  ports?: { name?: string; port: number; protocol?: string; appProtocol?: string }[]
}

/** The fields of EndpointAddress that components of the cluster read or write. */
export interface EndpointAddress {
  ip: string
  hostname?: string
  nodeName?: string
  targetRef?: Record<string, string>
}

/** The fields of Endpoints that components of the cluster read or write. */
export interface Endpoints extends ServerObject {
  subsets?: EndpointsSubset[]
}

/** The fields of EndpointSliceEndpoint that components of the cluster read or write. */
export interface EndpointSliceEndpoint {
  addresses: string[]
  conditions: { ready?: boolean; serving?: boolean; terminating?: boolean }
  hostname?: string
  nodeName?: string
  targetRef?: Record<string, string>
  zone?: string
}

/** The fields of EndpointSlice that components of the cluster read or write. */
export interface EndpointSlice extends ServerObject {
  addressType: string
  endpoints: EndpointSliceEndpoint[]
  ports?: { name?: string; port?: number; protocol?: string; appProtocol?: string }[]
}

/** The fields of Namespace that components of the cluster read or write. */
export interface Namespace extends ServerObject {
  spec?: { finalizers?: string[] }
  status?: { phase?: string; conditions?: Condition[] }
}

/** The fields of ConfigMap that components of the cluster read or write. */
export interface ConfigMap extends ServerObject {
  data?: Record<string, string>
  binaryData?: Record<string, string>
}

/** The fields of Secret that components of the cluster read or write. */
export interface Secret extends ServerObject {
  type?: string
  data?: Record<string, string>
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

/** The fields of ObjectReference that components of the cluster read or write. */
export interface ObjectReference {
  kind?: string
  namespace?: string
  name?: string
  uid?: string
  apiVersion?: string
  resourceVersion?: string
  fieldPath?: string
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

/** The fields of PodDisruptionBudget that components of the cluster read or write. */
export interface PodDisruptionBudget extends ServerObject {
  spec: { minAvailable?: number | string; maxUnavailable?: number | string; selector?: LabelSelector }
  status?: {
    observedGeneration?: number
    disruptedPods?: Record<string, string>
    disruptionsAllowed: number
    currentHealthy: number
    desiredHealthy: number
    expectedPods: number
    conditions?: Condition[]
  }
}

/** The fields of ResourceQuota that components of the cluster read or write. */
export interface ResourceQuota extends ServerObject {
  spec?: {
    hard?: Record<string, string>
    scopes?: string[]
    scopeSelector?: { matchExpressions?: { scopeName: string; operator: string; values?: string[] }[] }
  }
  status?: { hard?: Record<string, string>; used?: Record<string, string> }
}

/** The fields of PriorityClass that components of the cluster read or write. */
export interface PriorityClass extends ServerObject {
  value: number
  globalDefault?: boolean
  preemptionPolicy?: string
}
