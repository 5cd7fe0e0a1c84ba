import { expect, test } from 'vitest'
import type { Informer, Pod } from '../../../../../src/cluster/control/index.ts'
import { RecentlyGone } from '../../../../../src/cluster/controllers/workload/recently-gone.ts'
import { pod } from '../../../../support/cluster-objects.ts'

test('the name of a pod that went stays free for a while, that of others can be used', () => {
  let nowMs = 1000
  const told: ((gone: Pod) => void)[] = []
  const pods = { on: (hooks: { delete: (gone: Pod) => void }) => told.push(hooks.delete) } as unknown as Informer<Pod>
  const gone = new RecentlyGone({ nowMs: () => nowMs }, pods)
  const end = (name: string): void => {
    for (const tell of told) tell(pod(name))
  }
  end('web-0')
  expect(gone.leftMs('ns/web-0')).toBe(150)
  expect(gone.leftMs('ns/web-1')).toBe(0)
  nowMs += 100
  end('web-1')
  expect(gone.leftMs('ns/web-0')).toBe(50)
  nowMs += 60
  expect([gone.leftMs('ns/web-0'), gone.leftMs('ns/web-1')]).toEqual([0, 90])
  end('web-0')
  expect(gone.leftMs('ns/web-0')).toBe(150)
})
