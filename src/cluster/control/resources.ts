import type { KubeObject } from '../../api/index.ts'
import type * as k from './kinds/index.ts'

/** Where a kind lives in the API. `T` is the type of its objects. */
export interface ResourceType<T extends KubeObject = KubeObject> {
  readonly group: string
  readonly version: string
  /** Plural name in URLs. */
  readonly resource: string
  readonly kind: string
  readonly namespaced: boolean
  /** Never set: carries the type. */
  readonly objectType?: T
}

function namespaced<T extends KubeObject>(
  group: string,
  version: string,
  resource: string,
  kind: string,
): ResourceType<T> {
  return { group, version, resource, kind, namespaced: true }
}

function clusterWide<T extends KubeObject>(
  group: string,
  version: string,
  resource: string,
  kind: string,
): ResourceType<T> {
  return { group, version, resource, kind, namespaced: false }
}

/** Resource type: pods. */
export const PODS = namespaced<k.Pod>('', 'v1', 'pods', 'Pod')
/** Resource type: nodes. */
export const NODES = clusterWide<k.Node>('', 'v1', 'nodes', 'Node')
/** Resource type: cluster roles. */
export const CLUSTER_ROLES = clusterWide<k.ClusterRole>(
  'rbac.authorization.k8s.io',
  'v1',
  'clusterroles',
  'ClusterRole',
)
/** Resource type: namespaces. */
export const NAMESPACES = clusterWide<k.Namespace>('', 'v1', 'namespaces', 'Namespace')
/** Resource type: services. */
export const SERVICES = namespaced<k.Service>('', 'v1', 'services', 'Service')
/** Resource type: endpoints. */
export const ENDPOINTS = namespaced<k.Endpoints>('', 'v1', 'endpoints', 'Endpoints')
/** Resource type: config maps. */
export const CONFIG_MAPS = namespaced<k.ConfigMap>('', 'v1', 'configmaps', 'ConfigMap')
/** Resource type: secrets. */
export const SECRETS = namespaced<k.Secret>('', 'v1', 'secrets', 'Secret')
/** Resource type: service accounts. */
export const SERVICE_ACCOUNTS = namespaced<k.ServerObject>('', 'v1', 'serviceaccounts', 'ServiceAccount')
/** Resource type: events. */
export const EVENTS = namespaced<KubeObject>('', 'v1', 'events', 'Event')
/** Resource type: claims. */
export const CLAIMS = namespaced<k.PersistentVolumeClaim>('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim')
/** Resource type: volumes. */
export const VOLUMES = clusterWide<k.PersistentVolume>('', 'v1', 'persistentvolumes', 'PersistentVolume')
/** Resource type: quotas. */
export const QUOTAS = namespaced<k.ResourceQuota>('', 'v1', 'resourcequotas', 'ResourceQuota')
/** Resource type: replication controllers. */
export const REPLICATION_CONTROLLERS = namespaced<k.ReplicationController>(
  '',
  'v1',
  'replicationcontrollers',
  'ReplicationController',
)
/** Resource type: replica sets. */
export const REPLICA_SETS = namespaced<k.ReplicaSet>('apps', 'v1', 'replicasets', 'ReplicaSet')
/** Resource type: deployments. */
export const DEPLOYMENTS = namespaced<k.Deployment>('apps', 'v1', 'deployments', 'Deployment')
/** Resource type: stateful sets. */
export const STATEFUL_SETS = namespaced<k.StatefulSet>('apps', 'v1', 'statefulsets', 'StatefulSet')
/** Resource type: daemon sets. */
export const DAEMON_SETS = namespaced<k.DaemonSet>('apps', 'v1', 'daemonsets', 'DaemonSet')
/** Resource type: controller revisions. */
export const CONTROLLER_REVISIONS = namespaced<k.ControllerRevision>(
  'apps',
  'v1',
  'controllerrevisions',
  'ControllerRevision',
)
/** Resource type: jobs. */
export const JOBS = namespaced<k.Job>('batch', 'v1', 'jobs', 'Job')
/** Resource type: cron jobs. */
export const CRON_JOBS = namespaced<k.CronJob>('batch', 'v1', 'cronjobs', 'CronJob')
/** Resource type: endpoint slices. */
export const ENDPOINT_SLICES = namespaced<k.EndpointSlice>('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice')
/** Resource type: storage classes. */
export const STORAGE_CLASSES = clusterWide<k.StorageClass>('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass')
/** Resource type: CSI nodes. */
export const CSI_NODES = clusterWide<k.CsiNode>('storage.k8s.io', 'v1', 'csinodes', 'CSINode')
/** Resource type: budgets. */
export const BUDGETS = namespaced<k.PodDisruptionBudget>('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget')
/** Resource type: autoscalers. */
export const AUTOSCALERS = namespaced<k.ServerObject>(
  'autoscaling',
  'v2',
  'horizontalpodautoscalers',
  'HorizontalPodAutoscaler',
)
/** Resource type: leases. */
export const LEASES = namespaced<k.ServerObject>('coordination.k8s.io', 'v1', 'leases', 'Lease')
/** Resource type: custom resource definitions. */
export const CUSTOM_RESOURCE_DEFINITIONS = clusterWide<k.ServerObject>(
  'apiextensions.k8s.io',
  'v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
)

/** `apiVersion` of a resource's objects. */
export function apiVersionOfType(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`
}

/** Path of a collection, or of one object in it when `name` is given. */
export function resourcePath(
  type: ResourceType,
  ref: {
    readonly namespace?: string | undefined
    readonly name?: string | undefined
    readonly subresource?: string | undefined
  } = {},
): string {
  let path = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`
  if (type.namespaced && ref.namespace !== undefined) path += `/namespaces/${encodeURIComponent(ref.namespace)}`
  path += `/${type.resource}`
  if (ref.name !== undefined) path += `/${encodeURIComponent(ref.name)}`
  if (ref.subresource !== undefined) path += `/${ref.subresource}`
  return path
}
