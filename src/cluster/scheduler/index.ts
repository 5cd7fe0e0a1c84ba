/**
 * The scheduler: a queue, a cache of nodes with what their pods take, and a list of plugins that filter and score. It binds
 * through the API only. Begin with `scheduler.ts`; the rules are in `plugins/`, their order in `registry.ts`.
 */
export { matchesNodeAffinity, tolerates, untolerated } from './plugins/node-rules.ts'
export {
  claimNames,
  findVolume,
  isFullyBound,
  selectedNodeAnnotation,
  volumeSatisfies,
} from './plugins/volume-binding.ts'
export { cachedRequests, podRequests } from './node-info.ts'
export { Scheduler } from './scheduler.ts'
