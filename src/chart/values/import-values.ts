import type { Log } from '../../base/index.ts'
import { type GoMap, type GoValue, sprintf, TypedMap } from '../../go/index.ts'
import type { Chart, Dependency } from '../model.ts'
import { mergeTables, mergeValues } from './coalesce.ts'
import { tableAt } from './lookup.ts'
import { copyMap } from './merge.ts'

/**
 * Copies values of sub-charts into their parents where `import-values` asks for it, innermost charts first. As Helm 4.2: the
 * defaults of every chart with dependencies become its values merged with those of its sub-charts, nulls kept.
 */
export function importValues(chart: Chart, log: Log): void {
  for (const subchart of chart.dependencies) importValues(subchart, log)
  const dependencies = chart.metadata.dependencies
  if (!dependencies) return
  const merged = mergeValues(chart, undefined, log)
  let imported: GoMap = new Map()
  for (const dependency of dependencies) {
    if (!dependency) continue
    imported = importFrom(dependency, merged, imported, log)
  }
  chart.values = mergeTables(copyMap(merged), imported, log)
}

function importFrom(dependency: Dependency, merged: GoMap, imported: GoMap, log: Log): GoMap {
  const entries: GoValue[] = []
  let result = imported
  for (const entry of dependency.importValues) {
    if (entry instanceof Map) {
      const child = sprintf('%v', entry.get('child') ?? null)
      const parent = sprintf('%v', entry.get('parent') ?? null)
      entries.push(
        new TypedMap('string', 'string', [
          ['child', child],
          ['parent', parent],
        ]),
      )
      const found = tableAt(merged, `${dependency.name}.${child}`)
      if ('table' in found) result = mergeTables(result, nest(parent, shared(found.table)), log)
      else warnMissing(log, 'ImportValues missing table from chart', [['chart', dependency.name]], found.missing)
    } else if (typeof entry === 'string') {
      const child = `exports.${entry}`
      entries.push(
        new TypedMap('string', 'string', [
          ['child', child],
          ['parent', '.'],
        ]),
      )
      const found = tableAt(merged, `${dependency.name}.${child}`)
      if ('table' in found) result = mergeTables(result, shared(found.table), log)
      else warnMissing(log, 'ImportValues missing table', [], found.missing)
    }
  }
  dependency.importValues = entries
  return result
}

/** A table is taken as it is, so that later imports into it are seen in the sub-chart too; only an empty one is not shared. */
const shared = (table: GoMap): GoMap => (table.size === 0 ? new Map() : table)

/** The table under a dotted path of new tables; `.` is the table itself. */
function nest(path: string, table: GoMap): GoMap {
  if (path === '.') return table
  return path.split('.').reduceRight<GoMap>((inner, key) => new Map([[key, inner]]), table)
}

function warnMissing(
  log: Log,
  message: string,
  attributes: readonly (readonly [string, unknown])[],
  missing: string,
): void {
  log({ level: 'WARN', message, attributes: [...attributes, ['error', missing]] })
}
