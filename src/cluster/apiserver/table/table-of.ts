import type { GroupVersionKind } from '../../../api/index.ts'
import type { TableDefinition } from '../registry/resource.ts'
import { coreTables } from './columns-core.ts'
import { deviceTables } from './columns-devices.ts'
import { networkTables } from './columns-network.ts'
import { policyTables } from './columns-policy.ts'
import { storageTables } from './columns-storage.ts'
import { workloadTables } from './columns-workload.ts'

/** Columns of kinds that have none of their own: name and creation time. */
const defaultTable: TableDefinition = {
  generic: true,
  columns: [
    { name: 'Name', type: 'string', format: 'name', priority: 0 },
    { name: 'Created At', type: 'date', format: '', priority: 0 },
  ],
  row: (object) => [object.metadata.name ?? '', object.metadata.creationTimestamp ?? ''],
}

const tables: Readonly<Record<string, TableDefinition>> = {
  ...coreTables,
  ...workloadTables,
  ...networkTables,
  ...policyTables,
  ...storageTables,
  ...deviceTables,
}

/** The columns of a built-in kind. As Kubernetes 1.36's server-side printing; kinds are unique over the built-in groups. */
export function tableOf(gvk: GroupVersionKind): TableDefinition {
  return tables[gvk.kind] ?? defaultTable
}
