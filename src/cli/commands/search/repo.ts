import { errorText } from '../../../base/index.ts'
import { GoRegexp } from '../../../go/index.ts'
import { type SearchMatcher, searchRepositories } from '../../../repo/index.ts'
import { anyArgs, defineCommand } from '../../command.ts'
import { commandFailed } from '../../errors.ts'
import { boolFlag, stringFlag, uintFlag } from '../../flags/define.ts'
import { outputFlag } from '../../flags/output.ts'
import { printOutput } from '../../output/format.ts'
import { repoEnvironment } from '../../repositories.ts'

/** `search repo` */
export const searchRepo = defineCommand({
  path: 'search repo',
  usage: '[keyword]',
  description: `Searches names, descriptions and keywords of the charts in the repositories you added.

It reads what 'repo update' has stored, and needs no network. Only the newest release of a chart is shown;
--devel lets pre-releases count, --versions shows all versions, --version narrows them by a constraint.`,
  examples: "$0 search repo nginx\n$0 search repo nginx --devel\n$0 search repo nginx --version '^1.0.0' --versions",
  args: anyArgs,
  flags: {
    devel: boolFlag('take development versions too, as --version ">0.0.0-0"; ignored when --version is given'),
    failOnNoResult: boolFlag('fail when nothing is found'),
    maxColWidth: uintFlag('widest column of the table', 50),
    output: outputFlag,
    regexp: boolFlag('the keyword is a regular expression', false, { short: 'r' }),
    version: stringFlag('constraint that versions must satisfy'),
    versions: boolFlag('show every version of a chart on a line of its own', false, { short: 'l' }),
  },
  async run(ctx, args, flags) {
    ctx.log.debug('original chart version', { version: flags.version })
    const version = flags.version !== '' ? flags.version : flags.devel ? '>0.0.0-0' : '>0.0.0'
    if (flags.version === '') ctx.log.debug(`setting version to ${version}`)
    const term = args.join(' ')
    const matcher = flags.regexp && args.length > 0 ? regexpMatcher(term) : undefined
    const hits = searchRepositories(repoEnvironment(ctx), {
      term,
      version,
      allVersions: flags.versions,
      ...(matcher === undefined ? {} : { matcher }),
    })
    if (hits.length === 0 && flags.failOnNoResult) throw commandFailed('no results found')
    const headers = ['NAME', 'CHART VERSION', 'APP VERSION', 'DESCRIPTION']
    const fields = hits.map(({ name, chart: { metadata } }) => [
      name,
      metadata.version,
      metadata.appVersion,
      metadata.description,
    ])
    printOutput(
      ctx,
      flags.output,
      {
        table: () => (hits.length === 0 ? 'No results found' : [headers, ...fields]),
        value: () =>
          fields.map(([name, version, app_version, description]) => ({ name, version, app_version, description })),
      },
      { maxColumnWidth: flags.maxColWidth },
    )
  },
})

/** Position of the first match of a regular expression in Go's syntax, which is read when the first line is asked about. */
function regexpMatcher(pattern: string): SearchMatcher {
  return () => {
    try {
      const expression = GoRegexp.compile(pattern)
      return (line) => expression.findAllIndexes(line, 1)[0]?.[0] ?? -1
    } catch (error) {
      throw commandFailed(errorText(error), error)
    }
  }
}
