import { existingFilesOf } from '../../bundled/ensure.ts'
import { stopCluster } from '../../bundled/launch.ts'
import { defineCommand, maxArgs } from '../../command.ts'

/** `cluster stop`: ends the process; what it stored on disk stays. */
export const clusterStop = defineCommand({
  path: 'cluster stop',
  usage: '[NAME]',
  description: 'Stops a bundled cluster. Objects on disk stay, so that the next start goes on where it stopped.',
  examples: '$0 cluster stop',
  args: maxArgs(1),
  flags: {},
  async run(ctx, [name]) {
    const files = await existingFilesOf(ctx.env, name)
    const stopped = await stopCluster(files)
    ctx.printLine(`Cluster "${files.name}" ${stopped ? 'stopped' : 'was not running'}`)
  },
})
