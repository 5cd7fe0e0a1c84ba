import { type FaultReport, uncaughtFault } from '../../base/index.ts'
import type { Backend, BackendChange } from './backends/backend.ts'
import { LazyEntry } from './entry.ts'
import {
  keyExists,
  keyNotFound,
  revisionCompacted,
  revisionConflict,
  revisionInFuture,
  storeClosed,
  storeWriteFailed,
} from './errors.ts'
import { History, type HistoryLimits } from './history.ts'
import { Keyspace } from './keyspace.ts'
import type {
  RangeOptions,
  RangeResult,
  Stamp,
  Store,
  StoredValue,
  StoreEntry,
  StoreEvent,
  WatchHandle,
} from './store.ts'
import { WatchHub } from './watch-hub.ts'

/** How a store is opened. */
export interface StoreOptions {
  readonly backend: Backend
  /** Default: values are kept as they are. */
  readonly stamp?: Stamp
  readonly history?: HistoryLimits
  /** Told about watchers that throw; absent: the error is an uncaught one. */
  readonly report?: FaultReport
}

const DEFAULT_HISTORY: HistoryLimits = { events: 10_000, characters: 16_000_000 }

/** Opens a store on a backend, loading what it holds. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const state = await options.backend.load()
  const keyspace = new Keyspace()
  for (const found of state.entries()) keyspace.set(new LazyEntry(found, found.text))
  return new MvccStore(options, keyspace, state.revision)
}

interface Pending {
  readonly event: StoreEvent
  readonly resolve: (entry: StoreEntry) => void
  readonly reject: (error: unknown) => void
}

/**
 * The store over a backend. Writes of one turn of the event loop are one backend transaction; while it runs, the next ones
 * gather. When a transaction fails, memory takes back what it was ahead of the disk; later writes are tried again, so a
 * disk that has room again needs no restart. Revisions given to lost writes stay unused.
 */
class MvccStore implements Store {
  readonly #backend: Backend
  readonly #stamp: Stamp
  readonly #keyspace: Keyspace
  readonly #history: History
  readonly #hub: WatchHub
  #revision: number
  /** Newest revision that is durable: what watchers have been shown. */
  #durable: number
  #pending: Pending[] = []
  #flushing: Promise<void> | undefined
  #closed = false

  constructor(options: StoreOptions, keyspace: Keyspace, revision: number) {
    this.#backend = options.backend
    this.#hub = new WatchHub(options.report ?? uncaughtFault)
    this.#stamp = options.stamp ?? ((value) => value)
    this.#keyspace = keyspace
    this.#revision = revision
    this.#durable = revision
    this.#history = new History(options.history ?? DEFAULT_HISTORY, revision)
  }

  get revision(): number {
    return this.#revision
  }

  get publishedRevision(): number {
    return this.#durable
  }

  get compactedRevision(): number {
    return this.#history.compactedRevision
  }

  get(key: string): StoreEntry | undefined {
    return this.#keyspace.get(key)
  }

  count(prefix: string): number {
    return this.#keyspace.count(prefix)
  }

  range(prefix: string, options: RangeOptions = {}): RangeResult {
    const limit = options.limit ?? Number.POSITIVE_INFINITY
    const after = options.after ?? ''
    const revision = options.revision
    if (revision === undefined || revision === this.#revision) {
      return { ...this.#keyspace.page(prefix, after, limit), revision: this.#revision }
    }
    if (revision > this.#revision) throw revisionInFuture(revision, this.#revision)
    if (revision < this.#history.compactedRevision) throw revisionCompacted(revision, this.#history.compactedRevision)
    return this.#rangeAt(prefix, after, limit, revision)
  }

  /** Undoes, newest first, what happened under the prefix since `revision`. */
  #rangeAt(prefix: string, after: string, limit: number, revision: number): RangeResult {
    const undo = new Map<string, StoreEntry | undefined>()
    const touch = (event: StoreEvent): void => {
      if (event.entry.key.startsWith(prefix) && !undo.has(event.entry.key)) undo.set(event.entry.key, event.previous)
    }
    for (const event of this.#history.after(revision)) touch(event)
    for (const { event } of this.#pending) if (event.revision > revision) touch(event)
    const now = this.#keyspace.page(prefix, '', Number.POSITIVE_INFINITY).entries
    const then = now.filter((entry) => !undo.has(entry.key))
    for (const previous of undo.values()) if (previous !== undefined) then.push(previous)
    const wanted = then.filter((entry) => entry.key > after).sort((a, b) => (a.key < b.key ? -1 : 1))
    const entries = limit < wanted.length ? wanted.slice(0, limit) : wanted
    return { entries, remaining: wanted.length - entries.length, revision }
  }

  async create(key: string, value: StoredValue): Promise<StoreEntry> {
    if (this.#keyspace.get(key) !== undefined) throw keyExists(key)
    return this.#commit('put', key, value, undefined)
  }

  async update(
    key: string,
    value: StoredValue,
    options: { readonly expectedRevision?: number } = {},
  ): Promise<StoreEntry> {
    return this.#commit('put', key, value, this.#current(key, options.expectedRevision))
  }

  async delete(
    key: string,
    options: { readonly expectedRevision?: number; readonly value?: StoredValue } = {},
  ): Promise<StoreEntry> {
    const previous = this.#current(key, options.expectedRevision)
    return this.#commit('delete', key, options.value ?? previous.value, previous)
  }

  watch(prefix: string, afterRevision: number, onEvent: (event: StoreEvent) => void): WatchHandle {
    if (afterRevision < this.#history.compactedRevision) {
      throw revisionCompacted(afterRevision, this.#history.compactedRevision)
    }
    for (const event of this.#history.after(afterRevision)) {
      if (event.entry.key.startsWith(prefix)) onEvent(event)
    }
    if (afterRevision <= this.#durable) return this.#hub.add(prefix, onEvent)
    return this.#hub.add(prefix, (event) => {
      if (event.revision > afterRevision) onEvent(event)
    })
  }

  compact(revision: number): void {
    this.#history.compact(Math.min(revision, this.#durable))
  }

  async flush(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    while (this.#flushing !== undefined) await this.#flushing
    await this.#backend.close()
  }

  #current(key: string, expectedRevision: number | undefined): StoreEntry {
    const current = this.#keyspace.get(key)
    if (current === undefined) throw keyNotFound(key)
    if (expectedRevision !== undefined && current.revision !== expectedRevision) {
      throw revisionConflict(key, expectedRevision, current.revision)
    }
    return current
  }

  /** Applies a checked change to memory and queues it; no await may come between the check and this. */
  #commit(
    type: 'put' | 'delete',
    key: string,
    value: StoredValue,
    previous: StoreEntry | undefined,
  ): Promise<StoreEntry> {
    if (this.#closed) throw storeClosed()
    const revision = ++this.#revision
    const createRevision = previous?.createRevision ?? revision
    const entry = new LazyEntry({ key, revision, createRevision }, this.#stamp(value, revision))
    if (type === 'put') this.#keyspace.set(entry)
    else this.#keyspace.delete(key)
    const event: StoreEvent = { type, revision, entry, previous }
    return new Promise((resolve, reject) => {
      this.#pending.push({ event, resolve, reject })
      this.#flushing ??= this.#flushLoop()
    })
  }

  async #flushLoop(): Promise<void> {
    // Lets everything that is ready in this turn join the first batch.
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (this.#pending.length > 0) {
      // A copy: what arrives while the backend writes joins `pending` and belongs to the next batch.
      const batch = this.#pending.slice()
      try {
        await this.#backend.write(batch.map(({ event }) => changeOf(event)))
      } catch (error) {
        this.#takeBack(storeWriteFailed(error))
        break
      }
      // The batch leaves `pending` only now: reads of old revisions look for it either there or in the history.
      this.#pending = this.#pending.slice(batch.length)
      for (const { event } of batch) this.#publish(event)
      for (const { event, resolve } of batch) resolve(event.entry)
    }
    this.#flushing = undefined
  }

  /** Undoes everything that is not durable, the newest first: what came after the failed batch may build on it. */
  #takeBack(failure: unknown): void {
    const lost = this.#pending
    this.#pending = []
    for (const { event } of lost.toReversed()) {
      if (event.previous === undefined) this.#keyspace.delete(event.entry.key)
      else this.#keyspace.set(event.previous)
    }
    for (const { reject } of lost) reject(failure)
  }

  #publish(event: StoreEvent): void {
    this.#durable = event.revision
    this.#history.add(event)
    this.#hub.publish(event)
  }
}

function changeOf(event: StoreEvent): BackendChange {
  const { key, revision } = event.entry
  if (event.type === 'delete') return { type: 'delete', key, revision }
  return { type: 'put', key, revision, createRevision: event.entry.createRevision, text: event.entry.text }
}
