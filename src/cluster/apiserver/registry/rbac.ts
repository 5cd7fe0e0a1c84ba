import { defineResources } from './define.ts'
import type { ResourceDefinition } from './resource.ts'

/** `rbac.authorization.k8s.io/v1` and the review kinds of authentication and authorization, which are never stored. */
export function rbacResources(): ResourceDefinition[] {
  const review = { namespaced: false, verbs: ['create'] } as const
  return [
    ...defineResources('rbac.authorization.k8s.io', 'v1', [
      { kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', namespaced: false },
      { kind: 'ClusterRole', plural: 'clusterroles', namespaced: false },
      { kind: 'RoleBinding', plural: 'rolebindings' },
      { kind: 'Role', plural: 'roles' },
    ]),
    ...defineResources('authentication.k8s.io', 'v1', [
      { kind: 'SelfSubjectReview', plural: 'selfsubjectreviews', ...review },
      { kind: 'TokenReview', plural: 'tokenreviews', ...review },
    ]),
    ...defineResources('authorization.k8s.io', 'v1', [
      { kind: 'LocalSubjectAccessReview', plural: 'localsubjectaccessreviews', verbs: ['create'] },
      { kind: 'SelfSubjectAccessReview', plural: 'selfsubjectaccessreviews', ...review },
      { kind: 'SelfSubjectRulesReview', plural: 'selfsubjectrulesreviews', ...review },
      { kind: 'SubjectAccessReview', plural: 'subjectaccessreviews', ...review },
    ]),
  ]
}
