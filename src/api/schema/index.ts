/**
 * Schemas of the built-in kinds and of custom resources: field types, list kinds and merge keys, from which decoding,
 * pruning, merging, ownership and explaining follow. It has no rules about values; those are the server's validation.
 * Begin with model.ts; notation.ts explains the files of data/, which scripts/generate.js writes.
 */
export * from './builtin.ts'
export * from './decode.ts'
export * from './document.ts'
export * from './duplicates.ts'
export * from './model.ts'
export { type Describe, openapiSchema } from './openapi.ts'
export * from './structural.ts'
