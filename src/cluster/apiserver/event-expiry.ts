import { type KubeObject, objectAt, stringAt } from '../../api/index.ts'
import type { Clock } from '../../base/index.ts'
import type { Store } from '../store/index.ts'

const EVENTS = 'core/events/'
/** How long an event is kept after it was last seen, as kube-apiserver's default. */
const TTL_MS = 60 * 60 * 1000
const INTERVAL_MS = 5 * 60 * 1000

/** Deletes events that nobody has seen for an hour. The result ends that. */
export function expireEvents(store: Store, clock: Clock): () => void {
  let cancel = (): void => {}
  const sweep = (): void => {
    cancel = clock.after(INTERVAL_MS, sweep)
    const limit = clock.nowMs() - TTL_MS
    for (const entry of store.range(EVENTS).entries) {
      if (lastSeenMs(entry.value as KubeObject) >= limit) continue
      store.delete(entry.key, { expectedRevision: entry.revision }).catch(() => {
        // Somebody has changed or deleted it in the meantime.
      })
    }
  }
  cancel = clock.after(INTERVAL_MS, sweep)
  return () => cancel()
}

function lastSeenMs(event: KubeObject): number {
  const times = [
    stringAt(objectAt(event, 'series'), 'lastObservedTime'),
    stringAt(event, 'lastTimestamp'),
    stringAt(event, 'eventTime'),
    event.metadata.creationTimestamp ?? '',
  ]
  const newest = Math.max(...times.map((time) => Date.parse(time)).filter((time) => !Number.isNaN(time)))
  // An event without any time is kept.
  return newest === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : newest
}
