/**
 * The node agent: registers nodes, keeps their heartbeat, and runs the pods bound to them with a simulated runtime whose
 * stages are a pure function of the pod and the time. It does no networking and starts no process. Begin with `agent.ts`.
 */
export { startNodeAgent } from './agent.ts'
export type { NodeOptions } from './options.ts'
export { defaultNodeOptions } from './options.ts'
