import type { FieldError, GroupVersionKind, KubeObject } from '../../../api/index.ts'
import { validateHorizontalPodAutoscaler } from './autoscaling.ts'
import { validateClaim, validateClaimStatus, validateClaimUpdate } from './claim.ts'
import * as policies from './admission-policy.ts'
import * as cluster from './cluster.ts'
import * as config from './config.ts'
import * as claims from './resource-claim.ts'
import * as slices from './resource-slice.ts'
import * as endpoints from './endpoints.ts'
import { validateEventUpdate, validateNewEvent } from './event.ts'
import { validateFlowSchema, validatePriorityLevel } from './flow-control.ts'
import * as job from './job.ts'
import { validateJobStatus } from './job-status.ts'
import { nameRuleOf, validateMetadata, validateSystemMetadata } from './metadata.ts'
import { finalizerNames, findInMetadata, findInStatusMetadata } from './metadata-updates.ts'
import { validateLimitRange } from './limit-range.ts'
import * as network from './network.ts'
import { validatePersistentVolume, validatePersistentVolumeUpdate } from './persistent-volume.ts'
import { validateNewPod, validatePod, validatePodTemplate } from './pod.ts'
import { validatePodStatus } from './pod-status.ts'
import { validatePodUpdate } from './pod-update.ts'
import * as policy from './policy.ts'
import * as rbac from './rbac.ts'
import * as service from './service.ts'
import * as status from './status.ts'
import * as storage from './storage.ts'
import { validateApiService, validateApiServiceStatus, validateWebhooks } from './webhook.ts'
import * as workload from './workload.ts'

/** Validation of one kind. */
export interface Validator {
  create(object: KubeObject): FieldError[]
  update(object: KubeObject, old: KubeObject): FieldError[]
  statusUpdate(object: KubeObject, old: KubeObject): FieldError[]
}

/** The rules of a kind beyond its metadata. `change` runs after `check` on updates. */
interface Rules {
  /** `old` is there on updates, for what is tolerated because it was so before. */
  readonly check?: (object: KubeObject, old?: KubeObject) => FieldError[]
  /** In place of `check` for new objects. */
  readonly create?: (object: KubeObject) => FieldError[]
  readonly change?: (object: KubeObject, old: KubeObject) => FieldError[]
  /** Further findings of a change through the status sub-resource. */
  readonly status?: (object: KubeObject, old: KubeObject) => FieldError[]
  /** The rules look at metadata themselves. */
  readonly ownMetadata?: (object: KubeObject) => boolean
  /** An update is checked twice, which the causes show. */
  readonly checkedTwice?: boolean
  /** The change comes before the check, or is all there is (`only`). */
  readonly order?: 'change-first' | 'change-only'
}

/** Kinds that are checked beyond their metadata and the types of their fields. */
export const validatedKinds = (): ReadonlySet<string> => new Set(Object.keys(RULES))

const RULES: Readonly<Record<string, Rules>> = {
  APIService: { check: validateApiService, status: validateApiServiceStatus },
  CSIDriver: { check: storage.validateCsiDriver, change: storage.validateCsiDriverUpdate },
  CSINode: { check: storage.validateCsiNode, change: storage.validateCsiNodeUpdate },
  CSIStorageCapacity: {
    check: storage.validateCsiStorageCapacity,
    change: storage.validateCsiStorageCapacityUpdate,
  },
  CertificateSigningRequest: {
    check: cluster.validateCertificateSigningRequest,
    status: cluster.validateSigningRequestStatus,
  },
  ClusterRole: { check: rbac.validateRole },
  ClusterRoleBinding: { check: rbac.validateRoleBinding, change: rbac.validateRoleBindingUpdate },
  ConfigMap: {
    check: config.validateConfigMap,
    change: config.validateConfigMapUpdate,
    order: 'change-first',
  },
  ControllerRevision: { check: cluster.validateControllerRevision, change: cluster.validateControllerRevisionUpdate },
  CronJob: { check: job.validateCronJob, create: job.validateNewCronJob },
  DaemonSet: {
    check: workload.validateDaemonSet,
    change: workload.validateSelectorUpdate,
    order: 'change-first',
    status: status.validateDaemonSetStatus,
  },
  Deployment: {
    check: workload.validateDeployment,
    change: workload.validateSelectorUpdate,
    status: status.validateDeploymentStatus,
  },
  DeviceClass: { check: claims.validateDeviceClass },
  EndpointSlice: { create: endpoints.validateEndpointSlice, change: endpoints.validateEndpointSliceUpdate },
  Endpoints: { check: endpoints.validateEndpoints },
  Event: { create: validateNewEvent, change: validateEventUpdate, ownMetadata: (object) => object.apiVersion !== 'v1' },
  FlowSchema: { check: validateFlowSchema },
  HorizontalPodAutoscaler: { check: validateHorizontalPodAutoscaler, status: status.validateAutoscalerStatus },
  IPAddress: { check: network.validateIpAddress, change: network.validateIpAddressUpdate },
  Ingress: {
    check: network.validateIngress,
    create: network.validateNewIngress,
    status: status.validateIngressStatus,
  },
  IngressClass: {
    check: network.validateIngressClass,
    change: network.validateIngressClassUpdate,
    order: 'change-first',
  },
  Job: { check: job.validateJob, change: job.validateJobUpdate, checkedTwice: true, status: validateJobStatus },
  Lease: { check: policy.validateLease },
  LimitRange: { check: validateLimitRange },
  MutatingAdmissionPolicy: { check: policies.validateMutatingPolicy },
  MutatingAdmissionPolicyBinding: { check: policies.validateMutatingPolicyBinding },
  MutatingWebhookConfiguration: { check: validateWebhooks },
  Namespace: { check: cluster.validateNamespace, status: status.validateNamespaceStatus },
  NetworkPolicy: { check: network.validateNetworkPolicy },
  Node: {
    check: cluster.validateNode,
    change: cluster.validateNodeUpdate,
    checkedTwice: true,
    status: cluster.validateNodeStatus,
  },
  PersistentVolume: { check: validatePersistentVolume, change: validatePersistentVolumeUpdate, checkedTwice: true },
  PersistentVolumeClaim: { check: validateClaim, change: validateClaimUpdate, status: validateClaimStatus },
  Pod: { check: validatePod, create: validateNewPod, change: validatePodUpdate, status: validatePodStatus },
  PodDisruptionBudget: { check: policy.validatePodDisruptionBudget, status: status.validateBudgetStatus },
  PodTemplate: { check: (object) => validatePodTemplate(object.template as never, 'template') },
  PriorityLevelConfiguration: { check: validatePriorityLevel },
  PriorityClass: {
    check: policy.validatePriorityClass,
    change: policy.validatePriorityClassUpdate,
    order: 'change-only',
  },
  ReplicaSet: {
    check: workload.validateReplicaSet,
    change: workload.validateSelectorUpdate,
    status: status.validateReplicaSetStatus,
  },
  ReplicationController: { check: workload.validateReplicationController, status: status.validateReplicaSetStatus },
  ResourceClaim: { create: claims.validateResourceClaim, change: claims.validateResourceClaimUpdate },
  ResourceClaimTemplate: { create: claims.validateResourceClaimTemplate, change: claims.validateResourceClaimUpdate },
  ResourceQuota: {
    check: policy.validateResourceQuota,
    change: policy.validateResourceQuotaUpdate,
    status: policy.validateResourceQuotaStatus,
  },
  ResourceSlice: { check: slices.validateResourceSlice, change: slices.validateResourceSliceUpdate },
  Role: { check: rbac.validateRole },
  RoleBinding: { check: rbac.validateRoleBinding, change: rbac.validateRoleBindingUpdate },
  RuntimeClass: { check: cluster.validateRuntimeClass, change: cluster.validateRuntimeClassUpdate },
  Secret: {
    check: config.validateSecret,
    change: config.validateSecretUpdate,
    order: 'change-first',
  },
  Service: {
    check: service.validateService,
    change: service.validateServiceUpdate,
    order: 'change-first',
    status: status.validateServiceStatus,
  },
  StatefulSet: {
    create: workload.validateNewStatefulSet,
    change: workload.validateStatefulSetUpdate,
    status: status.validateStatefulSetStatus,
  },
  StorageClass: { check: storage.validateStorageClass, change: storage.validateStorageClassUpdate },
  ServiceCIDR: { create: network.validateServiceCidr, change: network.validateServiceCidrUpdate },
  VolumeAttachment: {
    check: storage.validateVolumeAttachment,
    change: storage.validateVolumeAttachmentUpdate,
    status: storage.validateVolumeAttachmentStatus,
  },
  VolumeAttributesClass: {
    check: storage.validateVolumeAttributesClass,
    change: storage.validateVolumeAttributesClassUpdate,
    order: 'change-first',
  },
  ValidatingAdmissionPolicy: { check: policies.validateValidatingPolicy },
  ValidatingAdmissionPolicyBinding: { check: policies.validateValidatingPolicyBinding },
  ValidatingWebhookConfiguration: { check: validateWebhooks },
}

const CLUSTER_SCOPED = new Set([
  'APIService',
  'CSIDriver',
  'CSINode',
  'CertificateSigningRequest',
  'ClusterRole',
  'ClusterRoleBinding',
  'ComponentStatus',
  'CustomResourceDefinition',
  'DeviceClass',
  'FlowSchema',
  'IPAddress',
  'IngressClass',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'PriorityLevelConfiguration',
  'ResourceSlice',
  'RuntimeClass',
  'ServiceCIDR',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
  'VolumeAttachment',
  'VolumeAttributesClass',
])

const REVIEWS = /(Review|TokenRequest|Binding|Eviction|Scale)$/

/** The validator of a built-in kind. */
export function validatorOf(gvk: GroupVersionKind): Validator {
  if (isUnstored(gvk)) return { create: () => [], update: () => [], statusUpdate: () => [] }
  const rules = RULES[gvk.kind] ?? {}
  const options = { kind: gvk.kind, namespaced: !CLUSTER_SCOPED.has(gvk.kind), rule: nameRuleOf(gvk.kind) }
  return {
    create(object) {
      const own = rules.ownMetadata?.(object) ?? false
      const metadata = own ? [] : [...validateMetadata(object, options), ...finalizerNames(object, gvk.kind)]
      const found = [...metadata, ...((rules.create ?? rules.check)?.(object) ?? [])]
      return found.length > 0 ? found : validateSystemMetadata(object)
    },
    update(object, old) {
      const { common, asNew, asChanged } = findInMetadata(object, old, options)
      const once = rules.order === 'change-only' ? [] : (rules.check?.(object, old) ?? [])
      const check = [...asNew, ...once, ...(rules.checkedTwice === true ? once : [])]
      const change = rules.change?.(object, old) ?? []
      if (rules.order === 'change-first') return [...common, ...asChanged, ...change, ...check]
      // What looks at the object as a new one comes first, where a kind has both.
      return asNew.length > 0
        ? [...common, ...check, ...asChanged, ...change]
        : [...common, ...asChanged, ...check, ...change]
    },
    statusUpdate(object, old) {
      return [...findInStatusMetadata(object, old, options), ...(rules.status?.(object, old) ?? [])]
    },
  }
}

function isUnstored({ group, kind }: GroupVersionKind): boolean {
  if (group === 'authentication.k8s.io' || group === 'authorization.k8s.io') return true
  return group === '' && kind === 'Binding'
    ? true
    : REVIEWS.test(kind) && !kind.endsWith('RoleBinding') && !kind.endsWith('PolicyBinding')
}
