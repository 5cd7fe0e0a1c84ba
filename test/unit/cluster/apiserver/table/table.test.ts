import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../../../src/api/index.ts'
import {
  compileJsonPath,
  customTable,
  humanDuration,
  tableOf,
} from '../../../../../src/cluster/apiserver/table/index.ts'

const now = Date.parse('2026-01-02T00:00:00Z')

describe('ages', () => {
  const cases: readonly [seconds: number, want: string][] = [
    [-5, '<invalid>'],
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [185, '3m5s'],
    [599, '9m59s'],
    [600, '10m'],
    [3 * 3600 - 1, '179m'],
    [3 * 3600 + 60, '3h1m'],
    [8 * 3600 + 60, '8h'],
    [48 * 3600 + 3600, '2d1h'],
    [8 * 86_400, '8d'],
    [730 * 86_400, '2y'],
    [(3 * 365 + 4) * 86_400, '3y4d'],
  ]
  test.each(cases)('%d s is %s', (seconds, want) => {
    expect(humanDuration(seconds * 1000)).toBe(want)
  })
})

describe('the status of a pod', () => {
  const pod = (spec: object, status: object, metadata: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', creationTimestamp: '2026-01-01T23:59:50Z', ...metadata },
    spec,
    status,
  })
  const table = tableOf({ group: '', version: 'v1', kind: 'Pod' })
  const two = { containers: [{ name: 'a' }, { name: 'b' }] }
  const cases: readonly [name: string, object: KubeObject, ready: string, status: string, restarts: string][] = [
    ['shows the phase before a kubelet speaks', pod(two, { phase: 'Pending' }), '0/2', 'Pending', '0'],
    [
      'names the container that waits',
      pod(two, {
        phase: 'Running',
        containerStatuses: [
          { name: 'a', ready: true, restartCount: 0, state: { running: {} } },
          {
            name: 'b',
            ready: false,
            restartCount: 3,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { finishedAt: '2026-01-01T23:59:55Z' } },
          },
        ],
      }),
      '1/2',
      'CrashLoopBackOff',
      '3 (5s ago)',
    ],
    [
      'counts init containers that are not done',
      pod(
        { initContainers: [{ name: 'i' }, { name: 'j' }], containers: [{ name: 'a' }] },
        {
          phase: 'Pending',
          initContainerStatuses: [
            { name: 'i', restartCount: 0, state: { terminated: { exitCode: 0 } } },
            { name: 'j', restartCount: 0, state: { running: {} } },
          ],
        },
      ),
      '0/1',
      'Init:1/2',
      '0',
    ],
    [
      'is Running again while one of its containers runs',
      pod(two, {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'False' }],
        containerStatuses: [
          { name: 'a', ready: false, restartCount: 0, state: { terminated: { reason: 'Completed', exitCode: 0 } } },
          { name: 'b', ready: true, restartCount: 0, state: { running: {} } },
        ],
      }),
      '1/2',
      'NotReady',
      '0',
    ],
    [
      'is Terminating once marked for deletion',
      pod(two, { phase: 'Running' }, { deletionTimestamp: '2026-01-02T00:00:00Z' }),
      '0/2',
      'Terminating',
      '0',
    ],
  ]
  test.each(cases)('%s', (_name, object, ready, status, restarts) => {
    expect(table.row(object, now).slice(1, 4)).toEqual([ready, status, restarts])
  })
})

describe('printer columns of custom resources', () => {
  const object: KubeObject = {
    apiVersion: 'x.test/v1',
    kind: 'X',
    metadata: { name: 'x', annotations: { 'a.b/c': 'y' } },
    spec: { size: 3, list: [1, 2] },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  }
  test('take values by simple JSON paths', () => {
    const paths: readonly [string, unknown[]][] = [
      ['.spec.size', [3]],
      ['.spec.list[1]', [2]],
      ['.spec.list[*]', [1, 2]],
      [".metadata.annotations['a.b/c']", ['y']],
      ['.metadata.annotations.a\\.b/c', ['y']],
      ['.status.conditions[?(@.type=="Ready")].status', ['True']],
      ['.nowhere.at.all', []],
    ]
    for (const [path, want] of paths) expect(compileJsonPath(path)?.(object), path).toEqual(want)
  })
  test('leave out values of another type', () => {
    const table = customTable([
      { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
      { name: 'Text', type: 'boolean', jsonPath: '.spec.size' },
    ])
    expect(table.row(object, now)).toEqual(['x', 3, null])
  })
})

describe('rows of built-in kinds', () => {
  const row = (kind: string, body: object, group = ''): unknown[] =>
    tableOf({ group, version: 'v1', kind }).row(
      { apiVersion: 'v1', kind, metadata: { name: 'x', creationTimestamp: '2026-01-01T23:59:50Z' }, ...body },
      now,
    )
  const cases: readonly [what: string, kind: string, body: object, want: unknown[]][] = [
    [
      'a node shows its architecture behind the kernel',
      'Node',
      { status: { nodeInfo: { kernelVersion: '6.1', architecture: 'arm64' } } },
      ['x', 'Unknown', '<none>', '10s', '', '<none>', '<none>', '<unknown>', '6.1 (arm64)', '<unknown>'],
    ],
    [
      'a port of a slice without number shows its name',
      'EndpointSlice',
      { addressType: 'IPv4', ports: [{ name: 'web' }] },
      ['x', 'IPv4', 'web', '<unset>', '10s'],
    ],
    [
      'an address has an age that its columns do not name',
      'IPAddress',
      { spec: { parentRef: { resource: 'services', namespace: 'n', name: 's' } } },
      ['x', 'services/n/s', '10s'],
    ],
    [
      'the default class says so',
      'IngressClass',
      {
        metadata: { name: 'x', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
        spec: { controller: 'c' },
      },
      ['x (default)', 'c', '<none>', '<unknown>'],
    ],
    [
      'a denied request is denied though approved',
      'CertificateSigningRequest',
      {
        spec: { signerName: 's', username: 'u', expirationSeconds: 7200 },
        status: { conditions: [{ type: 'Approved' }, { type: 'Denied' }] },
      },
      ['x', '10s', 's', 'u', '120m', 'Denied'],
    ],
    [
      'parameters of a binding may be of any namespace',
      'MutatingAdmissionPolicyBinding',
      { spec: { policyName: 'p', paramRef: { name: 'n' } } },
      ['x', 'p', '*/n', '10s'],
    ],
    [
      'or chosen by labels',
      'ValidatingAdmissionPolicyBinding',
      { spec: { policyName: 'p', paramRef: { selector: { matchLabels: { a: 'b' } } } } },
      [
        'x',
        'p',
        '&LabelSelector{MatchLabels:map[string]string{a: b,},MatchExpressions:[]LabelSelectorRequirement{},}',
        '10s',
      ],
    ],
    [
      'mutations of a policy are counted',
      'MutatingAdmissionPolicy',
      { spec: { mutations: [{}, {}] } },
      ['x', 2, '<unset>', '10s'],
    ],
    ['capacities have the default columns', 'CSIStorageCapacity', {}, ['x', '2026-01-01T23:59:50Z']],
  ]
  test.each(cases)('%s', (_what, kind, body, want) => {
    expect(row(kind, body)).toEqual(want)
  })
})
