import { existsSync } from 'node:fs'
import {
  findRepository,
  loadRepositories,
  lockFileOf,
  removeFromCache,
  type RepositoriesFile,
  saveRepositories,
  withFileLock,
  withoutRepository,
} from '../../../repo/index.ts'
import { defineCommand, minArgs } from '../../command.ts'
import { repositoryNames } from '../../completion/candidates.ts'
import type { CliContext } from '../../context.ts'
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
  async run(ctx, names) {
    const path = ctx.settings.repositoryConfig
    const lockFile = lockFileOf(path)
    // Helm takes no lock here; ours is taken where the file for it is, so that no file comes to be that Helm would not make.
    if (existsSync(lockFile)) await withFileLock(lockFile, async () => remove(ctx, path, names))
    else remove(ctx, path, names)
  },
})

function remove(ctx: CliContext, path: string, names: readonly string[]): void {
  let file = repositoriesOf(path)
  if (file === undefined || file.repositories.length === 0) throw commandFailed('no repositories configured')
  for (const name of names) {
    if (findRepository(file, name) === undefined) throw commandFailed(`no repo named "${name}" found`)
    file = withoutRepository(file, name)
    saveRepositories(file, path, ctx.host.random)
    removeFromCache(ctx.settings.repositoryCache, name)
    ctx.printLine(`"${name}" has been removed from your repositories`)
  }
}

function repositoriesOf(path: string): RepositoriesFile | undefined {
  try {
    return loadRepositories(path)
  } catch {
    return undefined
  }
}
