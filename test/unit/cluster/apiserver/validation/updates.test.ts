import { beforeAll, expect, test } from 'vitest'
import { testServer, type TestServer } from '../harness.ts'

const NS = '/namespaces/default'
const MERGE = { headers: { 'content-type': 'application/merge-patch+json' } }
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  const made = [
    await server.call('POST', `/api/v1${NS}/serviceaccounts`, { metadata: { name: 'default' } }),
    await server.call('POST', `/api/v1${NS}/configmaps`, { metadata: { name: 'x' } }),
    await server.call('POST', `/api/v1${NS}/limitranges`, { metadata: { name: 'x' }, spec: { limits: [] } }),
    await server.call('POST', `/apis/policy/v1${NS}/poddisruptionbudgets`, { metadata: { name: 'x' }, spec: {} }),
    await server.call('POST', `/apis/coordination.k8s.io/v1${NS}/leases`, { metadata: { name: 'x' } }),
    await server.call('POST', `/apis/apps/v1${NS}/deployments`, {
      metadata: { name: 'x' },
      spec: { selector: { matchLabels: { a: 'b' } }, template },
    }),
    await server.call('POST', `/apis/batch/v1${NS}/jobs`, {
      metadata: { name: 'x' },
      spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } },
    }),
    await server.call('POST', `/api/v1${NS}/pods`, {
      metadata: { name: 'x' },
      spec: { ...template.spec, automountServiceAccountToken: false },
    }),
  ]
  expect(made.map(({ status }) => status)).toEqual(made.map(() => 201))
})

const causesOf = (answer: { body: unknown }): readonly { field: string; message: string }[] =>
  (answer.body as { details?: { causes?: { field: string; message: string }[] } }).details?.causes ?? []
const patch = (path: string, body: object): ReturnType<TestServer['call']> => server.call('PATCH', path, body, MERGE)

test.each([
  [`/api/v1${NS}/configmaps`, 4],
  [`/api/v1${NS}/limitranges`, 3],
  [`/apis/policy/v1${NS}/poddisruptionbudgets`, 2],
  [`/apis/apps/v1${NS}/deployments`, 3],
  [`/apis/batch/v1${NS}/jobs`, 4],
])('a bad label of %s is found as often as the checks of its kind look', async (path, times) => {
  const answer = await patch(`${path}/x`, { metadata: { labels: { a: 'b c' } } })
  expect(answer.status).toBe(422)
  expect(causesOf(answer).map(({ field }) => field)).toEqual(Array.from({ length: times }, () => 'metadata.labels'))
})

test('finalizers without a domain are for kinds that do not look at their names', async () => {
  const finalizers = { metadata: { finalizers: ['mine'] } }
  expect(await patch(`/apis/coordination.k8s.io/v1${NS}/leases/x`, finalizers)).toMatchObject({ status: 200 })
  expect(causesOf(await patch(`/api/v1${NS}/limitranges/x`, finalizers))).toHaveLength(1)
})

test('labels that a job was given stay', async () => {
  const label = (labels: object): ReturnType<TestServer['call']> =>
    patch(`/apis/batch/v1${NS}/jobs/x`, { spec: { template: { metadata: { labels } } } })
  expect(causesOf(await label({ 'job-name': null }))).toContainEqual({
    reason: 'FieldValueRequired',
    field: 'spec.template.metadata.labels[job-name]',
    message: "Required value: must be 'x'",
  })
  const changed = causesOf(await label({ 'job-name': 'y' })).map(({ field }) => field)
  expect(changed).toContain('spec.template.metadata.labels[job-name]')
})

test('a pod keeps the priority that an update leaves out', async () => {
  const answer = await patch(`/api/v1${NS}/pods/x`, { spec: { priority: null, preemptionPolicy: null } })
  expect(answer).toMatchObject({
    status: 200,
    body: { spec: { priority: 0, preemptionPolicy: 'PreemptLowerPriority' } },
  })
})

test('a DaemonSet tells of its selector before its template, a Deployment after it', async () => {
  const spec = { selector: { matchLabels: { a: 'b' } }, template }
  const made = await server.call('POST', `/apis/apps/v1${NS}/daemonsets`, { metadata: { name: 'x' }, spec })
  expect(made.status).toBe(201)
  const body = { spec: { selector: { matchLabels: { a: 'c' } } } }
  const fields = async (kind: string): Promise<string[]> =>
    causesOf(await patch(`/apis/apps/v1${NS}/${kind}/x`, body)).map(({ field }) => field)
  expect(await fields('daemonsets')).toEqual(['spec.selector', 'spec.template.metadata.labels'])
  expect(await fields('deployments')).toEqual(['spec.template.metadata.labels', 'spec.selector'])
})
