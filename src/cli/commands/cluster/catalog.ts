import type { CatalogEntry } from '../../catalog-entry.ts'

/** Commands on the bundled clusters. */
export const clusterCatalog: readonly CatalogEntry[] = []
