import type { KubeObject } from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import type { User } from '../exchange.ts'
import type { AccessJudge, Attributes, Decision } from './attributes.ts'
import { judgeNode } from './node.ts'
import { type PolicyRule, ruleAllows } from './rules.ts'

const GROUP = 'rbac.authorization.k8s.io'
const SUPERUSERS = 'system:masters'

interface Subject {
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
}

interface RoleRef {
  readonly kind: string
  readonly name: string
}

/** A role that a user has, through which binding and where. */
export interface Grant {
  readonly rules: readonly PolicyRule[]
  /** `ClusterRoleBinding "x" of ClusterRole "y" to Group "z"`. */
  readonly description: string
}

/** What a user is granted in a namespace (empty: cluster-wide only), and which roles are missing. */
export interface Grants {
  readonly grants: readonly Grant[]
  readonly errors: readonly string[]
}

/** Members of system:masters may do everything, nodes what is about them, and all what roles and bindings say. */
export function createAccessJudge(store: Store): AccessJudge {
  return (attributes) => {
    if (attributes.user.groups.includes(SUPERUSERS)) return { allowed: true, reason: '' }
    const asNode = judgeNode(store, attributes)
    if (asNode?.allowed === true) return asNode
    const byRoles = judgeByRoles(store, attributes)
    if (byRoles.allowed || asNode === undefined) return byRoles
    return { allowed: false, reason: [asNode.reason, byRoles.reason].filter((reason) => reason !== '').join('\n') }
  }
}

function judgeByRoles(store: Store, attributes: Attributes): Decision {
  const { grants, errors } = grantsOf(store, attributes.user, attributes.namespace)
  for (const grant of grants) {
    if (grant.rules.some((rule) => ruleAllows(rule, attributes))) {
      return { allowed: true, reason: `RBAC: allowed by ${grant.description}` }
    }
  }
  if (errors.length === 0) return { allowed: false, reason: '' }
  return { allowed: false, reason: `RBAC: ${errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`}` }
}

/** All roles of a user that count in a namespace. */
export function grantsOf(store: Store, user: User, namespace: string): Grants {
  const grants: Grant[] = []
  const errors: string[] = []
  const collect = (binding: KubeObject, kind: string): void => {
    const subjects = (binding.subjects ?? []) as readonly Subject[]
    const subject = subjects.find((each) => isMember(each, user, binding.metadata.namespace ?? ''))
    if (subject === undefined) return
    const ref = binding.roleRef as RoleRef
    const role = findRole(store, ref, binding.metadata.namespace ?? '')
    if (role === undefined) {
      errors.push(`${ref.kind.toLowerCase()}.${GROUP} ${JSON.stringify(ref.name)} not found`)
      return
    }
    grants.push({ rules: rulesOf(store, role), description: describe(binding, kind, ref, subject) })
  }
  for (const binding of objects(store, `${GROUP}/clusterrolebindings/`)) collect(binding, 'ClusterRoleBinding')
  if (namespace !== '') {
    for (const binding of objects(store, `${GROUP}/rolebindings/${namespace}/`)) collect(binding, 'RoleBinding')
  }
  return { grants, errors }
}

function describe(binding: KubeObject, kind: string, ref: RoleRef, subject: Subject): string {
  const { name = '', namespace } = binding.metadata
  const full = namespace === undefined ? name : `${name}/${namespace}`
  const who =
    subject.kind === 'ServiceAccount' ? `${subject.name ?? ''}/${subject.namespace ?? ''}` : (subject.name ?? '')
  return `${kind} ${JSON.stringify(full)} of ${ref.kind} ${JSON.stringify(ref.name)} to ${subject.kind ?? ''} ${JSON.stringify(who)}`
}

function isMember(subject: Subject, user: User, bindingNamespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return user.name === subject.name
    case 'Group':
      return user.groups.includes(subject.name ?? '')
    case 'ServiceAccount': {
      const namespace =
        subject.namespace === undefined || subject.namespace === '' ? bindingNamespace : subject.namespace
      return namespace !== '' && user.name === `system:serviceaccount:${namespace}:${subject.name ?? ''}`
    }
    default:
      return false
  }
}

/** The role that a binding names. */
export function findRole(store: Store, ref: RoleRef, namespace: string): KubeObject | undefined {
  const key = ref.kind === 'Role' ? `${GROUP}/roles/${namespace}/${ref.name}` : `${GROUP}/clusterroles/${ref.name}`
  return store.get(key)?.value as KubeObject | undefined
}

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
}

/** The rules of a role; an aggregated ClusterRole has those of all roles that its selectors match. */
export function rulesOf(store: Store, role: KubeObject, seen: ReadonlySet<string> = new Set()): readonly PolicyRule[] {
  const aggregation = role.aggregationRule as { clusterRoleSelectors?: readonly LabelSelector[] } | undefined
  const selectors = aggregation?.clusterRoleSelectors ?? []
  if (selectors.length === 0) return (role.rules ?? []) as readonly PolicyRule[]
  const visited = new Set([...seen, role.metadata.name ?? ''])
  const matching = [...objects(store, `${GROUP}/clusterroles/`)].filter(
    (other) => !visited.has(other.metadata.name ?? '') && selectors.some((selector) => matches(selector, other)),
  )
  return matching.flatMap((other) => rulesOf(store, other, visited))
}

function matches(selector: LabelSelector, role: KubeObject): boolean {
  const labels = role.metadata.labels ?? {}
  const wanted = Object.entries(selector.matchLabels ?? {})
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value)
}

function* objects(store: Store, prefix: string): Iterable<KubeObject> {
  for (const entry of store.range(prefix).entries) yield entry.value as KubeObject
}
