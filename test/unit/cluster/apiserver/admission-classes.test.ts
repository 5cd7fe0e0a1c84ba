import { beforeAll, describe, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

const PODS = '/api/v1/namespaces/default/pods'
const CLAIMS = '/api/v1/namespaces/default/persistentvolumeclaims'
const MERGE = { headers: { 'content-type': 'application/merge-patch+json' } }
const messageOf = (answer: { body: unknown }): string => (answer.body as { message?: string }).message ?? ''

let server: TestServer
const pod = (name: string, spec: object): ReturnType<TestServer['call']> =>
  server.call('POST', PODS, {
    metadata: { name },
    spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }], ...spec },
  })

beforeAll(async () => {
  server = await testServer()
  await server.call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
  await server.call('POST', '/apis/node.k8s.io/v1/runtimeclasses', {
    metadata: { name: 'boxed' },
    handler: 'box',
    overhead: { podFixed: { cpu: '250m' } },
    scheduling: { nodeSelector: { box: 'yes' } },
  })
})

describe('RuntimeClass', () => {
  test('gives pods overhead and node selector', async () => {
    expect(await pod('good', { runtimeClassName: 'boxed' })).toMatchObject({
      status: 201,
      body: { spec: { overhead: { cpu: '250m' }, nodeSelector: { box: 'yes' } } },
    })
  })

  test.each([
    [{ runtimeClassName: 'nope' }, 'pod rejected: RuntimeClass "nope" not found'],
    [
      { runtimeClassName: 'boxed', nodeSelector: { box: 'no' } },
      'conflict: runtimeClass.scheduling.nodeSelector[box] = yes; pod.spec.nodeSelector[box] = no',
    ],
    [{ overhead: { cpu: '1' } }, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'],
  ])('refuses %j', async (spec, why) => {
    expect(messageOf(await pod('bad', spec))).toBe(`pods "bad" is forbidden: ${why}`)
  })
})

test('claims grow only where their class allows it', async () => {
  const resources = (storage: string): object => ({ resources: { requests: { storage } } })
  for (const [name, allowVolumeExpansion] of [
    ['fixed', false],
    ['elastic', true],
  ] as const) {
    await server.call('POST', '/apis/storage.k8s.io/v1/storageclasses', {
      metadata: { name },
      provisioner: 'example.com/none',
      allowVolumeExpansion,
    })
    const spec = { storageClassName: name, accessModes: ['ReadWriteOnce'], volumeName: 'v', ...resources('1Gi') }
    await server.call('POST', CLAIMS, { metadata: { name }, spec })
    await server.call('PATCH', `${CLAIMS}/${name}/status`, { status: { phase: 'Bound' } }, MERGE)
  }
  expect(messageOf(await server.call('PATCH', `${CLAIMS}/fixed`, { spec: resources('2Gi') }, MERGE))).toBe(
    'persistentvolumeclaims "fixed" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
  )
  expect(await server.call('PATCH', `${CLAIMS}/elastic`, { spec: resources('2Gi') }, MERGE)).toMatchObject({
    status: 200,
  })
})

test('requests for certificates are approved by those who may approve their signer', async () => {
  const csrs = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
  const pem = '-----BEGIN CERTIFICATE REQUEST-----\nMA==\n-----END CERTIFICATE REQUEST-----\n'
  await server.call('POST', csrs, {
    metadata: { name: 'c' },
    spec: { request: Buffer.from(pem).toString('base64'), signerName: 'example.com/mine', usages: ['client auth'] },
  })
  const rule = (resources: string[], verbs: string[], more = {}): object => ({
    apiGroups: ['certificates.k8s.io'],
    resources,
    verbs,
    ...more,
  })
  const roles = '/apis/rbac.authorization.k8s.io/v1'
  const access = rule(['certificatesigningrequests', 'certificatesigningrequests/approval'], ['get', 'update', 'patch'])
  const bind = async (name: string, rules: object[]): Promise<void> => {
    await server.call('POST', `${roles}/clusterroles`, { metadata: { name }, rules })
    await server.call('POST', `${roles}/clusterrolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name }],
    })
  }
  await bind('alice', [access])
  await bind('bob', [access, rule(['signers'], ['approve'], { resourceNames: ['example.com/*'] })])
  const status = { conditions: [{ type: 'Approved', status: 'True', reason: 'Because', message: 'm' }] }
  const approve = (name: string): ReturnType<TestServer['call']> =>
    server.as(name)('PATCH', `${csrs}/c/approval`, { status }, MERGE)
  expect(messageOf(await approve('alice'))).toBe(
    'certificatesigningrequests.certificates.k8s.io "c" is forbidden: user not permitted to approve requests with signerName "example.com/mine"',
  )
  expect(await approve('bob')).toMatchObject({
    status: 200,
    body: { status: { conditions: [{ type: 'Approved', lastUpdateTime: '2026-11-21T10:00:00Z' }] } },
  })
})
