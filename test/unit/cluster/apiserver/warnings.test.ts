import { beforeAll, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

const NS = '/namespaces/default'
const OLD_ZONE = 'failure-domain.beta.kubernetes.io/zone'
const USE_ZONE = 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})

/** The texts of the header, without code and agent. */
const warningsOf = ({ headers }: { headers: Readonly<Record<string, string>> }): unknown[] =>
  (headers.warning ?? '')
    .split(/(?:^|, )299 - /)
    .slice(1)
    .map((text) => JSON.parse(text) as unknown)

const named = (rest: object): object => ({ metadata: { name: 'x' }, ...rest })
const volume = (spec: object): object =>
  named({ spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' }, ...spec } })
const jobSpec = { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } }
const definition = (format: string): object => ({
  metadata: { name: 'foos.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'foos', singular: 'foo', kind: 'Foo', listKind: 'FooList' },
    versions: ['v1', 'v2'].map((name) => ({
      name,
      served: true,
      storage: name === 'v1',
      schema: { openAPIV3Schema: { type: 'object', properties: { a: { type: 'string', format } } } },
    })),
  },
})

const CASES: readonly [path: string, object: object, warnings: readonly string[]][] = [
  [
    '/api/v1/nodes',
    named({ spec: { externalID: 'x', podCIDRs: ['10.0.0.1/24'] } }),
    [
      'spec.externalID: this field is deprecated, and is unused by Kubernetes',
      'spec.podCIDRs[0]: CIDR value "10.0.0.1/24" is ambiguous in this context (should be "10.0.0.0/24" or "10.0.0.1/32"?)',
    ],
  ],
  [
    '/api/v1/persistentvolumes',
    volume({
      persistentVolumeReclaimPolicy: 'Recycle',
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: OLD_ZONE, operator: 'Exists' }] }] },
      },
    }),
    [
      'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
      `spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].key: ${OLD_ZONE} is ${USE_ZONE}`,
    ],
  ],
  [
    '/api/v1/persistentvolumes',
    volume({ hostPath: undefined, glusterfs: { endpoints: 'e', path: 'p' } }),
    ['spec.glusterfs: deprecated in v1.25, non-functional in v1.26+'],
  ],
  [
    '/apis/storage.k8s.io/v1/storageclasses',
    named({
      provisioner: 'p',
      allowedTopologies: [{ matchLabelExpressions: [{ key: OLD_ZONE, values: ['a'] }] }],
    }),
    [`allowedTopologies[0].matchLabelExpressions[0].key: ${USE_ZONE}`],
  ],
  [
    '/apis/node.k8s.io/v1/runtimeclasses',
    named({ handler: 'h', scheduling: { nodeSelector: { [OLD_ZONE]: 'a' } } }),
    [`scheduling.nodeSelector: ${USE_ZONE}`],
  ],
  [
    '/apis/storage.k8s.io/v1/csidrivers',
    named({ spec: { tokenRequests: [{ audience: 'a' }] } }),
    [
      'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
    ],
  ],
  [
    `/apis/discovery.k8s.io/v1${NS}/endpointslices`,
    named({ addressType: 'FQDN', endpoints: [{ addresses: ['a.example.com'] }] }),
    ['spec.addressType: FQDN endpoints are deprecated'],
  ],
  [
    `/apis/networking.k8s.io/v1${NS}/networkpolicies`,
    named({ spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.1/8' } }] }] } }),
    [
      'spec.ingress[0].from[0].ipBlock.cidr: CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)',
    ],
  ],
  [
    `/apis/batch/v1${NS}/jobs`,
    named({ spec: { ...jobSpec, completionMode: 'Indexed', completions: 200_000, parallelism: 20_000 } }),
    [
      'spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail',
    ],
  ],
  [
    `/api/v1${NS}/persistentvolumeclaims`,
    named({ spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1500m' } } } }),
    ['spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer'],
  ],
  ['/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition('odd'), ['unrecognized format "odd"']],
  ['/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition('date-time'), []],
]

test.each(CASES)('%s warns of what is deprecated (%#)', async (path, object, warnings) => {
  const answer = await server.call('POST', path, object, { query: { dryRun: 'All' } })
  expect(answer.status).toBe(201)
  expect(warningsOf(answer)).toEqual(warnings)
})
