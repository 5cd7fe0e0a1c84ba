import type { NodeStreams } from '../../api/index.ts'
import type { ComponentContext } from '../control/index.ts'
import { NodeLeases } from './lease.ts'
import type { NodeOptions } from './options.ts'
import { PodWorker } from './pod-worker.ts'
import { NodeRegistration } from './registration.ts'
import { StaticPods } from './static-pods.ts'
import { createNodeStreams } from './streams.ts'

/**
 * Adds the node agent to a context: it registers its own nodes, runs them and every other Node object with the simulated
 * runtime, and answers for the containers on them.
 */
export function startNodeAgent(ctx: ComponentContext, options: NodeOptions): NodeStreams {
  new NodeRegistration(ctx, options, new NodeLeases(ctx))
  if (options.staticPods !== undefined) new StaticPods(ctx, options.staticPods, options.name)
  return createNodeStreams(ctx, new PodWorker(ctx))
}
