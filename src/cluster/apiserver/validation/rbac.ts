import {
  type JsonObject,
  jsonEqual,
  type KubeObject,
  listAt,
  objectAt,
  pathSegmentProblems,
  dnsSubdomainProblems,
  stringAt,
  stringsAt,
} from '../../../api/index.ts'
import { type Findings, invalid, invalidEach, notSupported, required } from './findings.ts'
import { validateLabelSelector } from './selector.ts'

const GROUP = 'rbac.authorization.k8s.io'

/** Checks a Role or ClusterRole. */
export function validateRole(object: KubeObject): Findings {
  const namespaced = object.kind === 'Role'
  const out = listAt(object, 'rules').flatMap((rule, index) => validateRule(rule, namespaced, `rules[${index}]`))
  const aggregation = objectAt(object, 'aggregationRule')
  if (aggregation) {
    const selectors = listAt(aggregation, 'clusterRoleSelectors')
    const field = 'aggregationRule.clusterRoleSelectors'
    if (selectors.length === 0)
      out.push(required(field, 'at least one clusterRoleSelector required if aggregationRule is non-nil'))
    selectors.forEach((selector, index) => {
      const problems = validateLabelSelector(selector, `${field}[${index}]`)
      out.push(...problems)
      // Kubernetes shows no selector here: the one that it failed to make of it.
      if (problems.length > 0) out.push(invalid(`${field}[${index}]`, null, 'invalid label selector.'))
    })
  }
  return out
}

function validateRule(rule: JsonObject, namespaced: boolean, field: string): Findings {
  const out: Findings = []
  const urls = stringsAt(rule, 'nonResourceURLs')
  const groups = stringsAt(rule, 'apiGroups')
  const resources = stringsAt(rule, 'resources')
  if (stringsAt(rule, 'verbs').length === 0)
    out.push(required(`${field}.verbs`, 'verbs must contain at least one value'))
  if (urls.length > 0) {
    const at = `${field}.nonResourceURLs`
    if (namespaced) out.push(invalid(at, urls, 'namespaced rules cannot apply to non-resource URLs'))
    if (groups.length > 0 || resources.length > 0 || stringsAt(rule, 'resourceNames').length > 0) {
      out.push(invalid(at, urls, 'rules cannot apply to both regular resources and non-resource URLs'))
    }
    return out
  }
  if (groups.length === 0) out.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'))
  if (resources.length === 0)
    out.push(required(`${field}.resources`, 'resource rules must supply at least one resource'))
  return out
}

/** Checks a RoleBinding or ClusterRoleBinding. */
export function validateRoleBinding(object: KubeObject): Findings {
  const out: Findings = []
  const ref = objectAt(object, 'roleRef')
  const kinds = object.kind === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole']
  const group = stringAt(ref, 'apiGroup')
  const kind = stringAt(ref, 'kind')
  const name = stringAt(ref, 'name')
  if (group !== GROUP) out.push(notSupported('roleRef.apiGroup', group, [GROUP]))
  if (!kinds.includes(kind)) out.push(notSupported('roleRef.kind', kind, kinds))
  if (name === '') out.push(required('roleRef.name'))
  else out.push(...invalidEach('roleRef.name', name, pathSegmentProblems(name)))
  listAt(object, 'subjects').forEach((subject, index) => {
    out.push(...validateSubject(subject, object.kind === 'RoleBinding', `subjects[${index}]`))
  })
  return out
}

function validateSubject(subject: JsonObject, namespaced: boolean, field: string): Findings {
  const out: Findings = []
  const name = stringAt(subject, 'name')
  const group = stringAt(subject, 'apiGroup')
  const kind = stringAt(subject, 'kind')
  if (name === '') out.push(required(`${field}.name`))
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') out.push(...invalidEach(`${field}.name`, name, dnsSubdomainProblems(name)))
      if (group !== '') out.push(notSupported(`${field}.apiGroup`, group, ['']))
      if (!namespaced && stringAt(subject, 'namespace') === '') out.push(required(`${field}.namespace`))
      return out
    case 'User':
    case 'Group':
      if (group !== GROUP) out.push(notSupported(`${field}.apiGroup`, group, [GROUP]))
      return out
    default:
      return [...out, notSupported(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group'])]
  }
}

/** The role of a binding never changes. */
export function validateRoleBindingUpdate(object: KubeObject, old: KubeObject): Findings {
  return jsonEqual(object.roleRef, old.roleRef)
    ? []
    : [invalid('roleRef', printRef(object.roleRef), 'cannot change roleRef')]
}

function printRef(ref: unknown): JsonObject {
  return { APIGroup: stringAt(ref, 'apiGroup'), Kind: stringAt(ref, 'kind'), Name: stringAt(ref, 'name') }
}
