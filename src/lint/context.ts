import type { Host, Log } from '../base/index.ts'
import type { SchemaOptions } from '../chart/index.ts'
import type { GoMap } from '../go/index.ts'
import type { KubeVersion } from '../render/index.ts'
import type { Findings } from './message.ts'

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
