import type { TableColumn } from '../registry/resource.ts'

/**
 * Columns from short words: `Name!` has the format `name`, `IP*` is shown with `-o wide` only, `Active:integer` has a
 * type other than text.
 */
export function columns(...words: readonly string[]): TableColumn[] {
  return words.map((word) => {
    const match = /^([^!*:]+)(!?)(\*?)(?::(\w+))?$/.exec(word)
    const [, name = word, named = '', wide = '', type = 'string'] = match ?? []
    return {
      name,
      type: type as TableColumn['type'],
      format: named === '' ? '' : 'name',
      priority: wide === '' ? 0 : 1,
    }
  })
}
