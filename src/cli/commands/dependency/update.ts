import { updateDependencies } from '../../../repo/index.ts'
import { defineCommand, maxArgs } from '../../command.ts'
import { repoEnvironmentAtOnce } from '../../repositories.ts'
import { dependencyFlags, dependencyRequest } from './flags.ts'

/** `dependency update` */
export const dependencyUpdate = defineCommand({
  path: 'dependency update',
  usage: 'CHART',
  description: `Finds the newest version of each dependency in Chart.yaml that satisfies its constraint, stores it in charts/,
removes archives there that are no longer listed, and writes Chart.lock.`,
  examples: '$0 dependency update ./chart',
  args: maxArgs(1),
  flags: dependencyFlags,
  async run(ctx, [folder = '.'], flags) {
    const request = dependencyRequest(ctx, folder, flags, flags.verify ? 'always' : 'never')
    await updateDependencies(request, repoEnvironmentAtOnce(ctx, flags))
  },
})
