/** Columns and cells that `kubectl get` prints, per kind. Begin with table-of.ts. */
export * from './table-of.ts'
