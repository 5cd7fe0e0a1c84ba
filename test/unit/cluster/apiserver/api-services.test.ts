import { beforeAll, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

const API = '/apis/apiregistration.k8s.io/v1/apiservices'
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30))

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  await settle()
})

test('there is an APIService for each version of each group', async () => {
  expect(await server.call('GET', `${API}/v1.`)).toMatchObject({
    status: 200,
    body: {
      metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { version: 'v1', groupPriorityMinimum: 18000, versionPriority: 1 },
      status: { conditions: [{ type: 'Available', status: 'True', reason: 'Local' }] },
    },
  })
  expect(await server.call('GET', `${API}/v2.autoscaling`)).toMatchObject({ body: { spec: { versionPriority: 30 } } })
})

test('those of custom resources come and go with them', async () => {
  const schema = { openAPIV3Schema: { type: 'object' } }
  await server.call('POST', CRDS, {
    metadata: { name: 'gears.own.example.com' },
    spec: {
      group: 'own.example.com',
      scope: 'Cluster',
      names: { plural: 'gears', kind: 'Gear' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  })
  await settle()
  expect(await server.call('GET', `${API}/v1.own.example.com`)).toMatchObject({
    status: 200,
    body: { spec: { groupPriorityMinimum: 1000, versionPriority: 100 } },
  })
  await server.call('DELETE', `${CRDS}/gears.own.example.com`)
  await settle()
  expect(await server.call('GET', `${API}/v1.own.example.com`)).toMatchObject({ status: 404 })
})

test('one that leads to a Service says whether that is there', async () => {
  await server.call('POST', API, {
    metadata: { name: 'v1.far.example.com' },
    spec: {
      group: 'far.example.com',
      version: 'v1',
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 10,
      service: { name: 'far', namespace: 'default' },
    },
  })
  await settle()
  expect(await server.call('GET', `${API}/v1.far.example.com`)).toMatchObject({
    body: {
      status: {
        conditions: [
          { status: 'False', reason: 'ServiceNotFound', message: 'service/far in "default" is not present' },
        ],
      },
    },
  })
  for (const path of ['/apis/far.example.com/v1', '/apis/far.example.com/v1/things'])
    expect(await server.call('GET', path)).toMatchObject({ status: 503, body: 'service unavailable\n' })
})
