import type { GoMap } from '../go/index.ts'

/** How serious a finding is, from least to most. */
export type Severity = 'UNKNOWN' | 'INFO' | 'WARNING' | 'ERROR'

/** One finding. `path` is a file of the chart, a folder of it, or the chart's own folder. */
export interface LintMessage {
  readonly severity: Severity
  readonly path: string
  readonly text: string
}

/** What lint found in one chart. */
export interface LintResult {
  readonly messages: readonly LintMessage[]
  /** `UNKNOWN` when nothing was found. */
  readonly highestSeverity: Severity
  /** The given values with the tables among them completed from values.yaml, as the rules left them. */
  readonly values: GoMap
}

const ranks: Readonly<Record<Severity, number>> = { UNKNOWN: 0, INFO: 1, WARNING: 2, ERROR: 3 }

/** Whether `severity` is at least `limit`. */
export function isAtLeast(severity: Severity, limit: Severity): boolean {
  return ranks[severity] >= ranks[limit]
}

/** A finding as `lint` prints it. */
export function formatMessage(message: LintMessage): string {
  return `[${message.severity}] ${message.path}: ${message.text}`
}

/** Collects findings. */
export class Findings {
  readonly messages: LintMessage[] = []
  highest: Severity = 'UNKNOWN'

  /** Notes a finding when there is one; true when the rule holds. */
  check(severity: Severity, path: string, problem: string | undefined): boolean {
    if (problem === undefined) return true
    this.messages.push({ severity, path, text: problem })
    if (isAtLeast(severity, this.highest)) this.highest = severity
    return false
  }
}
