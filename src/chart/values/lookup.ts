import { type GoMap, type GoValue, quote } from '../../go/index.ts'
import { isTable } from './merge.ts'

/** The table at a dotted path, or the name of the part that is no table. As Helm's `Values.Table`. */
export function tableAt(values: GoMap, path: string): { readonly table: GoMap } | { readonly missing: string } {
  let table = values
  for (const name of path.split('.')) {
    const next = table.get(name)
    if (!isTable(next)) return { missing: `${quote(name)} is not a table` }
    table = next
  }
  return { table }
}

/** The value at a dotted path that is not a table; `found` is false when there is none. As Helm's `Values.PathValue`. */
export function valueAt(values: GoMap, path: string): { readonly found: boolean; readonly value: GoValue } {
  const dot = path.lastIndexOf('.')
  const key = path.slice(dot + 1)
  const parent = dot < 0 ? { table: values } : tableAt(values, path.slice(0, dot))
  if (!('table' in parent) || !parent.table.has(key) || path === '') return { found: false, value: undefined }
  const value = parent.table.get(key)
  return isTable(value) ? { found: false, value: undefined } : { found: true, value }
}
