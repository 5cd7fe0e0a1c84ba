import { resolve } from 'node:path'
import { type Host, type Log, manualClock, silentLog, systemRandom } from '../base/index.ts'
import type { SchemaOptions } from '../chart/index.ts'
import type { GoMap } from '../go/index.ts'
import type { KubeVersion } from '../render/index.ts'
import { Findings, type LintResult } from './message.ts'
import { checkChartFile } from './rules/chart-file.ts'
import { checkCrds } from './rules/crds.ts'
import { checkDependencies } from './rules/dependencies.ts'
import { checkTemplates } from './rules/templates.ts'
import { checkValuesFile } from './rules/values.ts'

/** How a chart is checked. */
export interface LintOptions {
  readonly namespace: string
  /** Version that deprecations are judged by and templates see; absent: the default one. */
  readonly kubeVersion?: KubeVersion | undefined
  readonly skipSchemaValidation?: boolean
  readonly schema?: SchemaOptions
  readonly log?: Log
  readonly host?: Host
}

/** What the rules share. */
export interface LintContext extends LintOptions {
  /** Absolute path of the chart. */
  readonly folder: string
  readonly values: GoMap
  readonly findings: Findings
  readonly log: Log
  readonly host: Host
}

/** Checks a chart folder with the rules of `helm lint` 4.2, in its order and words. Never throws for a bad chart. */
export function lintChart(folder: string, values: GoMap, options: LintOptions): LintResult {
  const findings = new Findings()
  const context: LintContext = {
    ...options,
    folder: resolve(folder),
    values,
    findings,
    log: options.log ?? silentLog,
    host: options.host ?? { clock: manualClock(0), random: systemRandom, env: {} },
  }
  checkChartFile(context)
  checkValuesFile(context)
  checkTemplates(context)
  checkDependencies(context)
  checkCrds(context)
  return { messages: findings.messages, highestSeverity: findings.highest }
}
