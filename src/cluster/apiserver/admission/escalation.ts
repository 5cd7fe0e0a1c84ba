import { jsonEqual, objectAt, stringAt } from '../../../api/index.ts'
import type { Store } from '../../store/index.ts'
import type { AccessJudge } from '../authz/attributes.ts'
import { findRole, grantsOf, rulesOf } from '../authz/rbac.ts'
import { type PolicyRule, rulesCover } from '../authz/rules.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusedBy } from './chain.ts'

const GROUP = 'rbac.authorization.k8s.io'
const ROLES: ReadonlySet<string> = new Set(['roles', 'clusterroles'])
const BINDINGS: ReadonlySet<string> = new Set(['rolebindings', 'clusterrolebindings'])

/** Nobody grants what they do not have themselves, unless they may `escalate` roles or `bind` the role in question. */
export function escalationCheck(parts: { readonly store: Store; readonly judge: AccessJudge }): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    validate(request) {
      const { definition, object, operation, user } = request
      if (operation === 'DELETE' || object === undefined || definition.group !== GROUP) return
      if (user.groups.includes('system:masters')) return
      if (ROLES.has(definition.plural)) {
        if (request.oldObject !== undefined && jsonEqual(object.rules, request.oldObject.rules)) return
        if (!may(parts.judge, request, 'escalate', definition.plural, object.metadata.name ?? '')) {
          checkCovered(parts.store, request, (object.rules ?? []) as readonly PolicyRule[])
        }
      } else if (BINDINGS.has(definition.plural)) checkBinding(parts, request)
    },
  }
}

function checkBinding(parts: { readonly store: Store; readonly judge: AccessJudge }, request: AdmissionRequest): void {
  const { object, oldObject } = request
  if (object === undefined) return
  const unchanged =
    oldObject !== undefined &&
    jsonEqual(object.roleRef, oldObject.roleRef) &&
    jsonEqual(object.subjects, oldObject.subjects)
  if (unchanged) return
  const ref = objectAt(object, 'roleRef')
  const kind = stringAt(ref, 'kind')
  const name = stringAt(ref, 'name')
  if (may(parts.judge, request, 'bind', kind === 'Role' ? 'roles' : 'clusterroles', name)) return
  const role = findRole(parts.store, { kind, name }, request.namespace)
  checkCovered(parts.store, request, role === undefined ? [] : rulesOf(parts.store, role))
}

function may(judge: AccessJudge, request: AdmissionRequest, verb: string, resource: string, name: string): boolean {
  const { user, namespace } = request
  return judge({ user, verb, isResource: true, group: GROUP, resource, subresource: '', namespace, name, path: '' })
    .allowed
}

function checkCovered(store: Store, request: AdmissionRequest, rules: readonly PolicyRule[]): void {
  const owned = grantsOf(store, request.user, request.namespace).grants.flatMap((grant) => grant.rules)
  const missing = rules.filter((rule) => !rulesCover(owned, rule))
  if (missing.length === 0) return
  const groups = request.user.groups.map((group) => JSON.stringify(group)).join(' ')
  const who = `user ${JSON.stringify(request.user.name)} (groups=[${groups}])`
  const list = missing.map(printRule).sort().join('\n')
  throw refusedBy(request, `${who} is attempting to grant RBAC permissions not currently held:\n${list}`)
}

/** A rule in the short form in which Kubernetes names what is missing. */
function printRule(rule: PolicyRule): string {
  const list = (title: string, values: readonly string[] | undefined): string[] =>
    values === undefined || values.length === 0
      ? []
      : [`${title}:[${values.map((value) => JSON.stringify(value)).join(' ')}]`]
  const parts = [
    ...list('APIGroups', rule.apiGroups),
    ...list('Resources', rule.resources),
    ...list('ResourceNames', rule.resourceNames),
    ...list('NonResourceURLs', rule.nonResourceURLs),
    ...list('Verbs', rule.verbs),
  ]
  return `{${parts.join(', ')}}`
}
