import { expect, test } from 'vitest'
import { testServer } from '../harness.ts'

const NS = '/namespaces/default'
const DRY = { query: { dryRun: 'All' } }
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const causesOf = (answer: { body: unknown }): string[] =>
  (answer.body as { details?: { causes?: { field: string; message: string }[] } }).details?.causes?.map(
    ({ field, message }) => `${field}: ${message}`,
  ) ?? []

const containers = [{ name: 'c', image: 'i' }]
const ingress = (name: string): object => ({
  metadata: { name: 'i', annotations: { 'kubernetes.io/ingress.class': 'x' } },
  spec: { ingressClassName: name, defaultBackend: { service: { name: 's', port: { number: 80 } } } },
})
const job = (timeZone: string): object => ({
  metadata: { name: 'c' },
  spec: {
    schedule: '* * * * *',
    timeZone,
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers } } } },
  },
})
const slice = (address: string): object => ({
  metadata: { name: 's' },
  addressType: address.includes(':') ? 'IPv6' : 'IPv4',
  endpoints: [{ addresses: [address] }],
})
const EXPLICIT = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'

test.each<[path: string, object: object, causes: string[]]>([
  [
    `/apis/networking.k8s.io/v1${NS}/ingresses`,
    ingress('y'),
    [
      'annotations.kubernetes.io/ingress.class: Invalid value: "x": must match `ingressClassName` when both are specified',
    ],
  ],
  [`/apis/networking.k8s.io/v1${NS}/ingresses`, ingress('x'), []],
  [
    `/apis/batch/v1${NS}/cronjobs`,
    job('local'),
    [
      `spec.timeZone: Invalid value: "local": ${EXPLICIT}`,
      'spec.timeZone: Invalid value: "local": unknown time zone local',
    ],
  ],
  [`/apis/batch/v1${NS}/cronjobs`, job('Local'), [`spec.timeZone: Invalid value: "Local": ${EXPLICIT}`]],
  [
    `/api/v1${NS}/pods`,
    { metadata: { name: 'p' }, spec: { containers, hostAliases: [{ ip: '010.1.1.1', hostnames: ['a'] }] } },
    ['spec.hostAliases[0].ip: Invalid value: "010.1.1.1": must not have leading 0s'],
  ],
  [
    `/apis/discovery.k8s.io/v1${NS}/endpointslices`,
    slice('::ffff:1.2.3.4'),
    ['endpoints[0].addresses[0]: Invalid value: "::ffff:1.2.3.4": must not be an IPv4-mapped IPv6 address'],
  ],
  [`/apis/discovery.k8s.io/v1${NS}/endpointslices`, slice('2001:db8::1'), []],
  [
    `/api/v1${NS}/services`,
    { metadata: { name: 's' }, spec: { ports: [{ port: 80 }], clusterIP: '1.2.3.4' } },
    [
      'spec.clusterIPs: Invalid value: ["1.2.3.4"]: failed to allocate IP 1.2.3.4: the provided network does not match the current range',
    ],
  ],
])('%s %#', async (path, object, causes) => {
  const server = await testServer()
  await server.call('POST', `/api/v1${NS}/serviceaccounts`, { metadata: { name: 'default' } })
  const answer = await server.call('POST', path, object, DRY)
  expect(causesOf(answer)).toEqual(causes)
  expect(answer.status).toBe(causes.length === 0 ? 201 : 422)
})

const definition = (...versions: object[]): object => ({
  metadata: { name: 'things.odd.example.com' },
  spec: { group: 'odd.example.com', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing' }, versions },
})
const version = (properties: object): object => ({
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: { type: 'object', properties } },
})

test('each stored version stands for one version of a definition', async () => {
  const server = await testServer()
  const found = causesOf(await server.call('POST', CRDS, definition(version({}), version({})), DRY))
  expect(found).toContain('status.storedVersions: Invalid value: ["v1"]: must have the storage version v1')
})

test('a definition without versions shows none', async () => {
  const server = await testServer()
  const spec = { group: 'odd.example.com', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing' } }
  const found = causesOf(await server.call('POST', CRDS, { metadata: { name: 'things.odd.example.com' }, spec }, DRY))
  expect(found).toContain('spec.versions: Invalid value: null: must have exactly one version marked as storage version')
})

test('a schema that is no structural one at all is not told how to become one', async () => {
  const server = await testServer()
  const path = 'spec.validation.openAPIV3Schema.properties'
  const untyped = `${path}[a].type: Required value: must not be empty for specified object fields`
  const kept = { type: 'object', 'x-kubernetes-preserve-unknown-fields': false }
  const causes = async (properties: object): Promise<string[]> =>
    causesOf(await server.call('POST', CRDS, definition(version(properties)), DRY))
  expect(await causes({ a: {} })).toEqual([untyped])
  expect(await causes({ a: {}, b: { type: 'array', items: kept } })).toEqual([
    `${path}[b].items.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined`,
  ])
})
