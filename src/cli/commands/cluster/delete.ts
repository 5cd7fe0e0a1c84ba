import { rm } from 'node:fs/promises'
import { removeContext, userKubeconfig } from '../../bundled/contexts.ts'
import { existingFilesOf } from '../../bundled/ensure.ts'
import { stopCluster } from '../../bundled/launch.ts'
import { defineCommand, maxArgs } from '../../command.ts'

/** `cluster delete`: stops the cluster, removes its data and its context. */
export const clusterDelete = defineCommand({
  path: 'cluster delete',
  usage: '[NAME]',
  description:
    'Stops a bundled cluster and removes its data, and its context from your kubeconfig. There is no way back.',
  examples: '$0 cluster delete',
  args: maxArgs(1),
  flags: {},
  async run(ctx, [name]) {
    const files = await existingFilesOf(ctx.env, name)
    await stopCluster(files)
    await rm(files.folder, { recursive: true, force: true })
    await removeContext(userKubeconfig(ctx.env, ctx.folders.home), files.name)
    ctx.printLine(`Cluster "${files.name}" deleted`)
  },
})
