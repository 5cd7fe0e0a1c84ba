import { stat } from 'node:fs/promises'
import path from 'node:path'
import { clusterHasData, clusterStillRuns } from '../../bundled/errors.ts'
import { filesOf } from '../../bundled/ensure.ts'
import { createClusterFolder } from '../../bundled/home.ts'
import { readRunningState } from '../../bundled/state.ts'
import { defineCommand, exactArgs } from '../../command.ts'
import { boolFlag } from '../../flags/define.ts'
import { clusterFlag } from './backup.ts'

/** `cluster restore`: a cluster from a backup. */
export const clusterRestore = defineCommand({
  path: 'cluster restore',
  usage: 'FILE',
  description: `Makes a bundled cluster from a file that "cluster backup" wrote. The cluster must be stopped; what it stored before is
replaced, which takes --force.`,
  examples: `$0 cluster stop
$0 cluster restore before-upgrade.backup --force
$0 cluster restore before-upgrade.backup --cluster copy`,
  args: exactArgs(1),
  flags: { cluster: clusterFlag, force: boolFlag('replace what the cluster has stored') },
  async run(ctx, [file = ''], flags) {
    const files = filesOf(ctx.env, flags.cluster)
    if ((await readRunningState(files)) !== undefined) throw clusterStillRuns(files.name)
    const exists = await stat(files.dataDir).then(
      () => true,
      () => false,
    )
    if (exists && !flags.force) throw clusterHasData(files.name)
    await createClusterFolder(files)
    const { restoreCluster } = await import('../../../cluster/index.ts')
    const count = await restoreCluster(files.dataDir, path.resolve(file))
    ctx.printLine(`Cluster "${files.name}" restored from ${file} (${count} objects)`)
  },
})
