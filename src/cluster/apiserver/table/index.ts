/** Columns and cells that `kubectl get` prints, per kind. Begin with table-of.ts. */
export * from './age.ts'
export * from './columns-crd.ts'
export * from './json-path.ts'
export * from './table-of.ts'
