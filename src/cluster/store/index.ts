/**
 * The revisioned key-value store of the cluster, in the manner of etcd: one revision counter, ordered keys, compare and swap,
 * ranges at a revision, watches from a revision. It knows nothing of Kubernetes. Backends make writes durable; reads never
 * touch them. Begin with store.ts (the contract), then mvcc.ts.
 */
export * from './errors.ts'
export type * from './store.ts'
export { openStore, type StoreOptions } from './mvcc.ts'
export { memoryBackend } from './backends/memory.ts'
export { lmdbBackend, readLmdb } from './backends/lmdb.ts'
export type { Backend } from './backends/backend.ts'
