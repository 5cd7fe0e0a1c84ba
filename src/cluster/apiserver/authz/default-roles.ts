import type { KubeObject } from '../../../api/index.ts'
import { API_VERSION, ANNOTATIONS, defaultBindings, defaultClusterBindings, LABELS } from './default-bindings.ts'
import { COMPONENT_RULES, CONTROLLER_RULES, NAMESPACED_RULES, policyRule } from './controller-roles.ts'
import type { PolicyRule } from './rules.ts'

/** What every cluster allows from the start. As Kubernetes' bootstrap policy. */
export interface DefaultPolicy {
  readonly clusterRoles: readonly KubeObject[]
  readonly clusterRoleBindings: readonly KubeObject[]
  /** Those in namespaces. */
  readonly roles: readonly KubeObject[]
  readonly roleBindings: readonly KubeObject[]
}

const READ = ['get', 'list', 'watch']
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update']

const rule = (apiGroups: readonly string[], resources: readonly string[], verbs: readonly string[]): PolicyRule => ({
  apiGroups,
  resources: [...resources].sort(),
  verbs: [...verbs].sort(),
})
const urls = (nonResourceURLs: readonly string[], verbs: readonly string[] = ['get']): PolicyRule => ({
  nonResourceURLs,
  verbs,
})

const DISCOVERY_URLS = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
]
const PUBLIC_URLS = ['/healthz', '/livez', '/readyz', '/version', '/version/']

const EVENTS = ['', 'events.k8s.io']
/** Resources that once were in the group extensions. */
const OLD_WORKLOADS = ['daemonsets', 'deployments', 'deployments/scale', 'replicasets', 'replicasets/scale']
const OLD = [...OLD_WORKLOADS, 'ingresses', 'networkpolicies', 'replicationcontrollers/scale']

const WORKLOADS = [
  'daemonsets',
  'deployments',
  'deployments/scale',
  'replicasets',
  'replicasets/scale',
  'statefulsets',
  'statefulsets/scale',
]

/** Reading everything but secrets, roles and what grants power. */
const VIEW: readonly PolicyRule[] = [
  rule(
    [''],
    [
      'configmaps',
      'endpoints',
      'persistentvolumeclaims',
      'persistentvolumeclaims/status',
      'pods',
      'replicationcontrollers',
      'replicationcontrollers/scale',
      'serviceaccounts',
      'services',
      'services/status',
    ],
    READ,
  ),
  rule(
    [''],
    [
      'bindings',
      'limitranges',
      'namespaces/status',
      'pods/log',
      'pods/status',
      'replicationcontrollers/status',
      'resourcequotas',
      'resourcequotas/status',
    ],
    READ,
  ),
  rule([''], ['namespaces'], READ),
  rule(EVENTS, ['events'], READ),
  rule(['discovery.k8s.io'], ['endpointslices'], READ),
  rule(
    ['apps'],
    [
      'controllerrevisions',
      ...WORKLOADS,
      'daemonsets/status',
      'deployments/status',
      'replicasets/status',
      'statefulsets/status',
    ],
    READ,
  ),
  rule(['autoscaling'], ['horizontalpodautoscalers', 'horizontalpodautoscalers/status'], READ),
  rule(['batch'], ['cronjobs', 'cronjobs/status', 'jobs', 'jobs/status'], READ),
  rule(
    ['extensions'],
    [...OLD, 'daemonsets/status', 'deployments/status', 'ingresses/status', 'replicasets/status'],
    READ,
  ),
  rule(['policy'], ['poddisruptionbudgets', 'poddisruptionbudgets/status'], READ),
  rule(['networking.k8s.io'], ['ingresses', 'ingresses/status', 'networkpolicies'], READ),
  rule(['resource.k8s.io'], ['resourceclaims', 'resourceclaims/status', 'resourceclaimtemplates'], READ),
]

const EDIT: readonly PolicyRule[] = [
  rule([''], ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy'], READ),
  rule([''], ['serviceaccounts'], ['impersonate']),
  rule([''], ['pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'], WRITE),
  rule([''], ['pods/eviction'], ['create']),
  rule(
    [''],
    [
      'configmaps',
      'persistentvolumeclaims',
      'replicationcontrollers',
      'replicationcontrollers/scale',
      'secrets',
      'serviceaccounts',
      'services',
      'services/proxy',
    ],
    WRITE,
  ),
  rule([''], ['serviceaccounts/token'], ['create']),
  rule(EVENTS, ['events'], WRITE),
  rule(['apps'], [...WORKLOADS, 'deployments/rollback'], WRITE),
  rule(['autoscaling'], ['horizontalpodautoscalers'], WRITE),
  rule(['batch'], ['cronjobs', 'jobs'], WRITE),
  rule(['extensions'], [...OLD, 'deployments/rollback'], WRITE),
  rule(['policy'], ['poddisruptionbudgets'], WRITE),
  rule(['networking.k8s.io'], ['ingresses', 'networkpolicies'], WRITE),
  rule(['coordination.k8s.io'], ['leases'], [...WRITE, ...READ]),
  rule(['resource.k8s.io'], ['resourceclaims', 'resourceclaimtemplates'], WRITE),
]

const ADMIN: readonly PolicyRule[] = [
  rule(['authorization.k8s.io'], ['localsubjectaccessreviews'], ['create']),
  rule(['rbac.authorization.k8s.io'], ['rolebindings', 'roles'], [...WRITE, ...READ]),
]

/** What kubelets may do; the node authoriser looks closer at most of it. */
export const NODE_RULES: readonly PolicyRule[] = [
  rule(['authentication.k8s.io'], ['tokenreviews'], ['create']),
  rule(['authorization.k8s.io'], ['localsubjectaccessreviews', 'subjectaccessreviews'], ['create']),
  rule([''], ['services'], READ),
  rule([''], ['nodes'], ['create', ...READ]),
  rule([''], ['nodes/status'], ['patch', 'update']),
  rule([''], ['nodes'], ['patch', 'update']),
  rule(['', 'events.k8s.io'], ['events'], ['create', 'patch', 'update']),
  rule([''], ['pods'], READ),
  rule([''], ['pods'], ['create', 'delete']),
  rule([''], ['pods/status'], ['patch', 'update']),
  rule([''], ['pods/eviction'], ['create']),
  rule([''], ['configmaps', 'secrets'], READ),
  rule([''], ['persistentvolumeclaims', 'persistentvolumes'], ['get']),
  rule([''], ['endpoints'], ['get']),
  rule(['certificates.k8s.io'], ['certificatesigningrequests'], ['create', ...READ]),
  rule(['coordination.k8s.io'], ['leases'], ['create', 'delete', 'get', 'patch', 'update']),
  rule(['storage.k8s.io'], ['volumeattachments'], ['get']),
  rule([''], ['serviceaccounts/token'], ['create']),
  rule([''], ['persistentvolumeclaims/status'], ['get', 'patch', 'update']),
  rule(['storage.k8s.io'], ['csidrivers'], ['get', 'list', 'watch']),
  rule(['storage.k8s.io'], ['csinodes'], ['create', 'delete', 'get', 'patch', 'update']),
  rule(['node.k8s.io'], ['runtimeclasses'], READ),
  rule(['resource.k8s.io'], ['resourceclaims'], ['get']),
  rule(['resource.k8s.io'], ['resourceslices'], ['deletecollection']),
  rule([''], ['serviceaccounts'], ['get']),
]

const MONITORED_URLS = [
  '/flagz',
  '/healthz',
  '/healthz/*',
  '/livez',
  '/livez/*',
  '/metrics',
  '/metrics/slis',
  '/readyz',
  '/readyz/*',
  '/statusz',
]

const CERTIFICATES = 'certificates.k8s.io'
/** May approve requests of one signer. */
const approver = (signer: string): readonly PolicyRule[] => [
  { ...rule([CERTIFICATES], ['signers'], ['approve']), resourceNames: [`kubernetes.io/${signer}`] },
]
/** May ask for certificates of nodes that are approved by themselves. */
const nodeClient = (subresource: string): readonly PolicyRule[] => [
  rule([CERTIFICATES], [`certificatesigningrequests/${subresource}`], ['create']),
]

const ROLES: Readonly<Record<string, readonly PolicyRule[]>> = {
  'cluster-admin': [rule(['*'], ['*'], ['*']), urls(['*'], ['*'])],
  'system:discovery': [urls(DISCOVERY_URLS)],
  'system:public-info-viewer': [urls(PUBLIC_URLS)],
  'system:monitoring': [urls(MONITORED_URLS), rule([''], ['nodes/metrics'], ['get'])],
  'system:basic-user': [
    rule(['authorization.k8s.io'], ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
    rule(['authentication.k8s.io'], ['selfsubjectreviews'], ['create']),
  ],
  'system:auth-delegator': [
    rule(['authentication.k8s.io'], ['tokenreviews'], ['create']),
    rule(['authorization.k8s.io'], ['subjectaccessreviews'], ['create']),
  ],
  'system:service-account-issuer-discovery': [
    urls([
      '/.well-known/openid-configuration',
      '/.well-known/openid-configuration/',
      '/openid/v1/jwks',
      '/openid/v1/jwks/',
    ]),
  ],
  'system:heapster': [
    rule([''], ['events', 'namespaces', 'nodes', 'pods'], READ),
    rule(['extensions'], ['deployments'], READ),
  ],
  'system:kube-dns': [rule([''], ['endpoints', 'services'], ['list', 'watch'])],
  'system:node': NODE_RULES,
  'system:node-proxier': [
    rule([''], ['endpoints', 'services'], ['list', 'watch']),
    rule([''], ['nodes'], READ),
    rule(EVENTS, ['events'], ['create', 'patch', 'update']),
    rule(['networking.k8s.io'], ['servicecidrs'], ['list', 'watch']),
    rule(['discovery.k8s.io'], ['endpointslices'], ['list', 'watch']),
  ],
  'system:persistent-volume-provisioner': [
    rule([''], ['persistentvolumes'], [...READ, 'create', 'delete']),
    rule([''], ['persistentvolumeclaims'], [...READ, 'update']),
    rule(['storage.k8s.io'], ['storageclasses'], READ),
    rule([''], ['events'], ['watch']),
    rule(EVENTS, ['events'], ['create', 'patch', 'update']),
  ],
  'system:kubelet-api-admin': [
    rule([''], ['nodes'], READ),
    rule([''], ['nodes'], ['proxy']),
    rule([''], ['nodes/log', 'nodes/metrics', 'nodes/proxy', 'nodes/stats'], ['*']),
    rule([''], ['nodes/configz', 'nodes/healthz', 'nodes/pods'], ['*']),
  ],
  'system:node-bootstrapper': [rule([CERTIFICATES], ['certificatesigningrequests'], ['create', ...READ])],
  'system:certificates.k8s.io:certificatesigningrequests:nodeclient': nodeClient('nodeclient'),
  'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient': nodeClient('selfnodeclient'),
  'system:certificates.k8s.io:kube-apiserver-client-approver': approver('kube-apiserver-client'),
  'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver': approver('kube-apiserver-client-kubelet'),
  'system:certificates.k8s.io:kubelet-serving-approver': approver('kubelet-serving'),
  'system:certificates.k8s.io:legacy-unknown-approver': approver('legacy-unknown'),
}

/** Roles whose rules are gathered from roles with a label. */
const AGGREGATED = ['admin', 'edit', 'view'] as const

/** The roles and bindings to create in a new cluster. */
export function defaultPolicy(): DefaultPolicy {
  const aggregate = (target: string): string => `rbac.authorization.k8s.io/aggregate-to-${target}`
  const part = (target: string, rules: readonly PolicyRule[]): KubeObject =>
    clusterRole(`system:aggregate-to-${target}`, rules, { [aggregate(target)]: 'true' })
  return {
    clusterRoles: [
      ...Object.entries(ROLES).map(([name, rules]) => clusterRole(name, rules, {})),
      ...Object.entries(COMPONENT_RULES).map(([name, rules]) => clusterRole(name, rules.map(policyRule), {})),
      ...Object.entries(CONTROLLER_RULES).map(([name, rules]) =>
        clusterRole(`system:controller:${name}`, rules.map(policyRule), {}),
      ),
      part('admin', ADMIN),
      part('edit', EDIT),
      part('view', VIEW),
      ...AGGREGATED.map((name) => ({
        ...clusterRole(name, rulesFor(name), name === 'admin' ? {} : inheritance(name)),
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [aggregate(name)]: 'true' } }] },
      })),
    ],
    clusterRoleBindings: defaultClusterBindings(),
    roles: NAMESPACED_RULES.map(([namespace, name, rules]) => ({
      apiVersion: API_VERSION,
      kind: 'Role',
      metadata: { name, namespace, labels: LABELS, annotations: ANNOTATIONS },
      rules: rules.map(policyRule),
    })),
    roleBindings: defaultBindings(),
  }
}

function inheritance(name: 'edit' | 'view'): Record<string, string> {
  const above = name === 'edit' ? 'admin' : 'edit'
  return { [`rbac.authorization.k8s.io/aggregate-to-${above}`]: 'true' }
}

function rulesFor(name: (typeof AGGREGATED)[number]): readonly PolicyRule[] {
  if (name === 'view') return VIEW
  return name === 'edit' ? [...EDIT, ...VIEW] : [...EDIT, ...VIEW, ...ADMIN]
}

function clusterRole(name: string, rules: readonly PolicyRule[], labels: Readonly<Record<string, string>>): KubeObject {
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterRole',
    metadata: { name, labels: { ...LABELS, ...labels }, annotations: ANNOTATIONS },
    rules,
  }
}
