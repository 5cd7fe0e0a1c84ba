/**
 * Rendered text as documents: splitting, heads, kinds in order, hooks. Knows nothing of charts or templates; whoever
 * has text with manifests starts at `sort.ts`.
 */
export * from './documents.ts'
export * from './errors.ts'
export * from './head.ts'
export * from './hooks.ts'
export * from './kind-order.ts'
export * from './sort.ts'
export * from './source-header.ts'
