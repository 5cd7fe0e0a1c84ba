import { beforeAll, expect, test } from 'vitest'
import { testServer, type TestServer } from './harness.ts'

const PODS = '/api/v1/namespaces/default/pods'
const ARMOR = 'container.apparmor.security.beta.kubernetes.io/c'
const DEPRECATED = `metadata.annotations[${ARMOR}]: deprecated since v1.30; use the "appArmorProfile" field instead`

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  await server.call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
})

const make = (metadata: object, spec: object = {}): ReturnType<TestServer['call']> =>
  server.call(
    'POST',
    PODS,
    { metadata: { name: 'p', ...metadata }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } },
    { query: { dryRun: 'All' } },
  )
const armor = (value: string): object => ({ annotations: { [ARMOR]: value } })

test('values of label keys join the selectors of affinities and spread constraints', async () => {
  const term = { labelSelector: { matchLabels: { a: 'b' } }, topologyKey: 'zone', mismatchLabelKeys: ['tenant'] }
  const spread = {
    maxSkew: 1,
    topologyKey: 'zone',
    whenUnsatisfiable: 'ScheduleAnyway',
    matchLabelKeys: ['rev', 'none'],
  }
  const { body } = await make(
    { labels: { rev: '7', tenant: 't' } },
    {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [term],
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }],
        },
      },
      topologySpreadConstraints: [
        { ...spread, labelSelector: {} },
        { maxSkew: 1, topologyKey: 'host', whenUnsatisfiable: 'ScheduleAnyway' },
      ],
    },
  )
  const merged = { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'tenant', operator: 'NotIn', values: ['t'] }] }
  expect(body).toMatchObject({
    spec: {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: merged }],
          preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: { labelSelector: merged } }],
        },
      },
      topologySpreadConstraints: [
        { labelSelector: { matchExpressions: [{ key: 'rev', operator: 'In', values: ['7'] }] } },
        {},
      ],
    },
  })
  expect(body).not.toHaveProperty('spec.topologySpreadConstraints.1.labelSelector')
})

test.each([
  ['runtime/default', { type: 'RuntimeDefault' }],
  ['unconfined', { type: 'Unconfined' }],
  ['localhost/mine', { type: 'Localhost', localhostProfile: 'mine' }],
])('an AppArmor profile in an annotation becomes a field: %s', async (value, appArmorProfile) => {
  const { status, body, headers } = await make(armor(value))
  expect(status).toBe(201)
  expect(body).toMatchObject({ spec: { containers: [{ securityContext: { appArmorProfile } }] } })
  expect(headers.warning).toBe(`299 - ${JSON.stringify(DEPRECATED)}`)
})

test('an annotation that says what the pod says needs no field', async () => {
  const { body, headers } = await make(armor('unconfined'), {
    securityContext: { appArmorProfile: { type: 'Unconfined' } },
  })
  expect(body).not.toHaveProperty('spec.containers.0.securityContext')
  expect(headers.warning).toBeUndefined()
})

const message = (answer: { body: unknown }): string => (answer.body as { message: string }).message

test.each([
  [armor('odd'), {}, `metadata.annotations[${ARMOR}]: Invalid value: "odd": invalid AppArmor profile name: "odd"`],
  [
    { annotations: { [ARMOR.replace(/c$/, 'other')]: 'unconfined' } },
    {},
    `metadata.annotations[${ARMOR.replace(/c$/, 'other')}]: Invalid value: "other": container not found`,
  ],
  [
    armor('unconfined'),
    {
      securityContext: { appArmorProfile: { type: 'RuntimeDefault' } },
      containers: [{ name: 'c', image: 'i', securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } }],
    },
    'spec.containers[0].securityContext.appArmorProfile.type: Forbidden: apparmor type in annotation and field must match',
  ],
  [
    { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'odd' } },
    {},
    'metadata.annotations.seccomp.security.alpha.kubernetes.io/pod: Invalid value: "odd": must be a valid seccomp profile',
  ],
  [
    { annotations: { 'container.seccomp.security.alpha.kubernetes.io/c': 'localhost/x' } },
    {
      containers: [
        { name: 'c', image: 'i', securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'y' } } },
      ],
    },
    'spec.containers[0].securityContext.seccompProfile.localhostProfile: Forbidden: seccomp profile in annotation and field must match',
  ],
])('profiles in annotations are sound and say what the fields say (%#)', async (metadata, spec, text) => {
  expect(message(await make(metadata, spec))).toContain(text)
})

test('a template is warned of annotations, and checked as a pod is', async () => {
  const deployments = '/apis/apps/v1/namespaces/default/deployments'
  const deployment = (annotations: object): object => ({
    metadata: { name: 'd' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' }, annotations }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  })
  const dry = { query: { dryRun: 'All' } }
  const warned = await server.call('POST', deployments, deployment({ [ARMOR]: 'unconfined' }), dry)
  expect(warned.headers.warning).toBe(`299 - ${JSON.stringify(`spec.template.${DEPRECATED}`)}`)
  const refused = await server.call('POST', deployments, deployment({ [ARMOR]: 'odd' }), dry)
  expect(message(refused)).toContain(`spec.template.annotations[${ARMOR}]: Invalid value: "odd"`)
})

test('AppArmor profiles of a pod never change', async () => {
  await server.call('POST', PODS, {
    metadata: { name: 'fixed', ...armor('unconfined') },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  })
  const patch = { metadata: { annotations: { [ARMOR]: 'runtime/default' } } }
  const answer = await server.call('PATCH', `${PODS}/fixed`, patch, {
    headers: { 'content-type': 'application/merge-patch+json' },
  })
  expect(message(answer)).toContain(
    `metadata.annotations[${ARMOR}]: Forbidden: may not remove or update AppArmor annotations`,
  )
})
