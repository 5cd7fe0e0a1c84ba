import { existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import { closedCompletion, defineCommand, anyArgs } from '../../command.ts'
import type { CliContext } from '../../context.ts'
import { stringFlag } from '../../flags/define.ts'
import { formatTable } from '../../output/table.ts'
import { findPlugins, type Plugin } from '../../plugins/plugin.ts'

/** `plugin list` */
export const pluginList = defineCommand({
  path: 'plugin list',
  description: 'Lists the plugins that are installed.',
  examples: '$0 plugin list --type postrenderer/v1',
  args: anyArgs,
  flags: { type: stringFlag('only plugins of this type: cli/v1, getter/v1 or postrenderer/v1') },
  complete: () => closedCompletion,
  run(ctx, _args, { type }) {
    ctx.log.debug('pluginDirs', { directory: ctx.settings.pluginsDirectory })
    const rows = findPlugins(ctx, type).map((plugin) => [
      plugin.name,
      plugin.version,
      plugin.type,
      plugin.apiVersion,
      provenanceOf(ctx, plugin),
      plugin.sourceUrl || 'unknown',
    ])
    ctx.printLine(formatTable([['NAME', 'VERSION', 'TYPE', 'APIVERSION', 'PROVENANCE', 'SOURCE'], ...rows]))
  },
})

function provenanceOf(ctx: CliContext, plugin: Plugin): string {
  const folder = join(ctx.folders.data, 'plugins')
  const found = lstatSync(join(folder, plugin.name), { throwIfNoEntry: false })
  if (found === undefined) return 'unknown'
  if (found.isSymbolicLink()) return 'local dev'
  const archive = join(folder, `${plugin.name}-${plugin.version}.tgz`)
  return existsSync(archive) && existsSync(`${archive}.prov`) ? 'signed' : 'unsigned'
}
