import type { KubeObject } from '../../../api/index.ts'
import { coalesceValues } from '../../../chart/index.ts'
import { emitYaml, emitYamlFromJson } from '../../../encoding/index.ts'
import {
  ansiTime,
  fromJson,
  goJson,
  isZeroTime,
  type JsonOut,
  type Release,
  type ReleaseHook,
  releaseToJsonOut,
} from '../../../release/index.ts'
import type { CliContext } from '../../context.ts'
import type { OutputFormat } from '../../flags/output.ts'
import { resourceTables } from './resource-tables.ts'

/** What is shown of a release. As Helm's statusPrinter. */
export interface ReleaseViewOptions {
  /** User-supplied and computed values, hooks and manifest. */
  readonly debug?: boolean
  /** Name and versions of the chart. */
  readonly metadata?: boolean
  readonly hideNotes?: boolean
  /** Leave the chart out of JSON and YAML. */
  readonly withoutChart?: boolean
  /** Live objects by `version/Kind`. */
  readonly resources?: ReadonlyMap<string, readonly KubeObject[]>
}

/** Prints a release in the format of `-o`. */
export function printRelease(
  ctx: CliContext,
  format: OutputFormat,
  release: Release,
  options: ReleaseViewOptions = {},
): void {
  if (format === 'table') {
    ctx.print(releaseText(ctx, release, options))
    return
  }
  const shown = options.withoutChart === true ? { ...release, chart: undefined } : release
  const { resources } = options
  const extra = resources === undefined || resources.size === 0 ? {} : { resources: resourcesToJson(resources) }
  const json = goJson(releaseToJsonOut(shown, extra))
  ctx.print(format === 'json' ? `${json}\n` : emitYamlFromJson(JSON.parse(json)))
}

function resourcesToJson(resources: ReadonlyMap<string, readonly KubeObject[]>): JsonOut {
  return new Map([...resources].map(([key, objects]) => [key, objects.map(fromJson)]))
}

/** The text for people. */
export function releaseText(ctx: CliContext, release: Release, options: ReleaseViewOptions): string {
  const { info } = release
  const lines = [`NAME: ${release.name}`]
  if (!isZeroTime(info.lastDeployed)) lines.push(`LAST DEPLOYED: ${ansiTime(info.lastDeployed)}`)
  lines.push(`NAMESPACE: ${release.namespace}`, `STATUS: ${info.status}`, `REVISION: ${release.version}`)
  if (options.metadata === true && release.chart !== undefined) {
    const { name, version, appVersion } = release.chart.metadata
    lines.push(`CHART: ${name}`, `VERSION: ${version}`, `APP_VERSION: ${appVersion}`)
  }
  lines.push(`DESCRIPTION: ${info.description}`)
  if (options.resources !== undefined && options.resources.size > 0) {
    lines.push(`RESOURCES:\n${resourceTables(options.resources)}`)
  }
  lines.push(...testLines(release))
  if (options.debug === true) lines.push(...valueLines(ctx, release))
  if (options.debug === true || info.description.toLowerCase() === 'dry run complete') {
    lines.push('HOOKS:', ...release.hooks.map((hook) => `---\n# Source: ${hook.path}\n${hook.manifest}`))
    lines.push(`MANIFEST:\n${release.manifest}`)
  }
  if (options.hideNotes !== true && info.notes !== '') lines.push(`NOTES:\n${info.notes.trim()}`)
  return `${lines.join('\n')}\n`
}

function testLines(release: Release): string[] {
  const tests = release.hooks.filter((hook) => hook.events.includes('test'))
  if (tests.length === 0) return ['TEST SUITE: None']
  return tests.filter((hook) => !isZeroTime(hook.lastRun.startedAt)).map(testText)
}

function testText({ name, lastRun }: ReleaseHook): string {
  return [
    `TEST SUITE:     ${name}`,
    `Last Started:   ${ansiTime(lastRun.startedAt)}`,
    `Last Completed: ${ansiTime(lastRun.completedAt)}`,
    `Phase:          ${lastRun.phase}`,
  ].join('\n')
}

function valueLines(ctx: CliContext, release: Release): string[] {
  const computed =
    release.chart === undefined ? release.config : coalesceValues(release.chart, release.config, ctx.log.asLog())
  return [
    `USER-SUPPLIED VALUES:\n${emitYaml(release.config ?? null)}`,
    `COMPUTED VALUES:\n${emitYaml(computed ?? null)}`,
  ]
}
