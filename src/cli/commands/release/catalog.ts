import type { CatalogEntry } from '../../catalog-entry.ts'

/** Commands on releases, and `get`. */
export const releaseCatalog: readonly CatalogEntry[] = []
