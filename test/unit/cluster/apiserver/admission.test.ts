import { beforeAll, describe, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

let server: TestServer
const CORE = '/api/v1/namespaces/default'
const messageOf = (answer: { body: unknown }): string => (answer.body as { message?: string }).message ?? ''
const pod = (name: string, resources: object = {}): object => ({
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'nginx', resources }] },
})

beforeAll(async () => {
  server = await testServer()
  await server.call('POST', `${CORE}/serviceaccounts`, { metadata: { name: 'default' } })
})

describe('pods', () => {
  test('run as the default account, with its token and the usual tolerations', async () => {
    const { body } = await server.call('POST', `${CORE}/pods`, pod('plain'))
    expect(body).toMatchObject({
      spec: {
        serviceAccountName: 'default',
        priority: 0,
        volumes: [
          {
            projected: {
              sources: [{ serviceAccountToken: { path: 'token' } }, { configMap: { name: 'kube-root-ca.crt' } }, {}],
            },
          },
        ],
        tolerations: [{ key: 'node.kubernetes.io/not-ready' }, { key: 'node.kubernetes.io/unreachable' }],
      },
    })
  })

  test.each([
    [
      'an account that does not exist',
      { serviceAccountName: 'none' },
      'pods "x" is forbidden: error looking up service account default/none: serviceaccount "none" not found',
    ],
    [
      'a priority class that does not exist',
      { priorityClassName: 'none' },
      'pods "x" is forbidden: no PriorityClass with name none was found',
    ],
  ])('with %s are refused', async (_what, spec, message) => {
    const body = { metadata: { name: 'x' }, spec: { containers: [{ name: 'c', image: 'n' }], ...spec } }
    const answer = await server.call('POST', `${CORE}/pods`, body)
    expect([answer.status, messageOf(answer)]).toEqual([403, message])
  })
})

describe('a quota', () => {
  test('holds however many requests come at once', async () => {
    const limited = '/api/v1/namespaces/kube-public'
    await server.call('POST', `${limited}/resourcequotas`, {
      metadata: { name: 'q' },
      spec: { hard: { configmaps: '3' } },
    })
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        server.call('POST', `${limited}/configmaps`, { metadata: { name: `m${i}` } }),
      ),
    )
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(3)
    expect(messageOf(answers.find((answer) => answer.status === 403) ?? { body: {} })).toBe(
      'configmaps "m3" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=3, limited: configmaps=3',
    )
  })
})

describe('services', () => {
  const service = (name: string, spec: object = {}): object => ({
    metadata: { name },
    spec: { ports: [{ port: 80 }], ...spec },
  })
  test('get addresses that nobody else has, and give them back', async () => {
    const first = await server.call('POST', `${CORE}/services`, service('a', { clusterIP: '10.96.77.7' }))
    expect(first).toMatchObject({
      status: 201,
      body: { spec: { clusterIPs: ['10.96.77.7'], ipFamilyPolicy: 'SingleStack' } },
    })
    const taken = await server.call('POST', `${CORE}/services`, service('b', { clusterIP: '10.96.77.7' }))
    expect(messageOf(taken)).toContain('failed to allocate IP 10.96.77.7: provided IP is already allocated')
    await server.call('DELETE', `${CORE}/services/a`)
    expect(await server.call('POST', `${CORE}/services`, service('b', { clusterIP: '10.96.77.7' }))).toMatchObject({
      status: 201,
    })
  })

  test('get node ports in their range', async () => {
    const { body } = await server.call('POST', `${CORE}/services`, service('np', { type: 'NodePort' }))
    const [port] = (body as { spec: { ports: { nodePort: number }[] } }).spec.ports
    expect(port?.nodePort).toBeGreaterThanOrEqual(30_000)
    expect(port?.nodePort).toBeLessThanOrEqual(32_767)
  })
})
