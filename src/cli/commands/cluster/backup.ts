import path from 'node:path'
import { clusterNotStored } from '../../bundled/errors.ts'
import { existingFilesOf } from '../../bundled/ensure.ts'
import { readRunningState } from '../../bundled/state.ts'
import { defineCommand, exactArgs } from '../../command.ts'
import { stringFlag } from '../../flags/define.ts'

/** `--cluster`: which bundled cluster a command is about whose arguments name other things. */
export const clusterFlag = stringFlag('name of the bundled cluster', 'chartctl')

/** `cluster backup`: everything a cluster stores, in one file. */
export const clusterBackup = defineCommand({
  path: 'cluster backup',
  usage: 'FILE',
  description: `Writes everything that a bundled cluster stores on disk into a file: all objects as of one moment, and its keys. The
cluster may run meanwhile. Treat the file as a password.`,
  examples: '$0 cluster backup before-upgrade.backup',
  args: exactArgs(1),
  flags: { cluster: clusterFlag },
  async run(ctx, [file = ''], flags) {
    const files = await existingFilesOf(ctx.env, flags.cluster)
    const state = await readRunningState(files)
    if (state?.storage === 'memory') throw clusterNotStored(files.name)
    const { backupCluster } = await import('../../../cluster/index.ts')
    const count = await backupCluster(files.dataDir, path.resolve(file), ctx.host.clock.nowMs())
    ctx.printLine(`Cluster "${files.name}" backed up to ${file} (${count} objects)`)
  },
})
