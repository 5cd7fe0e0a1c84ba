import type { KubeObject } from '../../../api/index.ts'
import { displayWidth } from '../../output/width.ts'

interface Column {
  readonly name: string
  readonly priority?: number
}

interface Table {
  readonly columnDefinitions?: readonly Column[]
  readonly rows?: readonly { readonly cells?: readonly unknown[] }[]
}

const MIN_WIDTH = 6
const PADDING = 3

/**
 * Objects as the server's tables, one block per `version/Kind`, each followed by an empty line. As kubectl's human-readable
 * printer: a header only when the columns change, every object laid out by itself.
 */
export function resourceTables(resources: ReadonlyMap<string, readonly KubeObject[]>): string {
  let lastColumns = ''
  let text = ''
  for (const [key, objects] of resources) {
    text += `==> ${key}\n`
    for (const object of objects) {
      const table = object as unknown as Table
      const columns = table.columnDefinitions ?? []
      const shown = columns.flatMap((column, index) => ((column.priority ?? 0) === 0 ? [index] : []))
      const head = JSON.stringify(columns)
      const rows: string[][] = []
      if (head !== lastColumns) rows.push(shown.map((index) => (columns[index]?.name ?? '').toUpperCase()))
      lastColumns = head
      for (const row of table.rows ?? []) rows.push(shown.map((index) => cellText(row.cells?.[index])))
      text += layOut(rows)
    }
    text += '\n'
  }
  return text
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value) || typeof value === 'object') return JSON.stringify(value)
  const text = String(value)
  const end = text.search(/[\f\n\r]/)
  return end < 0 ? text : `${text.slice(0, end)}...`
}

/** As kubectl's tab writer: cells at least six wide, three blanks between them, the last one not padded. */
function layOut(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, displayWidth(cell))
    })
  }
  const padded = widths.map((width) => Math.max(MIN_WIDTH, width + PADDING))
  return rows
    .map((row) => {
      const cells = row.map((cell, index) =>
        index === row.length - 1 ? cell : cell + ' '.repeat((padded[index] ?? 0) - displayWidth(cell)),
      )
      return `${cells.join('')}\n`
    })
    .join('')
}
