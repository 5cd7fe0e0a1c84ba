import { emitYamlFromJson } from '../../encoding/index.ts'
import type { CliContext } from '../context.ts'
import type { OutputFormat } from '../flags/output.ts'
import { formatTable, type TableOptions } from './table.ts'

/** What a command prints, in each form. */
export interface OutputViews {
  /** Rows of the table, or a text (without the last line's end) in its place. */
  readonly table: () => readonly (readonly string[])[] | string
  /** The value for JSON and YAML; objects keep their order in JSON and are sorted in YAML. */
  readonly value: () => unknown
}

/** Prints a result in the format that `-o` asks for. */
export function printOutput(
  ctx: CliContext,
  format: OutputFormat,
  views: OutputViews,
  options: TableOptions = {},
): void {
  if (format === 'json') ctx.print(`${goJson(views.value())}\n`)
  else if (format === 'yaml') ctx.print(emitYamlFromJson(views.value()))
  else {
    const table = views.table()
    ctx.printLine(typeof table === 'string' ? table : formatTable(table, options))
  }
}

/** JSON on one line as Go's encoder writes it: `<`, `>`, `&` and line separators escaped. */
export function goJson(value: unknown): string {
  return (JSON.stringify(value) ?? 'null').replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
