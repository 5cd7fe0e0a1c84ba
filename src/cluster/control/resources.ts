import type { KubeObject } from '../../api/index.ts'
import type * as k from './kinds.ts'

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

/** The resources that components of the cluster use by name. */
export const PODS = namespaced<k.Pod>('', 'v1', 'pods', 'Pod')
export const NODES = clusterWide<k.Node>('', 'v1', 'nodes', 'Node')
export const NAMESPACES = clusterWide<k.Namespace>('', 'v1', 'namespaces', 'Namespace')
export const SERVICES = namespaced<k.Service>('', 'v1', 'services', 'Service')
export const ENDPOINTS = namespaced<k.Endpoints>('', 'v1', 'endpoints', 'Endpoints')
export const CONFIG_MAPS = namespaced<k.ConfigMap>('', 'v1', 'configmaps', 'ConfigMap')
export const SECRETS = namespaced<k.Secret>('', 'v1', 'secrets', 'Secret')
export const SERVICE_ACCOUNTS = namespaced<k.ServerObject>('', 'v1', 'serviceaccounts', 'ServiceAccount')
export const EVENTS = namespaced<KubeObject>('', 'v1', 'events', 'Event')
export const CLAIMS = namespaced<k.PersistentVolumeClaim>('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim')
export const VOLUMES = clusterWide<k.PersistentVolume>('', 'v1', 'persistentvolumes', 'PersistentVolume')
export const QUOTAS = namespaced<k.ResourceQuota>('', 'v1', 'resourcequotas', 'ResourceQuota')
export const REPLICATION_CONTROLLERS = namespaced<k.ReplicationController>(
  '',
  'v1',
  'replicationcontrollers',
  'ReplicationController',
)
export const REPLICA_SETS = namespaced<k.ReplicaSet>('apps', 'v1', 'replicasets', 'ReplicaSet')
export const DEPLOYMENTS = namespaced<k.Deployment>('apps', 'v1', 'deployments', 'Deployment')
export const STATEFUL_SETS = namespaced<k.StatefulSet>('apps', 'v1', 'statefulsets', 'StatefulSet')
export const DAEMON_SETS = namespaced<k.DaemonSet>('apps', 'v1', 'daemonsets', 'DaemonSet')
export const CONTROLLER_REVISIONS = namespaced<k.ControllerRevision>(
  'apps',
  'v1',
  'controllerrevisions',
  'ControllerRevision',
)
export const JOBS = namespaced<k.Job>('batch', 'v1', 'jobs', 'Job')
export const CRON_JOBS = namespaced<k.CronJob>('batch', 'v1', 'cronjobs', 'CronJob')
export const ENDPOINT_SLICES = namespaced<k.EndpointSlice>('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice')
export const STORAGE_CLASSES = clusterWide<k.StorageClass>('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass')
export const BUDGETS = namespaced<k.PodDisruptionBudget>('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget')
export const AUTOSCALERS = namespaced<k.ServerObject>(
  'autoscaling',
  'v2',
  'horizontalpodautoscalers',
  'HorizontalPodAutoscaler',
)
export const LEASES = namespaced<k.ServerObject>('coordination.k8s.io', 'v1', 'leases', 'Lease')
export const INGRESSES = namespaced<k.ServerObject>('networking.k8s.io', 'v1', 'ingresses', 'Ingress')
export const CERTIFICATE_REQUESTS = clusterWide<k.ServerObject>(
  'certificates.k8s.io',
  'v1',
  'certificatesigningrequests',
  'CertificateSigningRequest',
)
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
