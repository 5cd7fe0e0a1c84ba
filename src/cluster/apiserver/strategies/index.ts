/**
 * What differs per kind beyond its schema: which fields clients may not set, when the generation moves, what may not
 * change. Begin with strategy-of.ts.
 */
export * from './strategy-of.ts'
