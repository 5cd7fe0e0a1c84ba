import { beforeAll, describe, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

let server: TestServer
const RBAC = '/apis/rbac.authorization.k8s.io/v1'
const messageOf = (answer: { body: unknown }): string => (answer.body as { message?: string }).message ?? ''

beforeAll(async () => {
  server = await testServer()
  const rules = [
    { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
    { apiGroups: [''], resources: ['configmaps'], resourceNames: ['one'], verbs: ['get'] },
  ]
  await server.call('POST', `${RBAC}/namespaces/default/roles`, { metadata: { name: 'r' }, rules })
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' }
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }]
  await server.call('POST', `${RBAC}/namespaces/default/rolebindings`, { metadata: { name: 'rb' }, roleRef, subjects })
  const edit = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' }
  const accounts = [{ kind: 'ServiceAccount', name: 'bot', namespace: 'default' }]
  await server.call('POST', `${RBAC}/namespaces/default/rolebindings`, {
    metadata: { name: 'bots' },
    roleRef: edit,
    subjects: accounts,
  })
})

describe('roles', () => {
  test.each([
    ['list pods where she may', '/api/v1/namespaces/default/pods', 200, ''],
    [
      'list pods elsewhere',
      '/api/v1/namespaces/kube-system/pods',
      403,
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "kube-system"',
    ],
    [
      'list nodes',
      '/api/v1/nodes',
      403,
      'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
    ],
    ['read the object that she may', '/api/v1/namespaces/default/configmaps/one', 404, 'configmaps "one" not found'],
    [
      'read another object',
      '/api/v1/namespaces/default/configmaps/two',
      403,
      'configmaps "two" is forbidden: User "jane" cannot get resource "configmaps" in API group "" in the namespace "default"',
    ],
    ['read discovery', '/api', 200, ''],
    ['read metrics', '/metrics', 403, 'forbidden: User "jane" cannot get path "/metrics"'],
  ])('let jane %s', async (_what, path, status, message) => {
    const answer = await server.as('jane')('GET', path)
    expect([answer.status, messageOf(answer)]).toEqual([status, message])
  })

  test.each([
    ['system:serviceaccount:kube-system:deployment-controller', '/apis/apps/v1/deployments', 200],
    ['system:serviceaccount:kube-system:deployment-controller', '/api/v1/secrets', 403],
    ['system:kube-scheduler', '/api/v1/persistentvolumes', 200],
    ['system:kube-controller-manager', '/api/v1/secrets', 200],
    ['system:kube-scheduler', '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication', 200],
    ['system:kube-scheduler', '/api/v1/namespaces/default/configmaps/extension-apiserver-authentication', 403],
  ])('of the bootstrap policy: %s reads %s: %d', async (name, path, status) => {
    expect(await server.as(name)('GET', path)).toMatchObject({ status })
  })

  test('are gathered by aggregated roles', async () => {
    const bot = server.as('system:serviceaccount:default:bot', ['system:serviceaccounts'])
    expect(await bot('GET', '/apis/example.com/v1/namespaces/default/things')).toMatchObject({ status: 403 })
    const metadata = { name: 'things-editor', labels: { 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' } }
    const rules = [{ apiGroups: ['example.com'], resources: ['things'], verbs: ['list'] }]
    await server.call('POST', `${RBAC}/clusterroles`, { metadata, rules })
    expect(await bot('GET', '/apis/example.com/v1/namespaces/default/things')).toMatchObject({ status: 404 })
  })
})

test('only who may impersonate may speak as somebody else', async () => {
  const headers = { 'impersonate-user': 'jane' }
  expect(await server.call('GET', '/api/v1/namespaces/default/pods', undefined, { headers })).toMatchObject({
    status: 200,
  })
  const refused = await server.as('joe')('GET', '/api/v1/namespaces/default/pods', undefined, { headers })
  expect(messageOf(refused)).toBe(
    'users "jane" is forbidden: User "joe" cannot impersonate resource "users" in API group "" at the cluster scope',
  )
})

describe('service account tokens', () => {
  test('authenticate until they end or their account goes', async () => {
    const accounts = '/api/v1/namespaces/default/serviceaccounts'
    await server.call('POST', accounts, { metadata: { name: 'token-user' } })
    const answer = await server.call('POST', `${accounts}/token-user/token`, { spec: { expirationSeconds: 600 } })
    const { token } = (answer.body as { status: { token: string } }).status
    const review = async (): Promise<unknown> =>
      (await server.call('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token } })).body
    expect(await review()).toMatchObject({
      status: { authenticated: true, user: { username: 'system:serviceaccount:default:token-user' } },
    })
    server.clock.advance(601_000)
    expect(await review()).toMatchObject({ status: { error: 'invalid bearer token' } })
  })
})

describe('rules reviews', () => {
  interface Rules {
    readonly status: {
      readonly resourceRules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[]
      readonly nonResourceRules: readonly { readonly nonResourceURLs: readonly string[] }[]
    }
  }
  const review = async (call: TestServer['call']): Promise<Rules['status']> => {
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      spec: { namespace: 'default' },
    }
    const answer = await call('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', body)
    return (answer.body as Rules).status
  }

  test('an administrator is told of the roles of all users too', async () => {
    const { resourceRules, nonResourceRules } = await review(server.as('root', ['system:masters']))
    expect(resourceRules[0]).toMatchObject({ resources: ['*'], verbs: ['*'] })
    expect(resourceRules.flatMap((rule) => rule.resources)).toContain('selfsubjectreviews')
    expect(nonResourceRules.flatMap((rule) => rule.nonResourceURLs)).toEqual(expect.arrayContaining(['*', '/version']))
  })

  test('rules of an aggregated role are told once', async () => {
    const { resourceRules } = await review(server.as('system:serviceaccount:default:bot'))
    const texts = resourceRules.map((rule) => JSON.stringify(rule))
    expect(texts.length).toBeGreaterThan(20)
    expect(new Set(texts).size).toBe(texts.length)
  })
})

test('aggregated servers may read whom to believe', async () => {
  const role = await server.call(
    'GET',
    `${RBAC}/namespaces/kube-system/roles/extension-apiserver-authentication-reader`,
  )
  expect(role.body).toMatchObject({ rules: [{ resourceNames: ['extension-apiserver-authentication'] }] })
  const config = await server.call(
    'GET',
    '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication',
  )
  expect(config.body).toMatchObject({ data: { 'requestheader-allowed-names': '["front-proxy-client"]' } })
})
