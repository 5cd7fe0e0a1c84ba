import type { FaultReport } from '../../base/index.ts'
import { bucketOf } from './keyspace.ts'
import type { StoreEvent, WatchHandle } from './store.ts'

interface Watcher {
  readonly prefix: string
  readonly onEvent: (event: StoreEvent) => void
}

/**
 * Hands each event to the watchers of its bucket, so that watchers of other resources cost nothing. A watcher that throws
 * is reported; the others get the event all the same, and so does who wrote.
 */
export class WatchHub {
  readonly #report: FaultReport
  readonly #byBucket = new Map<string, Set<Watcher>>()
  /** Watchers whose prefix is shorter than a bucket. */
  readonly #wide = new Set<Watcher>()

  constructor(report: FaultReport) {
    this.#report = report
  }

  add(prefix: string, onEvent: (event: StoreEvent) => void): WatchHandle {
    const watcher: Watcher = { prefix, onEvent }
    const bucket = bucketOf(prefix)
    if (!bucket.endsWith('/') || bucket.split('/').length < 3) {
      this.#wide.add(watcher)
      return { close: () => this.#wide.delete(watcher) }
    }
    let watchers = this.#byBucket.get(bucket)
    if (watchers === undefined) {
      watchers = new Set()
      this.#byBucket.set(bucket, watchers)
    }
    watchers.add(watcher)
    const own = watchers
    return { close: () => own.delete(watcher) }
  }

  publish(event: StoreEvent): void {
    const watchers = this.#byBucket.get(bucketOf(event.entry.key))
    if (watchers !== undefined) for (const watcher of watchers) this.#deliver(watcher, event)
    for (const watcher of this.#wide) this.#deliver(watcher, event)
  }

  #deliver({ prefix, onEvent }: Watcher, event: StoreEvent): void {
    const { key } = event.entry
    if (!key.startsWith(prefix)) return
    try {
      onEvent(event)
    } catch (error) {
      this.#report('store', key, error)
    }
  }
}
