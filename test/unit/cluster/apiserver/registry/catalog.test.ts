import { expect, test } from 'vitest'
import { openapiDocument } from '../../../../../src/api/index.ts'
import { createCatalog } from '../../../../../src/cluster/apiserver/registry/catalog.ts'

const catalog = createCatalog()

test('every resource is named once per group and version, and stored ones have a schema', () => {
  const names = catalog.map(({ group, version, plural }) => `${group}/${version}/${plural}`)
  expect(new Set(names).size).toBe(names.length)
  const bare = catalog.filter((each) => each.verbs.includes('watch') && !each.schema).map((each) => each.kind)
  expect(bare).toEqual([])
})

test('defaults and preparation of every kind bear an object without anything', () => {
  const user = { name: 'u', uid: '', groups: [] }
  const ctx = { user, now: '2020-01-01T00:00:00Z', uuid: () => 'u', warn: () => {}, suffix: () => 'bcdfg' }
  for (const { kind, applyDefaults, strategy } of catalog) {
    const object = { apiVersion: 'v1', kind, metadata: { name: 'x' } }
    applyDefaults(object)
    strategy.prepareForCreate?.(object, ctx)
    expect(object.metadata.name).toBe('x')
  }
})

test('autoscalers keep their metrics on the way to v1 and back', () => {
  const v1 = catalog.find((each) => each.kind === 'HorizontalPodAutoscaler' && each.version === 'v1')
  const metric = (name: string, averageUtilization: number) => ({
    type: 'Resource',
    resource: { name, target: { type: 'Utilization', averageUtilization } },
  })
  const stored = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'x' },
    spec: {
      minReplicas: 1,
      maxReplicas: 3,
      scaleTargetRef: { kind: 'D', name: 'd' },
      metrics: [metric('memory', 70), metric('cpu', 50)],
    },
    status: { currentMetrics: null, desiredReplicas: 0 },
  }
  const old = v1?.convert?.fromStorage(stored)
  expect(old?.spec).toMatchObject({ targetCPUUtilizationPercentage: 50 })
  expect(old && v1?.convert?.toStorage(old)).toEqual(stored)
})

test('a document describes each kind and what it refers to', () => {
  const apps = catalog.filter((each) => each.group === 'apps')
  const document = openapiDocument(apps, 'v1.36.2') as {
    components: { schemas: Record<string, unknown> }
    paths: Record<string, unknown>
  }
  expect(document.components.schemas['io.k8s.api.apps.v1.Deployment']).toMatchObject({
    'x-kubernetes-group-version-kind': [{ group: 'apps', kind: 'Deployment', version: 'v1' }],
  })
  expect(document.components.schemas['io.k8s.api.core.v1.Container']).toBeDefined()
  expect(document.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']).toBeDefined()
})
