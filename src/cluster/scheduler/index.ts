/**
 * The scheduler: a queue, a cache of nodes with what their pods take, and a list of plugins that filter and score. It binds
 * through the API only. Begin with `scheduler.ts`; the rules are in `plugins/`, their order in `registry.ts`.
 */
export { Scheduler } from './scheduler.ts'
