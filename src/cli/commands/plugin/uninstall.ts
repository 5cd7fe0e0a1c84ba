import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { anyArgs, defineCommand } from '../../command.ts'
import { commandFailed } from '../../errors.ts'
import { runPluginHook } from '../../plugins/run.ts'
import { forEachPlugin, pluginCandidates } from './candidates.ts'

/** `plugin uninstall` */
export const pluginUninstall = defineCommand({
  path: 'plugin uninstall',
  usage: '<plugin>...',
  description: 'Removes plugins.',
  examples: '$0 plugin uninstall diff',
  args: anyArgs,
  flags: {},
  complete: (ctx, args) => pluginCandidates(ctx, args),
  async run(ctx, names) {
    if (names.length === 0) throw commandFailed('please provide plugin name to uninstall')
    const failures = await forEachPlugin(ctx, names, 'uninstall', async (plugin) => {
      rmSync(plugin.folder, { recursive: true, force: true })
      const archive = join(ctx.settings.pluginsDirectory, `${plugin.name}-${plugin.version}.tgz`)
      rmSync(archive, { force: true })
      rmSync(`${archive}.prov`, { force: true })
      await runPluginHook(ctx, plugin, 'delete')
      ctx.printLine(`Uninstalled plugin: ${plugin.name}`)
    })
    if (failures.length > 0) throw commandFailed(failures.join('\n'))
  },
})
