import type { GroupVersionKind } from '../../../api/index.ts'
import type { TableDefinition } from '../registry/resource.ts'

/** Columns of kinds that have none of their own: name and creation time. */
export const defaultTable: TableDefinition = {
  columns: [
    { name: 'Name', type: 'string', format: 'name' },
    { name: 'Created At', type: 'date' },
  ],
  row: (object) => [object.metadata.name ?? '', object.metadata.creationTimestamp ?? ''],
}

/** The columns of a built-in kind. */
export function tableOf(_gvk: GroupVersionKind): TableDefinition {
  return defaultTable
}
