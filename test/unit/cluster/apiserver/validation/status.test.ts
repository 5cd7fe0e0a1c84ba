import { beforeAll, expect, test } from 'vitest'
import { testServer, type TestServer } from '../harness.ts'

const NS = '/namespaces/default'
const MERGE = { headers: { 'content-type': 'application/merge-patch+json' } }
const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] } }

/** One of `CN=a`. */
const REQUEST =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlHTE1EOENBUUF3RERFS01BZ0dBMVVFQXd3QllUQXFNQVVHQXl0bGNBTWhBUHJ3Rmx2LzlwWHpSMjdUUjRxZAo4ckRzajZpRkk2My9aZEx5bnF6cHpMeitvQUF3QlFZREsyVndBMEVBOVltOW9xM1pUQUpDV0RxaHVrTUJzSEJyCllGMitSYjl1ZEo2S1FwK1A3aEJkUmEyY1JwcXVHMXEwc2lWL21IcGxGMVZQTUY1SThBV1JOcDlGSlNJZkF3PT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg=='

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  await server.call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
  const made = [
    await server.call('POST', `/api/v1${NS}/pods`, { metadata: { name: 'p' }, spec: template.spec }),
    await server.call('POST', `/apis/batch/v1${NS}/jobs`, { metadata: { name: 'j' }, spec: { template } }),
    await server.call('POST', '/api/v1/nodes', { metadata: { name: 'n' } }),
  ]
  expect(made.map(({ status }) => status)).toEqual([201, 201, 201])
})

const PODS = `/api/v1${NS}/pods/p`
const JOBS = `/apis/batch/v1${NS}/jobs/j`
const refusals: readonly [path: string, status: object, message: string][] = [
  [PODS, { qosClass: 'Guaranteed' }, 'status.qosClass: Invalid value: "Guaranteed": field is immutable'],
  [
    PODS,
    { podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] },
    'status.podIPs: Invalid value: [{"IP":"10.0.0.1"},{"IP":"10.0.0.2"}]: may specify no more than one IP for each IP family',
  ],
  [
    PODS,
    { hostIPs: [{ ip: '10.0.0.1' }] },
    'status.hostIPs[0].ip: Invalid value: "10.0.0.1": must be equal to `hostIP`',
  ],
  [JOBS, { active: 1, ready: 2 }, 'status.ready: Invalid value: 2: cannot set more ready pods than active'],
  [
    JOBS,
    { completionTime: '2026-01-01T00:00:00Z' },
    'status.completionTime: Invalid value: "2026-01-01T00:00:00Z": cannot set completionTime when there is no Complete=True condition',
  ],
  [
    JOBS,
    { completedIndexes: '0' },
    'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
  ],
  [
    '/api/v1/nodes/n',
    {
      addresses: [
        { type: 'InternalIP', address: '10.0.0.1' },
        { type: 'InternalIP', address: '10.0.0.1' },
      ],
    },
    'status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"10.0.0.1"}',
  ],
]
test.each(refusals)('%s does not take the status %j', async (path, status, message) => {
  const answer = await server.call('PATCH', `${path}/status`, { status }, MERGE)
  expect(answer).toMatchObject({ status: 422 })
  expect((answer.body as { message: string }).message).toContain(message)
})

test('a condition of a job that ended it does not turn back', async () => {
  const condition = (type: string, status: string): object => ({ type, status })
  const finished = {
    startTime: '2026-01-01T00:00:00Z',
    conditions: [condition('FailureTarget', 'True'), condition('Failed', 'True')],
  }
  expect(await server.call('PATCH', `${JOBS}/status`, { status: finished }, MERGE)).toMatchObject({ status: 200 })
  const back = await server.call('PATCH', `${JOBS}/status`, { status: { conditions: [] } }, MERGE)
  expect((back.body as { message: string }).message).toBe(
    'Job.batch "j" is invalid: [status.conditions: Invalid value: cannot disable the terminal Failed=True condition, status.conditions: Invalid value: cannot disable the terminal FailureTarget=True condition]',
  )
})

test('a changed template of a job is shown in the internal form', async () => {
  const patch = { spec: { template: { spec: { containers: [{ name: 'c', image: 'other' }] } } } }
  const { body } = await server.call('PATCH', JOBS, patch, {
    headers: { 'content-type': 'application/strategic-merge-patch+json' },
  })
  const { message } = body as { message: string }
  expect(message).toMatch(
    /^Job.batch "j" is invalid: spec.template: Invalid value: \{"labels":\{.*\},"Spec":\{"Volumes":null,.*"Image":"other"/,
  )
  expect(message).toMatch(/: field is immutable$/)
})

test('requests for certificates are decided by `approval` and issued by `status` alone', async () => {
  const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
  const made = await server.call('POST', requests, {
    metadata: { name: 'csr' },
    spec: { request: REQUEST, signerName: 'example.com/mine', usages: ['client auth'] },
  })
  expect(made).toMatchObject({ status: 201 })
  const approved = { conditions: [{ type: 'Approved', status: 'True', reason: 'x', message: '' }] }
  const change = async (path: string, status: object): Promise<string | number> => {
    const answer = await server.call('PATCH', `${requests}/csr/${path}`, { status }, MERGE)
    return answer.status === 200 ? 200 : (answer.body as { message: string }).message
  }
  const refusal = 'CertificateSigningRequest.certificates.k8s.io "csr" is invalid: '
  expect(await change('status', approved)).toBe(
    `${refusal}status.conditions: Forbidden: updates may not add a condition of type "Approved"`,
  )
  expect(await change('approval', approved)).toBe(200)
  expect(await change('approval', { conditions: [] })).toBe(
    `${refusal}status.conditions: Forbidden: updates may not remove a condition of type "Approved"`,
  )
  expect(await change('approval', { conditions: [...approved.conditions, { type: 'Denied', status: 'True' }] })).toBe(
    `${refusal}status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive`,
  )
})
