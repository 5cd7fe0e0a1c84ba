import { resolve } from 'node:path'
import { manualClock, silentLog, systemRandom } from '../base/index.ts'
import { copyMap } from '../chart/index.ts'
import type { GoMap } from '../go/index.ts'
import type { LintContext, LintOptions } from './context.ts'
import { Findings, type LintResult } from './message.ts'
import { checkChartFile } from './rules/chart-file.ts'
import { checkCrds } from './rules/crds.ts'
import { checkDependencies } from './rules/dependencies.ts'
import { checkTemplates } from './rules/templates.ts'
import { checkValuesFile } from './rules/values.ts'

/**
 * Checks a chart folder with the rules of `helm lint` 4.2, in its order and words. Never throws for a bad chart, and leaves
 * `values` as they are; the answer's are those that Helm hands to the next chart of one command.
 */
export function lintChart(folder: string, values: GoMap, options: LintOptions): LintResult {
  const findings = new Findings()
  const context: LintContext = {
    ...options,
    folder: resolve(folder),
    values: copyMap(values),
    findings,
    log: options.log ?? silentLog,
    host: options.host ?? { clock: manualClock(0), random: systemRandom, env: {} },
  }
  checkChartFile(context)
  checkValuesFile(context)
  checkTemplates(context)
  checkDependencies(context)
  checkCrds(context)
  return { messages: findings.messages, highestSeverity: findings.highest, values: context.values }
}
