import { errorText } from '../../../base/index.ts'
import { emitYamlFromJson } from '../../../encoding/index.ts'
import {
  ALL_STATES,
  appVersionWords,
  chartWords,
  goTimeString,
  isZeroTime,
  list,
  type ReleaseSummary,
  type ReleaseStatus,
} from '../../../release/index.ts'
import { closedCompletion, defineCommand, noArgs } from '../../command.ts'
import type { CliContext } from '../../context.ts'
import { commandFailed } from '../../errors.ts'
import { boolFlag, type FlagValues, intFlag, stringFlag } from '../../flags/define.ts'
import { outputFlag } from '../../flags/output.ts'
import { goJson, printOutput } from '../../output/format.ts'
import { withSession } from './session.ts'

const listFlags = {
  allNamespaces: boolFlag('list the releases of all namespaces', false, { short: 'A' }),
  date: boolFlag('sort by date', false, { short: 'd' }),
  deployed: boolFlag('list releases that are deployed'),
  failed: boolFlag('list releases that failed'),
  filter: stringFlag('list releases whose name matches this regular expression', '', { short: 'f' }),
  max: intFlag('most releases to list', 256, { short: 'm' }),
  noHeaders: boolFlag('leave out the head of the table'),
  offset: intFlag('how many releases to skip'),
  output: outputFlag,
  pending: boolFlag('list releases on which an operation works'),
  reverse: boolFlag('reverse the order', false, { short: 'r' }),
  selector: stringFlag("list releases whose records' labels match, such as key1=value1,key2!=value2", '', {
    short: 'l',
  }),
  short: boolFlag('print names only', false, { short: 'q' }),
  superseded: boolFlag('list revisions that newer ones superseded'),
  timeFormat: stringFlag('format of times in the manner of Go, such as "2006-01-02 15:04:05Z0700"'),
  uninstalled: boolFlag('list releases that were uninstalled with --keep-history'),
  uninstalling: boolFlag('list releases that are being uninstalled'),
} as const

/** `list` */
export const listCommand = defineCommand({
  path: 'list',
  description: `Lists the releases of a namespace (of all with -A), in any state unless flags name some. A release is listed once, with
its newest revision.`,
  examples: "$0 list\n$0 list -A --failed -o json\n$0 list --filter '^web'",
  args: noArgs,
  complete: () => closedCompletion,
  flags: listFlags,
  async run(ctx, _args, flags) {
    const format = await timeFormatter(flags.timeFormat)
    const releases = await withSession(
      ctx,
      async ({ ports }) =>
        list(
          ports,
          {
            matchesName: await nameFilter(flags.filter),
            matchesLabels: await labelFilter(flags.selector),
            states: statesOf(flags),
            byDate: flags.date,
            reverse: flags.reverse,
            offset: flags.offset,
            limit: flags.max,
          },
          ctx.signal,
        ),
      { allNamespaces: flags.allNamespaces },
    )
    if (flags.short) printNames(ctx, releases, flags)
    else printReleases(ctx, releases, flags, format)
  },
})

function printNames(ctx: CliContext, releases: readonly ReleaseSummary[], flags: FlagValues<typeof listFlags>): void {
  const names = releases.map((release) => release.name)
  if (flags.output === 'json') ctx.printLine(goJson(names))
  else if (flags.output === 'yaml') ctx.print(emitYamlFromJson(names))
  else for (const name of names) ctx.printLine(name)
}

function printReleases(
  ctx: CliContext,
  releases: readonly ReleaseSummary[],
  flags: FlagValues<typeof listFlags>,
  format: (time: string) => string,
): void {
  const elements = releases.map((release) => ({
    name: release.name,
    namespace: release.namespace,
    revision: String(release.version),
    updated: isZeroTime(release.info.lastDeployed) ? '-' : format(release.info.lastDeployed),
    status: release.info.status,
    chart: chartWords(release),
    app_version: appVersionWords(release),
  }))
  const head = ['NAME', 'NAMESPACE', 'REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION']
  printOutput(ctx, flags.output, {
    table: () => [...(flags.noHeaders ? [] : [head]), ...elements.map((element) => Object.values(element))],
    value: () => elements,
  })
}

function statesOf(flags: FlagValues<typeof listFlags>): ReadonlySet<ReleaseStatus> {
  const states = new Set<ReleaseStatus>()
  if (flags.deployed) states.add('deployed')
  if (flags.uninstalled) states.add('uninstalled')
  if (flags.uninstalling) states.add('uninstalling')
  if (flags.pending) for (const one of ['install', 'upgrade', 'rollback'] as const) states.add(`pending-${one}`)
  if (flags.failed) states.add('failed')
  if (flags.superseded) states.add('superseded')
  return states.size === 0 ? ALL_STATES : states
}

async function timeFormatter(layout: string): Promise<(time: string) => string> {
  if (layout === '') return goTimeString
  const { formatRecordTime } = await import('./time-format.ts')
  return (time) => formatRecordTime(time, layout)
}

async function nameFilter(pattern: string): Promise<(name: string) => boolean> {
  if (pattern === '') return () => true
  const { compileFilter } = await import('./name-filter.ts')
  try {
    return compileFilter(pattern)
  } catch (error) {
    throw commandFailed(errorText(error), error)
  }
}

async function labelFilter(selector: string): Promise<(labels: Readonly<Record<string, string>>) => boolean> {
  if (selector === '') return () => true
  const { compileSelector } = await import('./label-filter.ts')
  return compileSelector(selector)
}
