import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { anyArgs, defineCommand } from '../../command.ts'
import type { CliContext } from '../../context.ts'
import { commandFailed } from '../../errors.ts'
import { loadPlugin } from '../../plugins/plugin.ts'
import { runPluginHook } from '../../plugins/run.ts'
import { forEachPlugin, pluginCandidates } from './candidates.ts'

/** `plugin update` */
export const pluginUpdate = defineCommand({
  path: 'plugin update',
  usage: '<plugin>...',
  description: 'Fetches newer versions of plugins that were installed from a Git repository.',
  examples: '$0 plugin update diff',
  args: anyArgs,
  flags: {},
  complete: (ctx, args) => pluginCandidates(ctx, args),
  async run(ctx, names) {
    if (names.length === 0) throw commandFailed('please provide plugin name to update')
    const failures = await forEachPlugin(ctx, names, 'update', async (plugin) => {
      const folder = realpathSync(plugin.folder)
      pull(ctx, folder)
      await runPluginHook(ctx, loadPlugin(folder), 'update')
      ctx.printLine(`Updated plugin: ${plugin.name}`)
    })
    if (failures.length > 0) throw commandFailed(failures.join('\n'))
  },
})

function pull(ctx: CliContext, folder: string): void {
  if (!existsSync(join(folder, '.git'))) {
    ctx.log.warn('cannot get information about plugin source', { location: folder, error: 'Cannot detect VCS' })
    throw commandFailed('cannot get information about plugin source')
  }
  const status = spawnSync('git', ['status', '--porcelain'], { cwd: folder, encoding: 'utf8' })
  if (status.stdout !== '') throw commandFailed('plugin repo was modified')
  const result = spawnSync('git', ['pull', '--quiet', '--ff-only'], { cwd: folder, encoding: 'utf8' })
  if (result.status !== 0) throw commandFailed(result.stderr.trim())
}
