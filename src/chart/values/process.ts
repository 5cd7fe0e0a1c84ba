import { type Log, silentLog } from '../../base/index.ts'
import type { GoMap } from '../../go/index.ts'
import type { Chart } from '../model.ts'
import { processEnabled } from './conditions.ts'
import { importValues } from './import-values.ts'

/**
 * Applies `dependencies` of Chart.yaml to the chart, in place: aliases, tags, conditions, import-values. Gives the chart back.
 * As Helm 4.2 `ProcessDependencies`; hand in a `deepCopy` to keep the original.
 */
export function processDependencies(chart: Chart, values: GoMap, log: Log = silentLog): Chart {
  processEnabled(chart, values, '', log)
  importValues(chart, log)
  return chart
}
