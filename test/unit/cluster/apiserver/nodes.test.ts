import { beforeAll, describe, expect, test } from 'vitest'
import { certificateRequest } from '../../../support/certificate-request.ts'
import { testServer, type TestServer } from './harness.ts'

const NS = '/api/v1/namespaces/team'
const NODES = '/api/v1/nodes'
const MERGE = { headers: { 'content-type': 'application/merge-patch+json' } }

let server: TestServer
let kubelet: TestServer['call']
let nodeUid = ''
let podUid = ''

const messageOf = (answer: { body: unknown }): string => (answer.body as { message?: string }).message ?? ''

function podOf(name: string, nodeName: string): object {
  return {
    metadata: { name },
    spec: {
      nodeName,
      containers: [
        { name: 'a', image: 'b', envFrom: [{ secretRef: { name: 'env' } }, { configMapRef: { name: 'env' } }] },
      ],
      imagePullSecrets: [{ name: 'pull' }],
      volumes: [
        { name: 's', secret: { secretName: 'mounted' } },
        { name: 'c', configMap: { name: 'mounted' } },
        { name: 'v', persistentVolumeClaim: { claimName: 'claim' } },
        { name: 'p', projected: { sources: [{ secret: { name: 'projected' } }] } },
      ],
    },
  }
}

beforeAll(async () => {
  server = await testServer()
  kubelet = server.as('system:node:n1', ['system:nodes'])
  await server.call('POST', '/api/v1/namespaces', { metadata: { name: 'team' } })
  for (const name of ['default', 'other']) await server.call('POST', `${NS}/serviceaccounts`, { metadata: { name } })
  for (const name of ['env', 'pull', 'mounted', 'projected', 'volume', 'foreign'])
    await server.call('POST', `${NS}/secrets`, { metadata: { name } })
  for (const name of ['env', 'mounted', 'foreign'])
    await server.call('POST', `${NS}/configmaps`, { metadata: { name } })
  await server.call('POST', `${NS}/persistentvolumeclaims`, {
    metadata: { name: 'claim' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, volumeName: 'volume' },
  })
  for (const name of ['volume', 'loose'])
    await server.call('POST', '/api/v1/persistentvolumes', {
      metadata: { name },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        ...(name === 'volume' && { claimRef: { namespace: 'team', name: 'claim' } }),
        csi: { driver: 'd', volumeHandle: name, nodePublishSecretRef: { namespace: 'team', name: 'volume' } },
      },
    })
  const node = await kubelet('POST', NODES, { metadata: { name: 'n1' } })
  nodeUid = (node.body as { metadata: { uid: string } }).metadata.uid
  await server.call('POST', NODES, { metadata: { name: 'n2' } })
  const pod = await server.call('POST', `${NS}/pods`, podOf('mine', 'n1'))
  podUid = (pod.body as { metadata: { uid: string } }).metadata.uid
  await server.call('POST', `${NS}/pods`, podOf('theirs', 'n2'))
})

describe('what a kubelet reads', () => {
  const relation = "no relationship found between node 'n1' and this object"
  const cases: [path: string, refusal?: string][] = [
    [`${NS}/secrets/env`],
    [`${NS}/secrets/pull`],
    [`${NS}/secrets/mounted`],
    [`${NS}/secrets/projected`],
    [`${NS}/secrets/volume`],
    [`${NS}/secrets/foreign`, relation],
    [`${NS}/secrets?fieldSelector=metadata.name=mounted`],
    [`${NS}/secrets`, 'No Object name found'],
    ['/api/v1/secrets', 'can only read namespaced object of this type'],
    [`${NS}/configmaps/env`],
    [`${NS}/configmaps/mounted`],
    [`${NS}/configmaps/foreign`, relation],
    [`${NS}/persistentvolumeclaims/claim`],
    [`${NS}/persistentvolumeclaims`, 'can only get individual resources of this type'],
    ['/api/v1/persistentvolumes/volume'],
    ['/api/v1/persistentvolumes/loose', relation],
    [`${NODES}/n1`],
    [`${NODES}/n2`, "node 'n1' cannot read 'n2', only its own Node object"],
    [NODES, "node 'n1' cannot read all nodes, only its own Node object"],
    [`${NS}/pods/mine`],
    [`${NS}/pods/theirs`, relation],
    ['/api/v1/pods?fieldSelector=spec.nodeName=n1'],
    ['/api/v1/pods?fieldSelector=spec.nodeName=n2', 'can only list/watch pods with spec.nodeName field selector'],
    [`${NS}/serviceaccounts/default`],
    [`${NS}/serviceaccounts/other`, relation],
    ['/api/v1/services'],
    [
      '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases',
      'can only get, create, update, patch, or delete a node lease',
    ],
  ]
  test.each(cases)('%s', async (path, refusal) => {
    const [plain = '', query = ''] = path.split('?')
    const answer = await kubelet('GET', plain, undefined, { query: Object.fromEntries(new URLSearchParams(query)) })
    expect(answer.status).toBe(refusal === undefined ? 200 : 403)
    if (refusal !== undefined) expect(messageOf(answer)).toMatch(new RegExp(`: ${refusal}$`))
  })

  test('other resources are for other users', async () => {
    expect(messageOf(await kubelet('GET', '/apis/apps/v1/deployments'))).toMatch(/at the cluster scope$/)
  })

  test('a node without a name is nobody', async () => {
    const answer = await server.as('system:node:', ['system:nodes'])('GET', NODES)
    expect(messageOf(answer)).toMatch(/: unknown node for user "system:node:"$/)
  })

  test('outside of the group of nodes the name means nothing', async () => {
    expect((await server.as('system:node:n1')('GET', `${NS}/secrets/mounted`)).status).toBe(403)
  })
})

describe('what a kubelet writes', () => {
  const patch = (path: string, body: object) => kubelet('PATCH', path, body, MERGE)

  const patches: [path: string, body: object, refusal?: string][] = [
    [`${NODES}/n2`, { metadata: { labels: { a: 'b' } } }, 'node "n1" is not allowed to modify node "n2"'],
    [`${NODES}/n1`, { metadata: { labels: { plain: '1', 'node.kubernetes.io/x': '1', 'kubernetes.io/os': 'linux' } } }],
    [
      `${NODES}/n1`,
      { metadata: { labels: { 'node-restriction.kubernetes.io/a': 'b', 'foo.k8s.io/x': 'y' } } },
      'is not allowed to modify labels: foo.k8s.io/x, node-restriction.kubernetes.io/a',
    ],
    [
      `${NODES}/n1`,
      { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } },
      'node "n1" is not allowed to modify taints',
    ],
    [`${NODES}/n1/status`, { status: { phase: 'Running' } }],
    [`${NS}/pods/mine/status`, { status: { message: 'x' } }],
    [
      `${NS}/pods/theirs/status`,
      { status: { message: 'x' } },
      'node "n1" can only update pod status for pods with spec.nodeName set to itself',
    ],
    [
      `${NS}/pods/mine/status`,
      { metadata: { labels: { a: 'b' } } },
      'node "n1" cannot update labels through pod status',
    ],
    [`${NS}/persistentvolumeclaims/claim/status`, { status: { capacity: { storage: '2Gi' } } }],
    [
      `${NS}/persistentvolumeclaims/claim/status`,
      { status: { phase: 'Lost' } },
      'node "n1" is not allowed to update fields other than status.quantity and status.conditions',
    ],
  ]
  test.each(patches)('PATCH %s %j', async (path, body, refusal) => {
    const answer = await patch(path, body)
    expect([answer.status, messageOf(answer)]).toEqual(
      refusal === undefined ? [200, ''] : [403, expect.stringContaining(`is forbidden: ${refusal}`)],
    )
  })

  const mirror = (owner: object = {}, spec: object = {}): object => ({
    metadata: {
      name: 'mirror',
      annotations: { 'kubernetes.io/config.mirror': 'x' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: nodeUid, controller: true, ...owner }],
    },
    spec: { nodeName: 'n1', containers: [{ name: 'a', image: 'b' }], ...spec },
  })
  const volume = (source: object): object => ({ volumes: [{ name: 'v', ...source }] })

  const pods: [name: string, make: () => object, refusal: string][] = [
    [
      'a pod that is no mirror',
      () => podOf('x', 'n1'),
      'pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods',
    ],
    [
      'on another node',
      () => mirror({}, { nodeName: 'n2' }),
      'node "n1" can only create pods with spec.nodeName set to itself',
    ],
    [
      'of another node',
      () => mirror({ name: 'n2' }),
      'node "n1" can only create pods with an owner reference set to itself',
    ],
    [
      'not controlled',
      () => mirror({ controller: false }),
      'node "n1" can only create pods with a controller owner reference set to itself',
    ],
    [
      'blocking',
      () => mirror({ blockOwnerDeletion: true }),
      'node "n1" must not set blockOwnerDeletion on an owner reference',
    ],
    ['of a node that was', () => mirror({ uid: 'old' }), 'node n1 UID mismatch: expected old got'],
    [
      'with an account',
      () => mirror({}, { serviceAccountName: 'default' }),
      'a mirror pod may not reference service accounts',
    ],
    [
      'with a secret',
      () => mirror({}, volume({ secret: { secretName: 'x' } })),
      'a mirror pod may not reference secrets',
    ],
    [
      'with a configuration',
      () => mirror({}, volume({ configMap: { name: 'x' } })),
      'node "n1" can not create pods that reference configmaps',
    ],
  ]
  test.each(pods)('no pod %s', async (_name, make, refusal) => {
    const answer = await kubelet('POST', `${NS}/pods`, make())
    expect([answer.status, messageOf(answer)]).toEqual([403, expect.stringContaining(`is forbidden: ${refusal}`)])
  })

  test('its own mirror pods', async () => {
    expect((await kubelet('POST', `${NS}/pods`, mirror())).status).toBe(201)
  })

  test('no deletion or eviction of pods elsewhere', async () => {
    expect(messageOf(await kubelet('DELETE', `${NS}/pods/theirs`))).toContain('can only delete pods with spec.nodeName')
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'theirs' } }
    expect(messageOf(await kubelet('POST', `${NS}/pods/theirs/eviction`, eviction))).toContain(
      'node n1 can only evict pods with spec.nodeName set to itself',
    )
  })

  const tokens: [name: string, bound: () => object | undefined, refusal?: string][] = [
    ['not bound', () => undefined, 'node requested token not bound to a pod'],
    [
      'without a uid',
      () => ({ apiVersion: 'v1', kind: 'Pod', name: 'mine' }),
      'node requested token with a pod binding without a uid',
    ],
    [
      'of a pod that was',
      () => ({ apiVersion: 'v1', kind: 'Pod', name: 'mine', uid: 'old' }),
      'the UID in the bound object reference (old) does not match the UID in record.',
    ],
    ['of its pod', () => ({ apiVersion: 'v1', kind: 'Pod', name: 'mine', uid: podUid })],
  ]
  test.each(tokens)('a token %s', async (_name, bound, refusal) => {
    const boundObjectRef = bound()
    const answer = await kubelet('POST', `${NS}/serviceaccounts/default/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { ...(boundObjectRef !== undefined && { boundObjectRef }) },
    })
    expect([answer.status, messageOf(answer)]).toEqual(
      refusal === undefined ? [201, ''] : [403, expect.stringContaining(refusal)],
    )
  })

  test('leases of its own', async () => {
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
    expect((await kubelet('POST', leases, { metadata: { name: 'n1' } })).status).toBe(201)
    expect(messageOf(await kubelet('POST', leases, { metadata: { name: 'n2' } }))).toContain(
      'can only access node lease with the same name as the requesting node',
    )
  })
})

describe('requests for certificates', () => {
  const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
  const ask = (call: TestServer['call'], name: string, signerName: string, subject: [name: string, group: string]) =>
    call('POST', requests, {
      metadata: { name },
      spec: {
        signerName,
        request: Buffer.from(certificateRequest(...subject)).toString('base64'),
        usages: ['digital signature', 'client auth'],
      },
    })

  test('a kubelet asks in its own name', async () => {
    const signer = 'kubernetes.io/kube-apiserver-client-kubelet'
    expect(messageOf(await ask(kubelet, 'a', signer, ['system:node:n2', 'system:nodes']))).toContain(
      'can only create a node CSR with CN=system:node:n1',
    )
    expect((await ask(kubelet, 'b', signer, ['system:node:n1', 'system:nodes'])).status).toBe(201)
  })

  test('nobody becomes an administrator', async () => {
    const signer = 'kubernetes.io/kube-apiserver-client'
    expect(messageOf(await ask(server.call, 'c', signer, ['me', 'system:masters']))).toContain(
      'use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    )
    expect((await ask(server.call, 'd', signer, ['me', 'devs'])).status).toBe(201)
  })
})
