import {
  findRepository,
  loadRepositories,
  removeFromCache,
  type RepositoriesFile,
  saveRepositories,
  withoutRepository,
} from '../../../repo/index.ts'
import { defineCommand, minArgs } from '../../command.ts'
import { repositoryNames } from '../../completion/candidates.ts'
import { commandFailed } from '../../errors.ts'

/** `repo remove` */
export const repoRemove = defineCommand({
  path: 'repo remove',
  usage: '[REPO1 [REPO2 ...]]',
  description: 'Removes chart repositories and what is cached of them.',
  examples: '$0 repo remove podinfo',
  args: minArgs(1),
  flags: {},
  complete: (ctx, args) => ({ candidates: repositoryNames(ctx, args) }),
  run(ctx, names) {
    const path = ctx.settings.repositoryConfig
    let file = repositoriesOf(path)
    if (file === undefined || file.repositories.length === 0) throw commandFailed('no repositories configured')
    for (const name of names) {
      if (findRepository(file, name) === undefined) throw commandFailed(`no repo named "${name}" found`)
      file = withoutRepository(file, name)
      saveRepositories(file, path)
      removeFromCache(ctx.settings.repositoryCache, name)
      ctx.printLine(`"${name}" has been removed from your repositories`)
    }
  },
})

function repositoriesOf(path: string): RepositoriesFile | undefined {
  try {
    return loadRepositories(path)
  } catch {
    return undefined
  }
}
