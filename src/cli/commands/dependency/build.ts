import { buildDependencies, RepoError } from '../../../repo/index.ts'
import { defineCommand, maxArgs } from '../../command.ts'
import { commandFailed } from '../../errors.ts'
import { repoEnvironmentAtOnce } from '../../repositories.ts'
import { dependencyFlags, dependencyRequest } from './flags.ts'

/** `dependency build` */
export const dependencyBuild = defineCommand({
  path: 'dependency build',
  usage: 'CHART',
  description: `Fills charts/ with the versions that Chart.lock names, without looking for newer ones.

Without a lock file it does what 'dependency update' does.`,
  examples: '$0 dependency build ./chart',
  args: maxArgs(1),
  flags: dependencyFlags,
  async run(ctx, [folder = '.'], flags) {
    const request = dependencyRequest(ctx, folder, flags, flags.verify ? 'if-possible' : 'never')
    try {
      await buildDependencies(request, repoEnvironmentAtOnce(ctx, flags))
    } catch (error) {
      if (!(error instanceof RepoError) || error.code !== 'REPOSITORY_UNKNOWN') throw error
      throw commandFailed(`${error.message}. Please add the missing repos via 'helm repo add'`, error)
    }
  },
})
