import type { KubeObject } from '../../api/index.ts'
import { type Clock, linesOf } from '../../base/index.ts'
import type { ApiClient } from './api-client.ts'
import type { IndexFunction } from './cache.ts'
import { IndexedCache, keyOf } from './cache.ts'
import { apiError, isApiError } from './errors.ts'
import type { ResourceType } from './resources.ts'
import { resourcePath } from './resources.ts'

/** What is called when the cache changed; the cache holds the new state already. Objects must not be changed. */
export interface InformerHandler<T> {
  readonly add?: (object: T) => void
  readonly update?: (old: T, object: T) => void
  readonly delete?: (object: T) => void
}

/** How an informer reads its resource. */
export interface InformerOptions {
  readonly client: ApiClient
  readonly clock: Clock
  /** Further query parameters of list and watch, such as `fieldSelector`. */
  readonly query?: Readonly<Record<string, string>>
  /** `metadata` asks for PartialObjectMetadata only. */
  readonly content?: 'full' | 'metadata'
}

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: T
}

const metadataList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'
const metadataWatch = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json'
const firstRetryMs = 100
const lastRetryMs = 10_000

/**
 * A cache of one resource that follows the API server: list, then watch from there; a broken watch resumes from the last
 * version seen (bookmarks included), an expired version (410) lists again and reports the differences. Managed fields are
 * left out, which halves the memory; the API server keeps them when an update comes without.
 */
export class Informer<T extends KubeObject> {
  readonly type: ResourceType<T>
  readonly cache = new IndexedCache<T>()
  /** Settles when the first list is in the cache. */
  readonly synced: Promise<void>
  private readonly options: InformerOptions
  private readonly handlers = new Set<InformerHandler<T>>()
  private readonly abort = new AbortController()
  private markSynced: () => void = () => {}
  private isSynced = false
  private started = false
  private resourceVersion = ''
  private cancelRetry: () => void = () => {}
  constructor(type: ResourceType<T>, options: InformerOptions) {
    this.type = type
    this.options = options
    this.synced = new Promise((resolve) => {
      this.markSynced = resolve
    })
  }

  get hasSynced(): boolean {
    return this.isSynced
  }

  /** The object of that name, as far as the cache knows. */
  get(namespace: string, name: string): T | undefined {
    return this.cache.get(namespace === '' ? name : `${namespace}/${name}`)
  }

  /** All objects, or those of one namespace. */
  list(namespace?: string): T[] {
    if (namespace === undefined) return [...this.cache.values()]
    this.addIndex('namespace', (object) => [object.metadata.namespace ?? ''])
    return this.cache.byIndex('namespace', namespace)
  }

  addIndex(name: string, values: IndexFunction<T>): void {
    this.cache.addIndex(name, values)
  }

  byIndex(name: string, value: string): T[] {
    return this.cache.byIndex(name, value)
  }

  /** Adds a handler; objects that are in the cache already are reported to it as added. */
  on(handler: InformerHandler<T>): () => void {
    this.handlers.add(handler)
    if (handler.add) for (const object of [...this.cache.values()]) handler.add(object)
    return () => this.handlers.delete(handler)
  }

  /** Begins to list and watch; calling it again does nothing. */
  start(): void {
    if (this.started) return
    this.started = true
    void this.run()
  }

  /** Ends the watch; the cache stays as it is. */
  stop(): void {
    this.abort.abort()
    this.cancelRetry()
  }

  private async run(): Promise<void> {
    let retryMs = firstRetryMs
    while (!this.abort.signal.aborted) {
      try {
        if (this.resourceVersion === '') await this.relist()
        const events = await this.watch()
        if (events > 0) retryMs = firstRetryMs
        else if (!this.abort.signal.aborted) await this.pause(retryMs)
      } catch (error) {
        if (this.abort.signal.aborted) return
        if (isApiError(error, 'GONE')) {
          this.resourceVersion = ''
          continue
        }
        await this.pause(retryMs)
        retryMs = Math.min(lastRetryMs, retryMs * 2)
      }
    }
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(delayMs, resolve)
      this.cancelRetry = () => {
        cancel()
        resolve()
      }
    })
  }

  private async relist(): Promise<void> {
    const { items, resourceVersion } = await this.options.client.list(this.type, {
      ...(this.options.query ? { query: { ...this.options.query } } : {}),
      ...(this.options.content === 'metadata' ? { accept: metadataList } : {}),
    })
    if (this.abort.signal.aborted) return
    const seen = new Set<string>()
    for (const item of items) {
      const key = keyOf(item)
      seen.add(key)
      const old = this.cache.get(key)
      if (old?.metadata.resourceVersion === item.metadata.resourceVersion) continue
      if (old !== undefined && old.metadata.uid !== item.metadata.uid) this.remove(key)
      this.store(key, item)
    }
    for (const key of [...this.cache.keys()]) if (!seen.has(key)) this.remove(key)
    this.resourceVersion = resourceVersion
    if (!this.isSynced) {
      this.isSynced = true
      this.markSynced()
    }
  }

  private async watch(): Promise<number> {
    const chunks = await this.options.client.stream({
      method: 'GET',
      path: resourcePath(this.type),
      query: {
        ...this.options.query,
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: this.resourceVersion,
      },
      ...(this.options.content === 'metadata' ? { headers: { accept: metadataWatch } } : {}),
      signal: this.abort.signal,
    })
    let count = 0
    for await (const line of linesOf(chunks)) {
      if (this.abort.signal.aborted) return count
      this.apply(JSON.parse(line) as WatchEvent<T>)
      count++
    }
    return count
  }

  private apply(event: WatchEvent<T>): void {
    if (event.type === 'ERROR') {
      const status = event.object as unknown as { code?: number }
      throw apiError({ status: status.code ?? 500, body: status })
    }
    this.resourceVersion = event.object.metadata.resourceVersion ?? this.resourceVersion
    if (event.type === 'BOOKMARK') return
    const key = keyOf(event.object)
    if (event.type === 'DELETED') {
      this.remove(key, event.object)
      return
    }
    const old = this.cache.get(key)
    if (old !== undefined && old.metadata.uid !== event.object.metadata.uid) this.remove(key)
    this.store(key, event.object)
  }

  private store(key: string, object: T): void {
    const old = this.cache.get(key)
    object.apiVersion ??= this.type.group === '' ? this.type.version : `${this.type.group}/${this.type.version}`
    object.kind ??= this.type.kind
    delete object.metadata.managedFields
    this.cache.set(key, object)
    for (const handler of this.handlers) {
      if (old === undefined) handler.add?.(object)
      else handler.update?.(old, object)
    }
  }

  private remove(key: string, last?: T): void {
    const old = this.cache.get(key)
    if (old === undefined) return
    this.cache.delete(key)
    for (const handler of this.handlers) handler.delete?.(last ?? old)
  }
}
