import { beforeAll, describe, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

const PREFIX = 'pod-security.kubernetes.io/'
const MERGE = { headers: { 'content-type': 'application/merge-patch+json' } }
const messageOf = (answer: { body: unknown }): string => (answer.body as { message?: string }).message ?? ''
const container = { name: 'c', image: 'i' }

let server: TestServer
const pod = (namespace: string, name: string, spec: object): ReturnType<TestServer['call']> =>
  server.call('POST', `/api/v1/namespaces/${namespace}/pods`, {
    metadata: { name },
    spec: { automountServiceAccountToken: false, ...spec },
  })

beforeAll(async () => {
  server = await testServer()
  const namespaces: [string, Record<string, string>][] = [
    ['base', { [`${PREFIX}enforce`]: 'baseline' }],
    ['strict', { [`${PREFIX}enforce`]: 'restricted' }],
    ['warned', { [`${PREFIX}warn`]: 'baseline' }],
    ['old', { [`${PREFIX}enforce`]: 'restricted', [`${PREFIX}enforce-version`]: 'v1.7' }],
    ['free', {}],
  ]
  for (const [name, labels] of namespaces) {
    await server.call('POST', '/api/v1/namespaces', { metadata: { name, labels } })
    await server.call('POST', `/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'default' } })
  }
})

describe('PodSecurity', () => {
  test.each([
    [
      'base',
      { hostNetwork: true, containers: [{ ...container, securityContext: { privileged: true } }] },
      'violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true), privileged (container "c" must not set securityContext.privileged=true)',
    ],
    [
      'base',
      {
        containers: [{ ...container, securityContext: { capabilities: { add: ['SYS_ADMIN', 'NET_ADMIN', 'CHOWN'] } } }],
      },
      'violates PodSecurity "baseline:latest": non-default capabilities (container "c" must not include "NET_ADMIN", "SYS_ADMIN" in securityContext.capabilities.add)',
    ],
    [
      'strict',
      { containers: [container] },
      'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
    [
      'old',
      { containers: [container], volumes: [{ name: 'v', hostPath: { path: '/x' } }] },
      'violates PodSecurity "restricted:v1.7": restricted volume types (volume "v" uses restricted volume type "hostPath"), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)',
    ],
  ])('in %s refuses %j', async (namespace, spec, why) => {
    const answer = await pod(namespace, 'bad', spec)
    expect([answer.status, messageOf(answer)]).toEqual([403, `pods "bad" is forbidden: ${why}`])
  })

  test('lets good pods pass', async () => {
    const securityContext = {
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    }
    expect(await pod('strict', 'good', { containers: [{ ...container, securityContext }] })).toMatchObject({
      status: 201,
    })
  })

  test('warns of pods and workloads', async () => {
    const spec = { hostPID: true, containers: [container] }
    const warning = '299 - "would violate PodSecurity \\"baseline:latest\\": host namespaces (hostPID=true)"'
    const answer = await pod('warned', 'p', spec)
    expect([answer.status, answer.headers.warning]).toEqual([201, warning])
    const template = { metadata: { labels: { a: 'b' } }, spec }
    const deployment = await server.call('POST', '/apis/apps/v1/namespaces/warned/deployments', {
      metadata: { name: 'd' },
      spec: { selector: { matchLabels: { a: 'b' } }, template },
    })
    expect([deployment.status, deployment.headers.warning]).toEqual([201, warning])
  })

  test('says which pods a stricter level would refuse', async () => {
    for (const name of ['b', 'a']) await pod('free', name, { hostPID: true, containers: [container] })
    const answer = await server.call(
      'PATCH',
      '/api/v1/namespaces/free',
      { metadata: { labels: { [`${PREFIX}enforce`]: 'baseline' } } },
      MERGE,
    )
    expect(answer.headers.warning).toBe(
      '299 - "existing pods in namespace \\"free\\" violate the new PodSecurity enforce level \\"baseline:latest\\"", 299 - "a (and 1 other pod): host namespaces"',
    )
  })

  test('refuses labels that say nothing', async () => {
    const labels = { [`${PREFIX}enforce`]: 'x' }
    const answer = await server.call('POST', '/api/v1/namespaces', { metadata: { name: 'bad', labels } })
    expect(messageOf(answer)).toBe(
      'Namespace "bad" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "x": must be one of privileged, baseline, restricted',
    )
  })
})
