import { API_SERVICES_PATH, type KubeObject, METRICS_API_SERVICE } from '../api/index.ts'
import type { Transport } from '../kube/index.ts'
import { defaultPolicy } from './apiserver/index.ts'
import { FLOW_SCHEMAS, PRIORITY_LEVELS } from './flow-control.ts'

/** What a new cluster is given besides what every cluster has. */
export interface BootstrapOptions {
  /** Name of the default StorageClass; null: none. */
  readonly storageClass: string | null
  /** Register the metrics API, as if a metrics server were installed. */
  readonly metrics?: boolean
  /** Port on which the API server listens. */
  readonly port: number
  /** How aggregated servers authenticate clients, and requests that come through this server. */
  readonly authentication: { readonly clientCa: string; readonly proxyCa: string; readonly proxyName: string }
  /** Address at which pods and clients reach the API server. */
  readonly address: string
}

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease']
const RBAC = '/apis/rbac.authorization.k8s.io/v1'
const FLOW_CONTROL = '/apis/flowcontrol.apiserver.k8s.io/v1'
const SCHEDULING = '/apis/scheduling.k8s.io/v1'
const SERVICES = '/api/v1/namespaces/default/services'
const SERVICE_RANGES = '/apis/networking.k8s.io/v1/servicecidrs'

/** Creates what every cluster starts with; what exists already is left as it is. */
export async function bootstrapCluster(transport: Transport, options: BootstrapOptions): Promise<void> {
  const client = new BootstrapClient(transport, await isNew(transport))
  const policy = defaultPolicy()
  await Promise.all(NAMESPACES.map((name) => client.ensure('/api/v1/namespaces', namespace(name))))
  await Promise.all([
    ...policy.clusterRoles.map((role) => client.ensure(`${RBAC}/clusterroles`, role)),
    ...policy.roles.map((role) => client.ensure(collectionOf(role, 'roles'), role)),
    ...policy.roleBindings.map((binding) => client.ensure(collectionOf(binding, 'rolebindings'), binding)),
    ...policy.clusterRoleBindings.map((binding) => client.ensure(`${RBAC}/clusterrolebindings`, binding)),
    ...PRIORITY_LEVELS.map((each) => client.ensure(`${FLOW_CONTROL}/prioritylevelconfigurations`, each)),
    ...FLOW_SCHEMAS.map((each) => client.ensure(`${FLOW_CONTROL}/flowschemas`, each)),
    ...PRIORITY_CLASSES.map((each) => client.ensure(`${SCHEDULING}/priorityclasses`, each)),
    client.ensure(SERVICES, apiService(options.port)),
    client.ensureWithStatus(SERVICE_RANGES, SERVICE_RANGE, readyRange),
    ...(options.storageClass === null
      ? []
      : storageClasses(options.storageClass).map((object) =>
          client.ensure('/apis/storage.k8s.io/v1/storageclasses', object),
        )),
  ])
  if (options.metrics === true) await client.ensure(API_SERVICES_PATH, METRICS_API_SERVICE)
  await Promise.all([
    client.put('/api/v1/namespaces/kube-system/configmaps', authenticationConfig(options.authentication)),
    client.put('/api/v1/namespaces/default/endpoints', apiEndpoints(options)),
    client.put('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', apiSlice(options)),
  ])
}

function collectionOf({ metadata }: KubeObject, resource: string): string {
  return `${RBAC}/namespaces/${metadata.namespace ?? ''}/${resource}`
}

/** Whether nobody has set up this cluster before, not even in part. */
async function isNew(transport: Transport): Promise<boolean> {
  return (await transport.request({ method: 'GET', path: `/api/v1/namespaces/${NAMESPACES[0]}` })).status === 404
}

/** Answers hold metadata only: a start makes hundreds of objects and looks at none of them. */
const BRIEF = { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' }

/** The two verbs that setting up needs, over any transport. */
class BootstrapClient {
  readonly #transport: Transport
  /** There is nothing to look for. */
  readonly #isNew: boolean
  constructor(transport: Transport, isNewCluster: boolean) {
    this.#transport = transport
    this.#isNew = isNewCluster
  }

  /** Creates an object unless there is one of its name. */
  async ensure(collection: string, object: KubeObject): Promise<void> {
    if (this.#isNew || !(await this.#has(`${collection}/${object.metadata.name ?? ''}`)))
      await this.#transport.request({ method: 'POST', path: collection, body: object, headers: BRIEF })
  }

  async #has(path: string): Promise<boolean> {
    return (await this.#transport.request({ method: 'GET', path, headers: BRIEF })).status === 200
  }

  /** As ensure, and gives what was created a status, which creating does not take. */
  async ensureWithStatus(
    collection: string,
    object: KubeObject,
    statusOf: (created: KubeObject) => Record<string, unknown>,
  ): Promise<void> {
    const { name = '' } = object.metadata
    const path = `${collection}/${name}`
    if (await this.#has(path)) return
    const { body } = await this.#transport.request({ method: 'POST', path: collection, body: object })
    const created = body as KubeObject
    const changed = { ...created, status: statusOf(created) }
    await this.#transport.request({ method: 'PUT', path: `${path}/status`, body: changed })
  }

  /** Creates or replaces an object. */
  async put(collection: string, object: KubeObject): Promise<void> {
    const path = `${collection}/${object.metadata.name ?? ''}`
    const replaced = await this.#transport.request({ method: 'PUT', path, body: object })
    if (replaced.status === 404) await this.#transport.request({ method: 'POST', path: collection, body: object })
  }
}

function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
}

const priorityClass = (name: string, value: number, description: string): KubeObject => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
  preemptionPolicy: 'PreemptLowerPriority',
  description,
})

const PRIORITY_CLASSES = [
  priorityClass(
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
  priorityClass(
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ),
]

/** From this aggregated servers learn whom to believe. */
function authenticationConfig({ clientCa, proxyCa, proxyName }: BootstrapOptions['authentication']): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'extension-apiserver-authentication', namespace: 'kube-system' },
    data: {
      'client-ca-file': clientCa,
      'requestheader-allowed-names': JSON.stringify([proxyName]),
      'requestheader-client-ca-file': proxyCa,
      'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
      'requestheader-group-headers': '["X-Remote-Group"]',
      'requestheader-username-headers': '["X-Remote-User"]',
    },
  }
}

/** The range that services have their addresses of. */
const SERVICE_RANGE: KubeObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: 'kubernetes', finalizers: ['networking.k8s.io/service-cidr-finalizer'] },
  spec: { cidrs: ['10.96.0.0/16'] },
}

function readyRange({ metadata }: KubeObject): Record<string, unknown> {
  const message = 'Kubernetes Service CIDR is ready'
  const lastTransitionTime = metadata.creationTimestamp
  return { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime, reason: '', message }] }
}

/** The Service by which pods reach the API server. */
function apiService(port: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.1',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
    },
  }
}

function apiEndpoints({ address, port }: BootstrapOptions): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'kubernetes', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  }
}

function apiSlice({ address, port }: BootstrapOptions): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  }
}

/** The default class, and the same under the name that charts for small clusters ask for. */
function storageClasses(defaultName: string): KubeObject[] {
  const standard = 'standard'
  const names = defaultName === standard ? [standard] : [defaultName, standard]
  return names.map((name) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata:
      name === defaultName
        ? { name, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }
        : { name },
    provisioner: 'chartctl.dev/local-path',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  }))
}
