import { expect, test, vi } from 'vitest'
import { testServer } from './harness.ts'

const API = '/apis/flowcontrol.apiserver.k8s.io/v1'

test('a cluster begins with flow schemas and priority levels', async () => {
  const server = await testServer()
  const flows = await server.call('GET', `${API}/flowschemas`)
  const items = (flows.body as { items: { metadata: { name: string } }[] }).items
  expect(items.map(({ metadata }) => metadata.name)).toEqual([
    'catch-all',
    'exempt',
    'global-default',
    'kube-controller-manager',
    'kube-scheduler',
    'kube-system-service-accounts',
    'probes',
    'service-accounts',
    'system-leader-election',
    'system-node-high',
    'system-nodes',
  ])
  const condition = {
    type: 'Dangling',
    status: 'False',
    message: 'This FlowSchema references the PriorityLevelConfiguration object named "exempt" and it exists',
  }
  server.clock.advance(1000)
  await vi.waitFor(async () => {
    expect(await server.call('GET', `${API}/flowschemas/exempt`)).toMatchObject({
      body: { status: { conditions: [condition] } },
    })
  })
})

test('priority levels have defaults and are checked', async () => {
  const server = await testServer()
  const queued = { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: {} } } }
  expect(
    await server.call('POST', `${API}/prioritylevelconfigurations`, { metadata: { name: 'a' }, spec: queued }),
  ).toMatchObject({
    status: 201,
    body: {
      spec: {
        limited: {
          nominalConcurrencyShares: 30,
          lendablePercent: 0,
          limitResponse: { queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
        },
      },
    },
  })
  expect(
    await server.call('POST', `${API}/prioritylevelconfigurations`, {
      metadata: { name: 'b' },
      spec: { type: 'Exempt', limited: {} },
    }),
  ).toMatchObject({
    status: 422,
    body: {
      message:
        'PriorityLevelConfiguration.flowcontrol.apiserver.k8s.io "b" is invalid: [spec.type: Invalid value: "Exempt": must be \'Exempt\' if and only if `name` is \'exempt\', spec.limited: Forbidden: must be nil if the type is not Limited]',
    },
  })
})
