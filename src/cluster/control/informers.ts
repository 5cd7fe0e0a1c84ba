import type { KubeObject } from '../../api/index.ts'
import type { Clock } from '../../base/index.ts'
import type { ApiClient } from './api-client.ts'
import { Informer } from './informer.ts'
import type { ResourceType } from './resources.ts'

/** One informer per resource, shared by all components. Informers asked for after `start` start at once. */
export class Informers {
  private readonly client: ApiClient
  private readonly clock: Clock
  private readonly all = new Map<string, Informer<KubeObject>>()
  private running = false
  constructor(client: ApiClient, clock: Clock) {
    this.client = client
    this.clock = clock
  }

  /** The shared informer of a resource. */
  of<T extends KubeObject>(type: ResourceType<T>): Informer<T> {
    return this.open(type, 'full', {})
  }

  /** The shared informer of a resource's metadata; the full one where that exists already. */
  metadataOf(type: ResourceType): Informer<KubeObject> {
    const full = this.all.get(keyFor(type, 'full', {}))
    return full ?? this.open<KubeObject>(type, 'metadata', {})
  }

  /** An informer for the part of a resource that a field selector picks. */
  selected<T extends KubeObject>(type: ResourceType<T>, fieldSelector: string): Informer<T> {
    return this.open(type, 'full', { fieldSelector })
  }

  /** Starts what was asked for, and resolves when all of it is in the caches. */
  async start(): Promise<void> {
    this.running = true
    for (const informer of this.all.values()) informer.start()
    await Promise.all([...this.all.values()].map((informer) => informer.synced))
  }

  /** Ends and forgets one informer, such as that of a custom resource that is gone. */
  drop(informer: Informer<KubeObject>): void {
    informer.stop()
    for (const [key, value] of this.all) if (value === informer) this.all.delete(key)
  }

  stop(): void {
    this.running = false
    for (const informer of this.all.values()) informer.stop()
  }

  private open<T extends KubeObject>(
    type: ResourceType<T>,
    content: 'full' | 'metadata',
    query: Readonly<Record<string, string>>,
  ): Informer<T> {
    const key = keyFor(type, content, query)
    let informer = this.all.get(key)
    if (informer === undefined) {
      informer = new Informer<KubeObject>(type, { client: this.client, clock: this.clock, content, query })
      this.all.set(key, informer)
      if (this.running) informer.start()
    }
    // The map's key holds the resource, so the informer's objects are of the type that `type` carries.
    return informer as unknown as Informer<T>
  }
}

function keyFor(type: ResourceType, content: string, query: Readonly<Record<string, string>>): string {
  return [type.group, type.version, type.resource, content, query.fieldSelector ?? ''].join('|')
}
