import { type Chart, loadChartUnchecked, metadataYaml } from '../../../chart/index.ts'
import { locateChart } from '../../../repo/index.ts'
import { type Command, closedCompletion, defineCommand, exactArgs } from '../../command.ts'
import { chartCandidates } from '../../completion/candidates.ts'
import type { CliContext } from '../../context.ts'
import { chartPathFlags, type ChartPathFlags, develFlag } from '../../flags/chart.ts'
import { stringFlag } from '../../flags/define.ts'
import { chartReference, logDevelopment, repoEnvironment } from '../../repositories.ts'

type Part = 'chart' | 'values' | 'readme' | 'crds'

const showFlags = { ...chartPathFlags, devel: develFlag } as const
const readmeNames = ['readme.md', 'readme.txt', 'readme']

/** `show all` */
export const showAll = showCommand(
  'all',
  ['chart', 'values', 'readme', 'crds'],
  'Shows Chart.yaml, values.yaml, README and CRDs of a chart (a folder, an archive, a URL or a name).',
)

/** `show chart` */
export const showChart = showCommand(
  'chart',
  ['chart'],
  'Shows Chart.yaml of a chart (a folder, an archive, a URL or a name).',
)

/** `show crds` */
export const showCrds = showCommand(
  'crds',
  ['crds'],
  'Shows the CRDs of a chart (a folder, an archive, a URL or a name).',
)

/** `show readme` */
export const showReadme = showCommand(
  'readme',
  ['readme'],
  'Shows the README of a chart (a folder, an archive, a URL or a name).',
)

/** `show values` */
export const showValues = defineCommand({
  path: 'show values',
  usage: '[CHART]',
  description: `Shows values.yaml of a chart (a folder, an archive, a URL or a name), or what a JSONPath expression picks from it.`,
  examples: "$0 show values ./chart\n$0 show values podinfo/podinfo --jsonpath '{.image.tag}'",
  args: exactArgs(1),
  flags: { ...showFlags, jsonpath: stringFlag('JSONPath expression that picks from the values') },
  complete: (ctx, args, prefix) => (args.length > 0 ? closedCompletion : chartCandidates(ctx, prefix, { files: true })),
  async run(ctx, [name = ''], flags) {
    const chart = await locate(ctx, name, flags)
    if (flags.jsonpath === '') return ctx.print(partsText(chart, ['values']))
    if (chart.values === undefined) return
    const { printJsonPath } = await import('../../output/jsonpath.ts')
    ctx.print(printJsonPath(flags.jsonpath, chart.values))
  },
})

function showCommand(name: string, parts: readonly Part[], description: string): Command {
  return defineCommand({
    path: `show ${name}`,
    usage: '[CHART]',
    description,
    examples: `$0 show ${name} ./chart\n$0 show ${name} podinfo/podinfo --version 6.7.0`,
    args: exactArgs(1),
    flags: showFlags,
    complete: (ctx, args, prefix) =>
      args.length > 0 ? closedCompletion : chartCandidates(ctx, prefix, { files: true }),
    async run(ctx, [chart = ''], flags) {
      ctx.print(partsText(await locate(ctx, chart, flags), parts))
    },
  })
}

async function locate(
  ctx: CliContext,
  name: string,
  flags: ChartPathFlags & { readonly devel: boolean },
): Promise<Chart> {
  ctx.log.debug('original chart version', { version: flags.version })
  logDevelopment(ctx, flags)
  const env = repoEnvironment(ctx, flags)
  const path = await locateChart(chartReference(name, flags), env, (line) => ctx.printLine(line))
  return loadChartUnchecked(path, { log: ctx.log.asLog() })
}

/** The parts as Helm prints them: with `---` between them when there are several. */
function partsText(chart: Chart, parts: readonly Part[]): string {
  const several = parts.length > 1
  let out = parts.includes('chart') ? `${metadataYaml(chart.metadata)}\n` : ''
  if (parts.includes('values') && chart.values !== undefined) {
    if (several) out += '---\n'
    for (const file of chart.raw) if (file.name === 'values.yaml') out += `${utf8(file.data)}\n`
  }
  const readme = parts.includes('readme')
    ? chart.files.find((file) => readmeNames.includes(file.name.toLowerCase()))
    : undefined
  if (readme !== undefined) out += `${several ? '---\n' : ''}${utf8(readme.data)}\n`
  for (const { file } of parts.includes('crds') ? chart.crds : []) {
    const text = utf8(file.data)
    out += `${text.startsWith('---') ? '' : '---\n'}${text}\n`
  }
  return out
}

function utf8(data: Uint8Array): string {
  return Buffer.from(data).toString('utf8')
}
