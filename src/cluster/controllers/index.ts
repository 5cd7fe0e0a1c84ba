/**
 * The controllers of the cluster: level-triggered loops over shared caches, one file each, with Kubernetes' rules. They
 * reach the cluster through its API only. `catalog.ts` is the list of them.
 */
export type { ControllerOptions } from './catalog.ts'
export { controllers } from './catalog.ts'
export { GarbageCollector } from './lifecycle/garbage-collector.ts'
