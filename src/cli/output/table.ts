import { charWidth, displayWidth } from './width.ts'

/** How to lay out a table. */
export interface TableOptions {
  /** Widest column; 0 or absent: no limit. Longer cells end in `...`. */
  readonly maxColumnWidth?: number
}

/** Lays rows out as gosuri/uitable does: cells padded to the column's width, the last one too, joined by tabs. Ends without a newline. */
export function formatTable(rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const limit = options.maxColumnWidth ?? 0
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      const width = Math.max(...cell.split('\n').map(displayWidth))
      widths[column] = Math.max(widths[column] ?? 0, limit > 0 ? Math.min(width, limit) : width)
    }
  }
  return rows.map((row) => formatRow(row, widths)).join('\n')
}

function formatRow(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((cell, column) => resize(cell, widths[column] ?? 0).split('\n'))
  const height = Math.max(...cells.map((lines) => lines.length))
  const lines: string[] = []
  for (let line = 0; line < height; line++) {
    lines.push(cells.map((cell, column) => cellLine(cell[line], widths[column] ?? 0)).join('\t'))
  }
  return lines.join('\n')
}

function cellLine(text: string | undefined, width: number): string {
  return text === undefined ? ' '.repeat(Math.max(1, width)) : resize(text, width)
}

function resize(text: string, width: number): string {
  if (width === 0) return text
  const size = displayWidth(text)
  if (size <= width) return text + ' '.repeat(width - size)
  let out = ''
  let used = 0
  for (const char of text) {
    out += char
    if (used + charWidth(char) >= width - 3) break
    used += charWidth(char)
  }
  return `${out}...`
}
