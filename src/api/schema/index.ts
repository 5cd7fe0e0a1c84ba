/** Schemas of the built-in kinds and of custom resources. Begin with model.ts. */
export * from './builtin.ts'
