import type { GroupVersionKind, JsonObject, KubeObject } from '../../../api/index.ts'
import { defaultHorizontalPodAutoscaler, defaultHorizontalPodAutoscalerV1 } from './autoscaling.ts'
import * as cluster from './cluster.ts'
import * as devices from './devices.ts'
import * as extensions from './extensions.ts'
import { defaultPod } from './pod.ts'
import * as service from './service.ts'
import { defaultCsiDriver, defaultPersistentVolume, defaultStorageClass } from './storage.ts'
import { defaultClaim } from './volume.ts'
import * as workload from './workload.ts'

const BY_KIND: Readonly<Record<string, (object: JsonObject) => void>> = {
  'apps/DaemonSet': workload.defaultDaemonSet,
  'apps/Deployment': workload.defaultDeployment,
  'apps/ReplicaSet': workload.defaultReplicaSet,
  'apps/StatefulSet': workload.defaultStatefulSet,
  'batch/CronJob': workload.defaultCronJob,
  'batch/Job': workload.defaultJob,
  '/Endpoints': service.defaultEndpoints,
  '/LimitRange': cluster.defaultLimitRange,
  '/Namespace': cluster.defaultNamespace,
  '/Node': cluster.defaultNode,
  '/PersistentVolume': defaultPersistentVolume,
  '/PersistentVolumeClaim': defaultClaim,
  '/Pod': defaultPod,
  '/PodTemplate': workload.defaultPodTemplateObject,
  '/ReplicationController': workload.defaultReplicationController,
  '/Secret': cluster.defaultSecret,
  '/Service': service.defaultService,
  'discovery.k8s.io/EndpointSlice': service.defaultEndpointSlice,
  'networking.k8s.io/IngressClass': service.defaultIngressClass,
  'networking.k8s.io/NetworkPolicy': service.defaultNetworkPolicy,
  'rbac.authorization.k8s.io/ClusterRoleBinding': cluster.defaultRoleBinding,
  'rbac.authorization.k8s.io/RoleBinding': cluster.defaultRoleBinding,
  'flowcontrol.apiserver.k8s.io/FlowSchema': extensions.defaultFlowSchema,
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': extensions.defaultPriorityLevel,
  'resource.k8s.io/ResourceClaim': devices.defaultResourceClaim,
  'resource.k8s.io/ResourceClaimTemplate': devices.defaultResourceClaimTemplate,
  'resource.k8s.io/ResourceSlice': devices.defaultResourceSlice,
  'scheduling.k8s.io/PriorityClass': cluster.defaultPriorityClass,
  'storage.k8s.io/CSIDriver': defaultCsiDriver,
  'storage.k8s.io/StorageClass': defaultStorageClass,
  'authentication.k8s.io/TokenRequest': cluster.defaultTokenRequest,
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': extensions.defaultAdmissionPolicy,
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': extensions.defaultAdmissionPolicyBinding,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': extensions.defaultMutatingWebhooks,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': extensions.defaultAdmissionPolicy,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': extensions.defaultAdmissionPolicyBinding,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': extensions.defaultValidatingWebhooks,
  'apiextensions.k8s.io/CustomResourceDefinition': extensions.defaultCustomResourceDefinition,
  'apiregistration.k8s.io/APIService': extensions.defaultApiService,
}

/** The function that fills in the defaults of a built-in kind, in place; it does nothing for kinds without defaults. */
export function defaultingOf(gvk: GroupVersionKind): (object: KubeObject) => void {
  const apply = functionOf(gvk)
  // The functions see a decoded object, which is plain JSON.
  return (object) => apply?.(object as unknown as JsonObject)
}

function functionOf({ group, version, kind }: GroupVersionKind): ((object: JsonObject) => void) | undefined {
  if (group === 'autoscaling' && kind === 'HorizontalPodAutoscaler') {
    return version === 'v1' ? defaultHorizontalPodAutoscalerV1 : defaultHorizontalPodAutoscaler
  }
  return BY_KIND[`${group}/${kind}`]
}
