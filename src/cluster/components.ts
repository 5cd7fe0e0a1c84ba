import type { NodeStreams } from '../api/index.ts'
import type { Clock, FaultReport, Random } from '../base/index.ts'
import type { Transport } from '../kube/index.ts'
import { ComponentContext } from './control/index.ts'
import type { ControllerOptions } from './controllers/index.ts'
import { controllers, GarbageCollector } from './controllers/index.ts'
import type { NodeOptions } from './node/index.ts'
import { defaultNodeOptions, startNodeAgent } from './node/index.ts'
import { Scheduler } from './scheduler/index.ts'

/** What is started, and how. */
export interface ComponentOptions extends Partial<ControllerOptions> {
  readonly nodes?: Partial<NodeOptions>
}

/** As long a wait as in a quick cloud, so that `pending` can be seen. */
const defaultLoadBalancers = { prefix: '172.31.255', delayMs: 8000 }

/** Controllers, scheduler and node agent of one cluster. */
export interface Components {
  /** Logs and commands of the simulated containers. */
  readonly streams: NodeStreams
  /** Resolves when the caches are filled and everything works; the cluster may serve before that. */
  readonly ready: Promise<void>
  stop(): Promise<void>
}

/**
 * Starts everything that makes a cluster of an API server. All of it reaches the cluster through `transport`, which must
 * carry an identity that may do anything.
 */
export async function startComponents(dependencies: {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly options?: ComponentOptions
  /** Told about failed reconciliations. */
  readonly onError?: FaultReport
}): Promise<Components> {
  const { options = {}, ...rest } = dependencies
  const ctx = new ComponentContext(rest)
  const streams = startNodeAgent(ctx, { ...defaultNodeOptions, ...options.nodes })
  const scheduler = new Scheduler(ctx)
  const { rootCa = '', loadBalancers = defaultLoadBalancers } = options
  for (const start of Object.values(controllers)) start(ctx, { rootCa, loadBalancers })
  const collector = new GarbageCollector(ctx)
  const ready = run(ctx, scheduler, collector)
  // A failure to begin (the cluster was stopped at once, say) is not the caller's to handle.
  ready.catch((error: unknown) => rest.onError?.('components', 'start', error))
  return { streams, ready, stop: () => ctx.stop() }
}

async function run(ctx: ComponentContext, scheduler: Scheduler, collector: GarbageCollector): Promise<void> {
  await ctx.start()
  scheduler.start()
  await collector.start()
}
