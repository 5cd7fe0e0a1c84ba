import type { KubeObject } from '../../api/index.ts'
import type { Clock, FaultReport, Random } from '../../base/index.ts'
import type { Transport } from '../../kube/index.ts'
import { ApiClient } from './api-client.ts'
import type { EventSource, EventText } from './events.ts'
import { EventWriter } from './events.ts'
import { Informers } from './informers.ts'
import type { Reconcile } from './reconcile-loop.ts'
import { ReconcileLoop } from './reconcile-loop.ts'

/** What components inside the cluster get from whoever starts them. */
export interface ComponentDependencies {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  /** Told about failed reconciliations, for the log. */
  readonly onError?: FaultReport
}

/** What controllers, scheduler and node agent share: caches, event writer, loops that are started and stopped together. */
export class ComponentContext {
  readonly client: ApiClient
  readonly clock: Clock
  readonly random: Random
  readonly informers: Informers
  readonly events: EventWriter
  private readonly dependencies: ComponentDependencies
  private readonly loops: ReconcileLoop[] = []
  private readonly closers: (() => void)[] = []
  private opened = false
  constructor(dependencies: ComponentDependencies) {
    this.dependencies = dependencies
    this.clock = dependencies.clock
    this.random = dependencies.random
    this.client = new ApiClient(dependencies.transport, 'kube-controller-manager')
    this.informers = new Informers(this.client, this.clock)
    this.events = new EventWriter(this.client, this.clock, this.random)
  }

  nowMs(): number {
    return this.clock.nowMs()
  }

  /** A loop that starts when all caches are filled. */
  loop(name: string, reconcile: Reconcile, concurrency = 4): ReconcileLoop {
    const loop = new ReconcileLoop({
      clock: this.clock,
      reconcile,
      concurrency,
      onError: (key, error) => this.dependencies.onError?.(name, key, error),
    })
    this.loops.push(loop)
    if (this.opened) loop.start()
    return loop
  }

  /** Records events as one component. */
  recorder(source: EventSource): (object: KubeObject, text: EventText) => void {
    return (object, text) => this.events.record(source, object, text)
  }

  report(component: string, key: string, error: unknown): void {
    this.dependencies.onError?.(component, key, error)
  }

  /** Runs `close` when the context stops. */
  onStop(close: () => void): void {
    this.closers.push(close)
  }

  /** Fills the caches, then starts the loops. */
  async start(): Promise<void> {
    await this.informers.start()
    this.opened = true
    for (const loop of this.loops) loop.start()
  }

  /** Ends watches, timers and loops, and resolves when no work is in hand. */
  async stop(): Promise<void> {
    this.informers.stop()
    this.events.stop()
    for (const close of this.closers) close()
    await Promise.all(this.loops.map((loop) => loop.stop()))
  }
}
