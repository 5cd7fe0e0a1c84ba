import { jsonEqual, type JsonObject, type KubeObject, listAt, objectAt, stringAt } from '../../api/index.ts'
import type { Clock } from '../../base/index.ts'
import type { Store } from '../store/index.ts'
import { timestamp } from './context.ts'
import type { SelfClient } from './self-client.ts'

const FLOWS = 'flowcontrol.apiserver.k8s.io/flowschemas/'
const LEVELS = 'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations/'
const PATH = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas'

/** Changes that come together, those of a first start above all, are looked at once. */
const SETTLE_MS = 100

/** Says in the status of each FlowSchema whether its priority level exists. */
export function followFlowSchemas(parts: {
  readonly store: Store
  readonly clock: Clock
  readonly send: SelfClient
}): void {
  const { store, clock, send } = parts
  const look = (flow: KubeObject): void => {
    const level = stringAt(objectAt(flow.spec, 'priorityLevelConfiguration'), 'name')
    const exists = store.get(LEVELS + level) !== undefined
    const name = JSON.stringify(level)
    const [state, reason, tail] = exists
      ? (['False', 'Found', 'it exists'] as const)
      : (['True', 'NotFound', 'there is no such object'] as const)
    const message = `This FlowSchema references the PriorityLevelConfiguration object named ${name} ${exists ? 'and' : 'but'} ${tail}`
    const conditions = listAt(flow.status, 'conditions')
    const before = conditions.find((condition) => condition.type === 'Dangling')
    const wanted: JsonObject = { type: 'Dangling', status: state, reason, message }
    const same =
      before !== undefined && jsonEqual({ ...before, lastTransitionTime: '' }, { ...wanted, lastTransitionTime: '' })
    if (same) return
    const at = before?.status === state ? before.lastTransitionTime : timestamp(clock)
    const others = conditions.filter((condition) => condition.type !== 'Dangling')
    const status = { conditions: [...others, { ...wanted, lastTransitionTime: at ?? timestamp(clock) }] }
    // A write that fails has met another one, whose event brings the schema here again.
    void send('PUT', `${PATH}/${flow.metadata.name ?? ''}/status`, { ...flow, status })
  }
  let isScheduled = false
  const lookSoon = (): void => {
    if (isScheduled) return
    isScheduled = true
    clock.after(SETTLE_MS, () => {
      isScheduled = false
      for (const entry of store.range(FLOWS).entries) look(entry.value as KubeObject)
    })
  }
  lookSoon()
  store.watch(FLOWS, store.publishedRevision, (event) => {
    if (event.type !== 'delete') lookSoon()
  })
  store.watch(LEVELS, store.publishedRevision, lookSoon)
}
