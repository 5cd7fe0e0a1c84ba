import { existingFilesOf } from '../../bundled/ensure.ts'
import { withBundledApi } from '../../bundled/connect.ts'
import { defineCommand, minArgs } from '../../command.ts'
import { commandFailed } from '../../errors.ts'
import { clusterFlag } from './backup.ts'

/** `cluster node remove`: takes nodes away, while the cluster runs. */
export const clusterNodeRemove = defineCommand({
  path: 'cluster node remove',
  usage: 'NAME...',
  description: `Removes nodes from a running bundled cluster, as if their machines were given back. Their pods go after a while and are
made anew elsewhere; "kubectl drain" moves them before. The nodes with which the cluster is started come back with its next start.`,
  examples: '$0 cluster node remove chartctl-node-3',
  args: minArgs(1),
  flags: { cluster: clusterFlag },
  async run(ctx, names, flags) {
    const files = await existingFilesOf(ctx.env, flags.cluster)
    await withBundledApi(files, async (api) => {
      for (const name of names) {
        if (!(await api.remove(`/api/v1/nodes/${name}`))) throw commandFailed(`node "${name}" not found`)
        ctx.printLine(`Node "${name}" removed`)
      }
    })
  },
})
