import { errorText } from '../../../base/index.ts'
import { sendHttp } from '../../../net/index.ts'
import { parseUrl, urlProblem } from '../../../repo/index.ts'
import { anyArgs, defineCommand } from '../../command.ts'
import type { CliContext } from '../../context.ts'
import { commandFailed, goQuote } from '../../errors.ts'
import { boolFlag, stringFlag, uintFlag } from '../../flags/define.ts'
import { outputFlag } from '../../flags/output.ts'
import { printOutput } from '../../output/format.ts'

interface HubChart {
  readonly url: string
  readonly version: string
  readonly app_version: string
  readonly description: string
  readonly repository: { readonly url: string; readonly name: string }
}

/** `search hub` */
export const searchHub = defineCommand({
  path: 'search hub',
  usage: '[KEYWORD]',
  description: `Searches Artifact Hub, or the hub at --endpoint (Monocular's API).

Results are addresses of pages about charts; --list-repo-url shows the repository that 'repo add' wants.`,
  examples: '$0 search hub wordpress --list-repo-url',
  args: anyArgs,
  flags: {
    endpoint: stringFlag('hub to ask', 'https://hub.helm.sh'),
    failOnNoResult: boolFlag('fail when nothing is found'),
    listRepoUrl: boolFlag('show the URL of the repository'),
    maxColWidth: uintFlag('widest column of the table', 50),
    output: outputFlag,
  },
  async run(ctx, args, flags) {
    const { endpoint, listRepoUrl } = flags
    const problem = urlProblem(endpoint) ?? (parseUrl(endpoint)?.host ? undefined : 'no hostname provided')
    if (problem !== undefined) throw commandFailed(`unable to create connection to ${goQuote(endpoint)}: ${problem}`)
    const charts = await search(ctx, endpoint, args.join(' '))
    if (charts.length === 0 && flags.failOnNoResult) throw commandFailed('no results found')
    const headers = ['URL', 'CHART VERSION', 'APP VERSION', 'DESCRIPTION', ...(listRepoUrl ? ['REPO URL'] : [])]
    const row = (chart: HubChart): string[] => [
      chart.url,
      chart.version,
      chart.app_version,
      chart.description,
      ...(listRepoUrl ? [chart.repository.url] : []),
    ]
    printOutput(
      ctx,
      flags.output,
      { table: () => (charts.length === 0 ? 'No results found' : [headers, ...charts.map(row)]), value: () => charts },
      { maxColumnWidth: flags.maxColWidth },
    )
  },
})

async function search(ctx: CliContext, endpoint: string, term: string): Promise<HubChart[]> {
  const query = encodeURIComponent(term).replaceAll('%20', '+')
  try {
    const response = await sendHttp({
      url: `${endpoint.replace(/\/$/, '')}/api/chartsvc/v1/charts/search?q=${query}`,
      env: ctx.env,
      signal: ctx.signal,
    })
    if (response.status !== 200) throw commandFailed(`failed to fetch: ${response.status} ${response.statusText}`)
    return chartsIn(response.body).map((item) => chartOf(item, endpoint))
  } catch (error) {
    ctx.log.debug('search failed', { error: errorText(error) })
    throw commandFailed(`unable to perform search against "${endpoint}"`, error)
  }
}

/** The listed charts; as in Helm an answer that is no JSON lists none. */
function chartsIn(body: Uint8Array): readonly unknown[] {
  try {
    const answer = JSON.parse(Buffer.from(body).toString('utf8')) as { data?: unknown } | null
    return Array.isArray(answer?.data) ? answer.data : []
  } catch {
    return []
  }
}

function chartOf(item: unknown, endpoint: string): HubChart {
  const page = textAt(item, 'artifactHub', 'packageUrl')
  return {
    url: page === '' ? `${endpoint}/charts/${textAt(item, 'id')}` : page,
    version: textAt(item, 'relationships', 'latestChartVersion', 'data', 'version'),
    app_version: textAt(item, 'relationships', 'latestChartVersion', 'data', 'app_version'),
    description: textAt(item, 'attributes', 'description'),
    repository: { url: textAt(item, 'attributes', 'repo', 'url'), name: textAt(item, 'attributes', 'repo', 'name') },
  }
}

function textAt(value: unknown, ...path: readonly string[]): string {
  let current = value
  for (const key of path) {
    current = typeof current === 'object' && current !== null ? (current as Record<string, unknown>)[key] : undefined
  }
  return typeof current === 'string' ? current : ''
}
