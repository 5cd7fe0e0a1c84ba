import { expect, test } from 'vitest'
import type { Service } from '../../../../../src/cluster/control/index.ts'
import { wantedSlices } from '../../../../../src/cluster/controllers/network/endpoint-slice.ts'
import { endpointSubsets } from '../../../../../src/cluster/controllers/network/endpoints.ts'
import { pod } from '../../../../support/cluster-objects.ts'

function service(spec: Partial<Service['spec']> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'ns', uid: 's' },
    spec: { selector: { app: 'x' }, ports: [{ port: 80, targetPort: 'http' }], ...spec },
  }
}
const backend = (name: string, ip: string, ready: boolean, port = 8080) =>
  pod(name, {
    ready,
    metadata: { name, namespace: 'ns', uid: name, labels: { app: 'x' } },
    spec: { nodeName: 'n', containers: [{ name: 'c', ports: [{ name: 'http', containerPort: port }] }] },
    status: { phase: 'Running', podIP: ip, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  })

test('addresses are grouped by the ports that they serve, ready and not ready apart', () => {
  const subsets = endpointSubsets(service(), [
    backend('b', '10.0.0.2', true),
    backend('a', '10.0.0.1', false),
    backend('c', '10.0.0.3', true, 9090),
  ])
  expect(
    subsets.map(({ addresses, notReadyAddresses, ports }) => [
      addresses?.map((a) => a.ip),
      notReadyAddresses?.map((a) => a.ip),
      ports?.[0]?.port,
    ]),
  ).toEqual([
    [['10.0.0.2'], ['10.0.0.1'], 8080],
    [['10.0.0.3'], undefined, 9090],
  ])
})

test('pods without the port, without an address or finished are not behind the service', () => {
  const ended = { ...backend('e', '10.0.0.4', false), status: { phase: 'Succeeded', podIP: '10.0.0.4' } }
  const nameless = pod('n', { metadata: { name: 'n', namespace: 'ns', uid: 'n', labels: { app: 'x' } } })
  expect(endpointSubsets(service(), [ended, nameless])).toEqual([])
})

test('a slice tells of pods that have no port of the name that the service asks for, endpoints do not', () => {
  const nameless = backend('n', '10.0.0.5', true)
  nameless.spec.containers = [{ name: 'c' }]
  const [slice, ...others] = wantedSlices(service(), [nameless], () => undefined)
  expect([slice?.ports, slice?.endpoints[0]?.addresses, others]).toEqual([[], ['10.0.0.5'], []])
  expect(endpointSubsets(service(), [nameless])).toEqual([])
})

test('slices hold at most a hundred endpoints, and one placeholder when there are none', () => {
  const pods = Array.from({ length: 150 }, (_, i) => backend(`p${i}`, `10.0.1.${i}`, true))
  expect(wantedSlices(service(), pods, () => undefined).map(({ endpoints }) => endpoints.length)).toEqual([100, 50])
  expect(wantedSlices(service(), [], () => undefined)).toEqual([{ ports: [], endpoints: [] }])
  const going = backend('g', '10.0.0.9', true)
  going.metadata.deletionTimestamp = 't'
  expect(wantedSlices(service(), [going], () => 'z')[0]?.endpoints[0]).toMatchObject({
    conditions: { ready: false, serving: true, terminating: true },
    zone: 'z',
  })
})
