import { expect, test } from 'vitest'
import type { KubeObject } from '../../../../src/api/index.ts'
import { manualClock, systemRandom } from '../../../../src/base/index.ts'
import type { ApiClient } from '../../../../src/cluster/control/index.ts'
import { EventWriter } from '../../../../src/cluster/control/index.ts'
import { pod } from '../../../support/cluster-objects.ts'

test('many different messages of one kind end in one event that counts them', async () => {
  const events = new Map<string, KubeObject>()
  const client = {
    async create(_type: unknown, object: KubeObject) {
      events.set(object.metadata.name ?? '', object)
    },
    async patch(_type: unknown, { name }: { name: string }, patch: object) {
      events.set(name, { ...(events.get(name) as KubeObject), ...patch })
    },
  } as unknown as ApiClient
  const writer = new EventWriter(client, manualClock(0), systemRandom)
  for (let i = 1; i <= 12; i++) {
    writer.record({ component: 'c' }, pod('p'), { type: 'Normal', reason: 'Scaled', message: `to ${i}` })
    await new Promise((resolve) => setImmediate(resolve))
  }
  const all = [...events.values()]
  expect(all).toHaveLength(10)
  expect(all.at(-1)).toMatchObject({ message: '(combined from similar events): to 12', count: 3 })
})
