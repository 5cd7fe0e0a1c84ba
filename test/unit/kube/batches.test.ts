import { expect, test } from 'vitest'
import { deleteBatches, writeBatches } from '../../../src/kube/deploy/batches.ts'

const info = (group: string, kind: string, name = 'a') =>
  ({
    mapping: { gvk: { group, version: 'v1', kind }, gvr: { group, version: 'v1', resource: '' }, namespaced: true },
    object: { apiVersion: 'v1', kind, metadata: { name } },
  }) as const

const kinds = (infos: readonly ReturnType<typeof info>[]): string[] =>
  writeBatches(infos).map((batch) => batch.map(({ object }) => object.kind).join(' '))

test('neighbours of one kind are written at once, and kinds that do not depend on one another', () => {
  expect(
    kinds([
      info('networking.k8s.io', 'NetworkPolicy'),
      info('policy', 'PodDisruptionBudget'),
      info('', 'ServiceAccount'),
      info('', 'Secret'),
      info('', 'ConfigMap', 'a'),
      info('', 'ConfigMap', 'b'),
      info('rbac.authorization.k8s.io', 'Role'),
      info('rbac.authorization.k8s.io', 'RoleBinding'),
      info('', 'Service'),
      info('apps', 'Deployment'),
      info('apps', 'StatefulSet'),
      info('networking.k8s.io', 'Ingress'),
    ]),
  ).toEqual([
    'NetworkPolicy PodDisruptionBudget ServiceAccount',
    'Secret ConfigMap ConfigMap',
    'Role',
    'RoleBinding',
    'Service',
    'Deployment StatefulSet Ingress',
  ])
})

test('a kind of the same name in another group is another kind', () => {
  expect(kinds([info('', 'ConfigMap'), info('serving.knative.dev', 'Service')])).toEqual(['ConfigMap', 'Service'])
})

test('kinds that nothing needs while another goes are deleted at once; definitions, roles and unknown kinds alone', () => {
  const batches = deleteBatches([
    info('example.com', 'Widget'),
    info('networking.k8s.io', 'Ingress'),
    info('', 'Service'),
    info('batch', 'Job'),
    info('apps', 'Deployment'),
    info('rbac.authorization.k8s.io', 'RoleBinding', 'a'),
    info('rbac.authorization.k8s.io', 'RoleBinding', 'b'),
    info('apiextensions.k8s.io', 'CustomResourceDefinition'),
    info('', 'ConfigMap'),
    info('', 'Secret'),
    info('', 'Namespace'),
  ])
  expect(batches.map((batch) => batch.map(({ object }) => object.kind).join(' '))).toEqual([
    'Widget',
    'Ingress Service Job Deployment',
    'RoleBinding RoleBinding',
    'CustomResourceDefinition',
    'ConfigMap Secret',
    'Namespace',
  ])
})
