import type { KubeObject, OwnerReference } from '../../../api/index.ts'
import { parseApiVersion } from '../../../api/index.ts'
import type { ComponentContext, Informer, ReconcileLoop, ResourceType } from '../../control/index.ts'
import { CUSTOM_RESOURCE_DEFINITIONS, isApiError, keyOf } from '../../control/index.ts'
import { discoverResources } from './api-resources.ts'

const foregroundFinalizer = 'foregroundDeletion'
const orphanFinalizer = 'orphan'
const rediscoverMs = 200

interface Dependent {
  readonly typeKey: string
  readonly key: string
}

interface Watched {
  readonly type: ResourceType
  readonly informer: Informer<KubeObject>
  readonly off: () => void
}

function typeKeyOf(type: { readonly group: string; readonly resource: string }): string {
  return `${type.group}/${type.resource}`
}

/**
 * As Kubernetes' garbage collector: deletes what has lost all its owners, holds back owners that are deleted in the
 * foreground until their blocking dependents are gone, and cuts the ties of those deleted with `orphan`. It follows the
 * metadata of every resource that discovery names, custom ones included, and keeps an index from owner to dependents only.
 */
export class GarbageCollector {
  private readonly ctx: ComponentContext
  private readonly loop: ReconcileLoop
  private readonly watched = new Map<string, Watched>()
  private readonly byKind = new Map<string, Watched>()
  /** owner uid → dependent uid → where it is. */
  private readonly dependents = new Map<string, Map<string, Dependent>>()
  private cancelDiscovery: () => void = () => {}
  private discoveryDue = false
  constructor(ctx: ComponentContext) {
    this.ctx = ctx
    this.loop = ctx.loop('garbage-collector', (key) => this.reconcile(key), 8)
    const rediscover = (): void => this.scheduleDiscovery(rediscoverMs)
    ctx.informers.of(CUSTOM_RESOURCE_DEFINITIONS).on({ add: rediscover, update: rediscover, delete: rediscover })
    ctx.onStop(() => this.cancelDiscovery())
  }

  /** Begins to follow the resources; the first ones are in the caches when it resolves. */
  async start(): Promise<void> {
    await this.discover()
    await Promise.all([...this.watched.values()].map(({ informer }) => informer.synced))
  }

  private scheduleDiscovery(delayMs: number): void {
    if (this.discoveryDue) return
    this.discoveryDue = true
    this.cancelDiscovery = this.ctx.clock.after(delayMs, () => {
      this.discoveryDue = false
      this.discover().catch((error: unknown) => {
        this.ctx.report('garbage-collector', 'discovery', error)
        this.scheduleDiscovery(2000)
      })
    })
  }

  private async discover(): Promise<void> {
    const wanted = new Map<string, ResourceType>()
    for (const resource of await discoverResources(this.ctx.client)) {
      const usable = ['list', 'watch', 'delete'].every((verb) => resource.verbs.includes(verb))
      if (usable && resource.resource !== 'events') wanted.set(typeKeyOf(resource), resource)
    }
    for (const [key, entry] of [...this.watched]) {
      const now = wanted.get(key)
      if (now?.version === entry.type.version && now.kind === entry.type.kind) continue
      entry.off()
      // Built-in resources are shared with other components; only what came from a definition is dropped.
      if (now === undefined) this.ctx.informers.drop(entry.informer)
      this.watched.delete(key)
      this.byKind.delete(`${entry.type.group}/${entry.type.kind}`)
    }
    for (const [key, type] of wanted) if (!this.watched.has(key)) this.watch(key, type)
  }

  private watch(typeKey: string, type: ResourceType): void {
    const informer = this.ctx.informers.metadataOf(type)
    const off = informer.on({
      add: (object) => this.seen(typeKey, undefined, object),
      update: (old, object) => this.seen(typeKey, old, object),
      delete: (object) => this.gone(object),
    })
    const entry = { type, informer, off }
    this.watched.set(typeKey, entry)
    this.byKind.set(`${type.group}/${type.kind}`, entry)
  }

  private seen(typeKey: string, old: KubeObject | undefined, object: KubeObject): void {
    const { uid = '', ownerReferences, deletionTimestamp, finalizers } = object.metadata
    const before = old?.metadata.ownerReferences
    if (before !== undefined && before.length > 0) {
      for (const { uid: owner } of before)
        if (!ownerReferences?.some((ref) => ref.uid === owner)) this.untie(owner, uid)
    }
    const key = keyOf(object)
    let added = false
    for (const reference of ownerReferences ?? []) added = this.tie(reference.uid, uid, { typeKey, key }) || added
    if (added && !(ownerReferences ?? []).every((reference) => this.isPresent(reference, object)))
      this.enqueue(typeKey, key)
    const waits =
      deletionTimestamp !== undefined &&
      finalizers?.some((name) => name === foregroundFinalizer || name === orphanFinalizer)
    if (waits) this.enqueue(typeKey, key)
    const lostOwner =
      old !== undefined &&
      (ownerReferences ?? []).length > 0 &&
      (before ?? []).length !== (ownerReferences ?? []).length
    if (lostOwner) this.enqueue(typeKey, key)
    // A dependent that no longer blocks lets its owner go.
    if (before?.some((ref) => ref.blockOwnerDeletion) === true) this.wakeOwners(object, before)
  }

  private gone(object: KubeObject): void {
    const { uid = '', ownerReferences } = object.metadata
    for (const { uid: owner } of ownerReferences ?? []) this.untie(owner, uid)
    for (const { typeKey, key } of this.dependents.get(uid)?.values() ?? []) this.enqueue(typeKey, key)
    this.wakeOwners(object, ownerReferences ?? [])
  }

  private wakeOwners(object: KubeObject, references: readonly OwnerReference[]): void {
    for (const reference of references) {
      const owner = this.ownerInCache(reference, object)
      const waits = owner?.object?.metadata.finalizers?.includes(foregroundFinalizer)
      if (owner?.object !== undefined && waits && owner.object.metadata.deletionTimestamp !== undefined) {
        this.enqueue(owner.typeKey, keyOf(owner.object))
      }
    }
  }

  private tie(owner: string, uid: string, dependent: Dependent): boolean {
    let entries = this.dependents.get(owner)
    if (entries === undefined) {
      entries = new Map()
      this.dependents.set(owner, entries)
    }
    if (entries.has(uid)) return false
    entries.set(uid, dependent)
    return true
  }

  private untie(owner: string, uid: string): void {
    const entries = this.dependents.get(owner)
    if (entries === undefined) return
    entries.delete(uid)
    if (entries.size === 0) this.dependents.delete(owner)
  }

  private enqueue(typeKey: string, key: string): void {
    this.loop.queue.add(`${typeKey}|${key}`)
  }

  private ownerInCache(
    reference: OwnerReference,
    dependent: KubeObject,
  ): { typeKey: string; object: KubeObject | undefined; type: ResourceType } | undefined {
    const entry = this.byKind.get(`${parseApiVersion(reference.apiVersion).group}/${reference.kind}`)
    if (entry === undefined) return undefined
    const object = entry.informer.get(entry.type.namespaced ? (dependent.metadata.namespace ?? '') : '', reference.name)
    return {
      typeKey: typeKeyOf(entry.type),
      object: object?.metadata.uid === reference.uid ? object : undefined,
      type: entry.type,
    }
  }

  private isPresent(reference: OwnerReference, dependent: KubeObject): boolean {
    return this.ownerInCache(reference, dependent)?.object !== undefined
  }

  private async reconcile(item: string): Promise<void> {
    const bar = item.indexOf('|')
    const entry = this.watched.get(item.slice(0, bar))
    const known = entry?.informer.cache.get(item.slice(bar + 1))
    if (entry === undefined || known === undefined) return
    const object = await this.live(entry.type, known)
    if (object === undefined || object.metadata.uid !== known.metadata.uid) return
    const finalizers = object.metadata.finalizers ?? []
    if (object.metadata.deletionTimestamp !== undefined) {
      if (finalizers.includes(orphanFinalizer)) await this.orphan(entry.type, object)
      else if (finalizers.includes(foregroundFinalizer)) await this.deleteInForeground(entry.type, object)
      return
    }
    await this.collect(entry.type, object)
  }

  private async live(type: ResourceType, object: KubeObject): Promise<KubeObject | undefined> {
    return this.ctx.client.get<KubeObject>(type, {
      namespace: object.metadata.namespace,
      name: object.metadata.name ?? '',
    })
  }

  /** Deletes an object all whose owners are gone or wait for it; drops references to gone owners when others remain. */
  private async collect(type: ResourceType, object: KubeObject): Promise<void> {
    const references = object.metadata.ownerReferences ?? []
    if (references.length === 0) return
    const states = await Promise.all(references.map((reference) => this.stateOf(reference, object)))
    if (states.includes('unknown')) return
    const useless = references.filter((_, i) => states[i] !== 'solid')
    if (useless.length === 0) return
    if (states.includes('solid')) {
      const solid = references.filter((_, i) => states[i] === 'solid')
      await this.patch(type, object, { ownerReferences: solid })
      return
    }
    const ownDependents = this.dependents.get(object.metadata.uid ?? '')?.size ?? 0
    const finalizers = object.metadata.finalizers ?? []
    const foreground = (states.includes('waiting') && ownDependents > 0) || finalizers.includes(foregroundFinalizer)
    const propagationPolicy = finalizers.includes(orphanFinalizer) ? 'Orphan' : foreground ? 'Foreground' : 'Background'
    const { namespace, name = '', uid = '' } = object.metadata
    try {
      await this.ctx.client.delete(type, { namespace, name }, { uid, propagationPolicy })
    } catch (error) {
      if (!isApiError(error, 'CONFLICT')) throw error
    }
  }

  private async stateOf(
    reference: OwnerReference,
    dependent: KubeObject,
  ): Promise<'solid' | 'dangling' | 'waiting' | 'unknown'> {
    const found = this.ownerInCache(reference, dependent)
    if (found === undefined) {
      this.scheduleDiscovery(rediscoverMs)
      return 'unknown'
    }
    const namespace = found.type.namespaced ? (dependent.metadata.namespace ?? '') : undefined
    const owner =
      found.object ?? (await this.ctx.client.get<KubeObject>(found.type, { namespace, name: reference.name }))
    if (owner?.metadata.uid !== reference.uid) return 'dangling'
    const waits =
      owner.metadata.deletionTimestamp !== undefined &&
      owner.metadata.finalizers?.includes(foregroundFinalizer) === true
    return waits ? 'waiting' : 'solid'
  }

  private async deleteInForeground(type: ResourceType, object: KubeObject): Promise<void> {
    const uid = object.metadata.uid ?? ''
    let blocked = false
    for (const { typeKey, key } of this.dependents.get(uid)?.values() ?? []) {
      const dependent = this.watched.get(typeKey)?.informer.cache.get(key)
      const blocks = dependent?.metadata.ownerReferences?.some(
        (ref) => ref.uid === uid && ref.blockOwnerDeletion === true,
      )
      if (dependent === undefined || !blocks) continue
      blocked = true
      if (dependent.metadata.deletionTimestamp === undefined) this.enqueue(typeKey, key)
    }
    if (!blocked) await this.dropFinalizer(type, object, foregroundFinalizer)
  }

  private async orphan(type: ResourceType, object: KubeObject): Promise<void> {
    const uid = object.metadata.uid ?? ''
    for (const { typeKey, key } of [...(this.dependents.get(uid)?.values() ?? [])]) {
      const entry = this.watched.get(typeKey)
      const dependent = entry?.informer.cache.get(key)
      if (entry === undefined || dependent === undefined) continue
      const others = (dependent.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid)
      await this.patch(entry.type, dependent, { ownerReferences: others.length > 0 ? others : null })
    }
    await this.dropFinalizer(type, object, orphanFinalizer)
  }

  private async dropFinalizer(type: ResourceType, object: KubeObject, finalizer: string): Promise<void> {
    const finalizers = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer)
    await this.patch(type, object, { resourceVersion: object.metadata.resourceVersion, finalizers })
  }

  private async patch(type: ResourceType, object: KubeObject, metadata: Record<string, unknown>): Promise<void> {
    const { namespace, name = '', uid } = object.metadata
    try {
      await this.ctx.client.patch(type, { namespace, name }, { metadata: { uid, ...metadata } })
    } catch (error) {
      if (!isApiError(error, 'NOT_FOUND')) throw error
    }
  }
}
