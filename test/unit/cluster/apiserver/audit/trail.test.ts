import { expect, test } from 'vitest'
import { parseAuditPolicy } from '../../../../../src/cluster/apiserver/audit/index.ts'
import { testServer, type TestServer } from '../harness.ts'

interface Event {
  readonly level: string
  readonly stage: string
  readonly verb: string
  readonly requestURI: string
  readonly requestObject?: { metadata?: Record<string, unknown> }
  readonly responseObject?: { kind?: string; metadata?: Record<string, unknown> }
  readonly [key: string]: unknown
}

const MAPS = '/api/v1/namespaces/default/configmaps'
const MERGE = { headers: { 'content-type': 'application/merge-patch+json' } }

/** A server that records what `ann` does. */
async function recording(rule: string): Promise<{ server: TestServer; call: TestServer['call']; events: Event[] }> {
  const events: Event[] = []
  const policy = parseAuditPolicy(
    `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- users: [ann]\n  ${rule}\n- level: None`,
  )
  const sink = { write: (line: string) => void events.push(JSON.parse(line) as Event) }
  const server = await testServer({ audit: { policy, sink } })
  return { server, call: server.as('ann', ['system:masters']), events }
}

test('a request is recorded when it comes and when it is answered', async () => {
  const { call, events } = await recording('level: Metadata')
  await call('GET', `${MAPS}/none`)
  expect(events.map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseComplete'])
  expect(events[0]).toMatchObject({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    requestURI: `${MAPS}/none`,
    verb: 'get',
    user: { username: 'ann', groups: ['system:masters', 'system:authenticated'] },
    sourceIPs: ['127.0.0.1'],
    objectRef: { resource: 'configmaps', namespace: 'default', name: 'none', apiVersion: 'v1' },
    requestReceivedTimestamp: '2026-11-21T10:00:00.000000Z',
  })
  expect(events[0]).not.toHaveProperty('annotations')
  expect(events[1]).toMatchObject({
    auditID: events[0]?.auditID,
    responseStatus: { status: 'Failure', reason: 'NotFound', code: 404, message: 'configmaps "none" not found' },
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
  })
})

test('the level Request adds what was sent, as it was read', async () => {
  const { call, events } = await recording('level: Request\n  omitStages: [RequestReceived]')
  await call('POST', MAPS, { metadata: { name: 'a' }, data: { a: '1' } })
  await call('PATCH', `${MAPS}/a`, { data: { b: '2' } }, MERGE)
  expect(events.map(({ requestObject }) => requestObject)).toEqual([
    { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' }, data: { a: '1' } },
    { data: { b: '2' } },
  ])
  expect(events[0]).toMatchObject({ objectRef: { name: 'a' }, responseStatus: { metadata: {}, code: 201 } })
  expect(events[0]).not.toHaveProperty('responseObject')
})

test('the level RequestResponse adds the answer', async () => {
  const { call, events } = await recording('level: RequestResponse\n  omitStages: [RequestReceived]')
  await call('POST', MAPS, { metadata: { name: 'a' }, data: { a: '1' } })
  await call('DELETE', `${MAPS}/a`)
  expect(events[0]?.responseObject).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'a', managedFields: [{}] } })
  expect(events[1]).toMatchObject({
    responseStatus: { status: 'Success', code: 200 },
    responseObject: { kind: 'Status' },
  })
})

test('managed fields may be left out', async () => {
  const { call, events } = await recording('level: RequestResponse\n  omitManagedFields: true')
  await call('POST', MAPS, { metadata: { name: 'a' }, data: { a: '1' } })
  expect(events[1]?.responseObject?.metadata).toHaveProperty('uid')
  expect(events[1]?.responseObject?.metadata).not.toHaveProperty('managedFields')
})

test('a watch is recorded when its answer begins and when it ends', async () => {
  const events: Event[] = []
  const policy = parseAuditPolicy(`apiVersion: audit.k8s.io/v1
kind: Policy
rules: [{level: Metadata, verbs: [watch]}]`)
  const server = await testServer({
    audit: { policy, sink: { write: (line) => void events.push(JSON.parse(line) as Event) } },
  })
  await server.watch(MAPS, {}, 1, () => server.call('POST', MAPS, { metadata: { name: 'a' } }))
  expect(events.map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseStarted', 'ResponseComplete'])
})

test('who acts for somebody else, and is refused, is recorded', async () => {
  const { call, events } = await recording('level: Metadata')
  await call('GET', MAPS, undefined, { headers: { 'impersonate-user': 'bob' } })
  expect(events[1]).toMatchObject({
    user: { username: 'ann' },
    impersonatedUser: { username: 'bob', groups: ['system:authenticated'] },
    responseStatus: { reason: 'Forbidden', code: 403 },
    annotations: { 'authorization.k8s.io/decision': 'forbid' },
  })
})

test('a validating policy notes what it audits', async () => {
  const { server, call, events } = await recording('level: Metadata')
  const api = '/apis/admissionregistration.k8s.io/v1'
  await server.call('POST', `${api}/validatingadmissionpolicies`, {
    metadata: { name: 'p' },
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      },
      validations: [{ expression: 'false', message: 'never' }],
      auditAnnotations: [{ key: 'who', valueExpression: '"by " + request.userInfo.username' }],
    },
  })
  await server.call('POST', `${api}/validatingadmissionpolicybindings`, {
    metadata: { name: 'b' },
    spec: { policyName: 'p', validationActions: ['Audit'] },
  })
  const created = await call('POST', MAPS, { metadata: { name: 'a' } })
  expect(created.status).toBe(201)
  const failure = [{ message: 'never', policy: 'p', binding: 'b', expressionIndex: 0, validationActions: ['Audit'] }]
  expect(events[1]?.annotations).toMatchObject({
    'p/who': 'by ann',
    'validation.policy.admission.k8s.io/validation_failure': JSON.stringify(failure),
  })
})
