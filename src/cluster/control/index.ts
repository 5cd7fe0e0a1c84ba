/**
 * What every component inside the cluster is built from: a small API client, shared informers with indexed caches, work
 * queues and reconcile loops, expectations, adoption by owner reference, an event writer. Nothing here knows a kind's rules
 * (controllers/, scheduler/, node/ do), and nothing reaches the store. Begin with `context.ts` and `informer.ts`.
 */
export * from './adopt.ts'
export * from './api-client.ts'
export * from './batches.ts'
export * from './cache.ts'
export * from './claims.ts'
export * from './context.ts'
export * from './errors.ts'
export * from './events.ts'
export * from './expectations.ts'
export * from './informer.ts'
export * from './informers.ts'
export * from './kinds/index.ts'
export * from './names.ts'
export * from './node-rules.ts'
export * from './pods.ts'
export * from './quantity.ts'
export * from './reconcile-loop.ts'
export * from './requests.ts'
export * from './resources.ts'
export * from './time.ts'
export * from './work-queue.ts'
