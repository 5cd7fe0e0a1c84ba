import { loadRepositories, type RepositoryEntry } from '../../../repo/index.ts'
import { closedCompletion, defineCommand, noArgs } from '../../command.ts'
import { boolFlag } from '../../flags/define.ts'
import { outputFlag } from '../../flags/output.ts'
import { printOutput } from '../../output/format.ts'

/** `repo list` */
export const repoList = defineCommand({
  path: 'repo list',
  description: 'Lists the chart repositories that were added.',
  examples: '$0 repo list -o json',
  args: noArgs,
  complete: () => closedCompletion,
  flags: { noHeaders: boolFlag('leave out the headers'), output: outputFlag },
  run(ctx, _args, { noHeaders, output }) {
    const repositories = repositoriesOf(ctx.settings.repositoryConfig)
    if (repositories.length === 0 && output === 'table') return ctx.notice('no repositories to show')
    printOutput(ctx, output, {
      table: () => [...(noHeaders ? [] : [['NAME', 'URL']]), ...repositories.map(({ name, url }) => [name, url])],
      value: () => repositories.map(({ name, url }) => ({ name, url })),
    })
  },
})

/** A file that is missing or damaged counts as empty here, as in Helm. */
function repositoriesOf(path: string): readonly RepositoryEntry[] {
  try {
    return loadRepositories(path).repositories
  } catch {
    return []
  }
}
