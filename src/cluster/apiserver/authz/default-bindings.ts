import type { KubeObject } from '../../../api/index.ts'
import { CONTROLLER_RULES } from './controller-roles.ts'

/** Of the objects of authorization. */
export const API_VERSION = 'rbac.authorization.k8s.io/v1'
/** What marks objects of the bootstrap policy. */
export const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
/** Says that a start of the server mends them. */
export const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }

/** Who has a role. */
type Subject = Readonly<Record<'kind' | 'name', string>> & Readonly<Partial<Record<'apiGroup' | 'namespace', string>>>

const RBAC_GROUP = 'rbac.authorization.k8s.io'
const group = (name: string): Subject => ({ apiGroup: RBAC_GROUP, kind: 'Group', name })
const user = (name: string): Subject => ({ apiGroup: RBAC_GROUP, kind: 'User', name })
const account = (name: string): Subject => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' })

const MANAGER = 'system:kube-controller-manager'
const SCHEDULER = 'system:kube-scheduler'

/** Who has which ClusterRole from the start. */
const BINDINGS: readonly (readonly [role: string, subjects: readonly Subject[]])[] = [
  ['cluster-admin', [group('system:masters')]],
  ['system:monitoring', [group('system:monitoring')]],
  ['system:discovery', [group('system:authenticated')]],
  ['system:basic-user', [group('system:authenticated')]],
  ['system:public-info-viewer', [group('system:authenticated'), group('system:unauthenticated')]],
  ['system:service-account-issuer-discovery', [group('system:serviceaccounts')]],
  [MANAGER, [user(MANAGER)]],
  ['system:kube-dns', [account('kube-dns')]],
  [SCHEDULER, [user(SCHEDULER)]],
  // Nodes have their rights from the node authoriser.
  ['system:node', []],
  ['system:node-proxier', [user('system:kube-proxy')]],
  ['system:volume-scheduler', [user(SCHEDULER)]],
  ...Object.keys(CONTROLLER_RULES).map((name) => [`system:controller:${name}`, [account(name)]] as const),
]

/** Who has which Role from the start. */
const NAMESPACED_BINDINGS: readonly (readonly [
  namespace: string,
  name: string,
  role: string,
  subjects: readonly Subject[],
])[] = [
  [
    'kube-system',
    'system::extension-apiserver-authentication-reader',
    'extension-apiserver-authentication-reader',
    [user(MANAGER), user(SCHEDULER)],
  ],
  ...(
    [
      [
        'kube-controller-manager',
        [user(MANAGER), account('kube-controller-manager'), account('leader-election-controller')],
      ],
      ['kube-scheduler', [user(SCHEDULER), account('kube-scheduler')]],
    ] as const
  ).map(([component, subjects]) => {
    const name = `system::leader-locking-${component}`
    return ['kube-system', name, name, subjects] as const
  }),
  ...(
    [
      ['kube-public', 'bootstrap-signer'],
      ['kube-system', 'bootstrap-signer'],
      ['kube-system', 'cloud-provider'],
      ['kube-system', 'token-cleaner'],
    ] as const
  ).map(([namespace, name]) => {
    const role = `system:controller:${name}`
    return [namespace, role, role, [account(name)]] as const
  }),
]

/** The ClusterRoleBindings of a new cluster. */
export function defaultClusterBindings(): KubeObject[] {
  return BINDINGS.map(([role, subjects]) =>
    binding('ClusterRoleBinding', { name: role }, { kind: 'ClusterRole', name: role }, subjects),
  )
}

/** The RoleBindings of a new cluster. */
export function defaultBindings(): KubeObject[] {
  return NAMESPACED_BINDINGS.map(([namespace, name, role, subjects]) =>
    binding('RoleBinding', { name, namespace }, { kind: 'Role', name: role }, subjects),
  )
}

function binding(
  kind: 'ClusterRoleBinding' | 'RoleBinding',
  metadata: { readonly name: string; readonly namespace?: string },
  role: { readonly kind: 'ClusterRole' | 'Role'; readonly name: string },
  subjects: readonly Subject[],
): KubeObject {
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: { ...metadata, labels: LABELS, annotations: ANNOTATIONS },
    roleRef: { apiGroup: RBAC_GROUP, ...role },
    ...(subjects.length > 0 && { subjects }),
  }
}
