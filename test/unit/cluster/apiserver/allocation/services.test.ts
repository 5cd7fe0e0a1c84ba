import { beforeAll, expect, test } from 'vitest'
import { testServer, type TestServer } from '../harness.ts'

const SERVICES = '/api/v1/namespaces/default/services'
const DRY = { query: { dryRun: 'All' } }
const port = (number: number, more: object = {}): object => ({ name: `p${number}`, port: number, ...more })

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})

const post = (name: string, spec: object, more = {}): ReturnType<TestServer['call']> =>
  server.call('POST', SERVICES, { metadata: { name }, spec }, more)

const refusals: readonly [what: string, spec: object, message: string][] = [
  [
    'two families where the cluster has one',
    { ports: [port(80)], ipFamilyPolicy: 'RequireDualStack' },
    'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
  ],
  [
    'a family that the cluster does not have',
    { ports: [port(80)], ipFamilies: ['IPv6'] },
    'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
  ],
  [
    'an address of such a family',
    { ports: [port(80)], clusterIP: 'fd00::1' },
    'spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster',
  ],
  [
    'an unknown policy, before anything else is looked at',
    { ports: [], ipFamilyPolicy: 'x' },
    'spec.ipFamilyPolicy: Unsupported value: "x": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
  ],
  [
    'what only load balancers have',
    { ports: [port(80)], allocateLoadBalancerNodePorts: true },
    "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
  ],
  [
    'a node port twice, over other protocols',
    { type: 'NodePort', ports: [port(80, { nodePort: 30500 }), port(81, { protocol: 'UDP', nodePort: 30500 })] },
    'spec.ports[1].nodePort: Invalid value: 30500: provided port is already allocated',
  ],
]
test.each(refusals)('a service is refused for %s', async (_what, spec, message) => {
  expect(await post('refused', spec)).toMatchObject({
    status: 422,
    body: { message: `Service "refused" is invalid: ${message}` },
  })
})

test('the same port over two protocols shares its node port', async () => {
  const { body } = await post('shared', {
    type: 'NodePort',
    ports: [port(53), { name: 'udp', port: 53, protocol: 'UDP', nodePort: 30053 }],
  })
  expect(body).toMatchObject({ spec: { ports: [{ nodePort: 30053 }, { nodePort: 30053 }] } })
})

test('a dry run numbers ports after those it names and keeps none', async () => {
  const spec = { type: 'NodePort', ports: [port(80, { nodePort: 31234 }), port(81)] }
  expect(await post('dry', spec, DRY)).toMatchObject({ body: { spec: { ports: [{}, { nodePort: 31235 }] } } })
  expect(await post('wet', { type: 'NodePort', ports: [port(80, { nodePort: 31234 })] })).toMatchObject({ status: 201 })
})

test('what a refused service had been given is free again', async () => {
  const spec = { type: 'NodePort', ports: [port(80, { nodePort: 30900, protocol: 'X' })] }
  expect(await post('bad', spec)).toMatchObject({ status: 422 })
  expect(await post('good', { type: 'NodePort', ports: [port(80, { nodePort: 30900 })] })).toMatchObject({
    status: 201,
  })
})

test('an update without addresses and ports keeps them; another address is refused', async () => {
  const { body } = await post('kept', { type: 'NodePort', ports: [port(80)] })
  const before = body as { spec: { clusterIP: string; ports: { nodePort: number }[] } }
  const put = (spec: object): ReturnType<TestServer['call']> =>
    server.call('PUT', `${SERVICES}/kept`, { metadata: { name: 'kept' }, spec })
  expect(await put({ type: 'NodePort', ports: [port(80)] })).toMatchObject({
    body: { spec: { clusterIP: before.spec.clusterIP, ports: [{ nodePort: before.spec.ports[0]?.nodePort }] } },
  })
  const other = '10.96.9.9'
  expect(await put({ type: 'NodePort', clusterIP: other, ports: [port(80)] })).toMatchObject({
    status: 422,
    body: {
      message: `Service "kept" is invalid: spec.clusterIPs[0]: Invalid value: ["${other}"]: may not change once set`,
    },
  })
})

test('external addresses make a service outside traffic and are warned of', async () => {
  const answer = await post('outside', { ports: [port(80)], externalIPs: ['192.0.2.1'] })
  expect(answer).toMatchObject({ status: 201, body: { spec: { externalTrafficPolicy: 'Cluster' } } })
})

test('a service that is no balancer any more loses the addresses of one', async () => {
  await post('balanced', { type: 'LoadBalancer', ports: [port(80)] })
  const merge = { headers: { 'content-type': 'application/merge-patch+json' } }
  const status = { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } }
  await server.call('PATCH', `${SERVICES}/balanced/status`, { status }, merge)
  expect(await server.call('PATCH', `${SERVICES}/balanced`, { spec: { type: 'ClusterIP' } }, merge)).toMatchObject({
    body: { spec: { type: 'ClusterIP' }, status: { loadBalancer: {} } },
  })
})
