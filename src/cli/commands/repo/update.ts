import { errorText } from '../../../base/index.ts'
import {
  checkRepositoryUrl,
  isMissingFile,
  loadRepositories,
  type RepositoryEntry,
  updateRepositories,
} from '../../../repo/index.ts'
import { anyArgs, defineCommand } from '../../command.ts'
import { repositoryNames } from '../../completion/candidates.ts'
import { commandFailed } from '../../errors.ts'
import { durationFlag } from '../../flags/define.ts'
import { repoEnvironment } from '../../repositories.ts'

/** `repo update` */
export const repoUpdate = defineCommand({
  path: 'repo update',
  usage: '[REPO1 [REPO2 ...]]',
  description: `Fetches the newest index of each chart repository, or of those you name.

What is fetched is kept on disk, where 'search repo' and 'install' read it.`,
  examples: '$0 repo update\n$0 repo update podinfo',
  args: anyArgs,
  flags: { timeout: durationFlag('how long the download of the index may take', 120_000) },
  complete: (ctx, args) => ({ candidates: repositoryNames(ctx, args) }),
  async run(ctx, names, { timeout }) {
    const entries = chosen(ctx.settings.repositoryConfig, names)
    const env = repoEnvironment(ctx)
    for (const entry of entries) checkRepositoryUrl(entry, env)
    ctx.printLine('Hang tight while we grab the latest from your chart repositories...')
    const failed: string[] = []
    await updateRepositories(
      entries,
      env,
      ({ entry, problem }) => {
        if (problem === undefined)
          return ctx.printLine(`...Successfully got an update from the "${entry.name}" chart repository`)
        ctx.printLine(
          `...Unable to get an update from the "${entry.name}" chart repository (${entry.url}):\n\t${problem}`,
        )
        failed.push(entry.url)
      },
      { timeoutMs: timeout },
    )
    if (failed.length > 0) throw commandFailed(`failed to update the following repositories: [${failed.join(' ')}]`)
    ctx.printLine('Update Complete. ⎈Happy Helming!⎈')
  },
})

function chosen(path: string, names: readonly string[]): readonly RepositoryEntry[] {
  let entries: readonly RepositoryEntry[]
  try {
    entries = loadRepositories(path).repositories
  } catch (error) {
    if (!isMissingFile(error)) throw commandFailed(`failed loading file: ${path}: ${errorText(error)}`, error)
    entries = []
  }
  if (entries.length === 0) throw commandFailed('no repositories found. You must add one before updating')
  for (const name of names) {
    if (!entries.some((entry) => entry.name === name)) {
      throw commandFailed(`no repositories found matching '${name}'.  Nothing will be updated`)
    }
  }
  return names.length === 0 ? entries : entries.filter((entry) => names.includes(entry.name))
}
