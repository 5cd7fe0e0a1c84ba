import type { TableColumn, TableDefinition } from '../registry/resource.ts'
import { sinceText } from './age.ts'
import { compileJsonPath } from './json-path.ts'
import { ageOf, nameOf } from './read.ts'

/** A column as a CustomResourceDefinition's version names it. */
export interface PrinterColumn {
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly description?: string
  readonly priority?: number
  readonly jsonPath: string
}

/** The table of a custom resource: its name, then its own columns, or the age when it has none. */
export function customTable(printerColumns: readonly PrinterColumn[] | undefined): TableDefinition {
  const nameColumn: TableColumn = { name: 'Name', type: 'string', format: 'name', priority: 0 }
  if (printerColumns === undefined || printerColumns.length === 0) {
    const age: TableColumn = { name: 'Age', type: 'date', format: '', priority: 0 }
    return { columns: [nameColumn, age], row: (object, nowMs) => [nameOf(object), ageOf(object, nowMs)] }
  }
  const compiled = printerColumns.map((column) => ({ column, find: compileJsonPath(column.jsonPath) ?? (() => []) }))
  return {
    columns: [nameColumn, ...printerColumns.map(tableColumn)],
    row: (object, nowMs) => [
      nameOf(object),
      ...compiled.map(({ column, find }) => {
        const [value] = find(object)
        return value === undefined || value === null ? null : cellOf(value, column.type, nowMs)
      }),
    ],
  }
}

function tableColumn(column: PrinterColumn): TableColumn {
  return {
    name: column.name,
    type: column.type as TableColumn['type'],
    format: column.format ?? '',
    description: column.description ?? '',
    priority: column.priority ?? 0,
  }
}

/** A value of another type than the column's is left out, as Kubernetes does. */
function cellOf(value: unknown, type: string, nowMs: number): unknown {
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null
    case 'number':
      return typeof value === 'number' ? value : null
    case 'boolean':
      return typeof value === 'boolean' ? value : null
    case 'date': {
      if (typeof value !== 'string') return null
      return Number.isNaN(Date.parse(value)) ? '<invalid>' : sinceText(value, nowMs)
    }
    default:
      return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
}
