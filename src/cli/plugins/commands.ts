import { errorText } from '../../base/index.ts'
import type { CatalogEntry } from '../catalog-entry.ts'
import { anyArgs, type Command, defineCommand } from '../command.ts'
import type { UnparsedCompletion } from '../completion/completion.ts'
import type { CliContext } from '../context.ts'
import { type Plugin, findPlugins } from './plugin.ts'
import { splitGlobalFlags } from '../parse/plugin-arguments.ts'
import { pluginCompletion } from './completion.ts'
import { runCommandPlugin } from './run.ts'

/**
 * Command plugins as entries of the catalog; those whose names are taken are left out with a message. With `forShell` they bring
 * what their files tell for completion.
 */
export function pluginEntries(ctx: CliContext, taken: ReadonlySet<string>, forShell: boolean): CatalogEntry[] {
  const entries: CatalogEntry[] = []
  let plugins: Plugin[]
  try {
    plugins = findPlugins(ctx, 'cli/v1')
  } catch (error) {
    ctx.log.error('failed to load plugins', { error: errorText(error) })
    return entries
  }
  for (const plugin of plugins) {
    const [name = plugin.name] = (plugin.usage || plugin.name).split(' ')
    if (taken.has(name)) {
      ctx.log.error('failed to load plugins: name conflicts', { name })
      return entries
    }
    const completion = forShell ? pluginCompletion(ctx, plugin, name) : undefined
    entries.push({
      path: name,
      summary: plugin.shortHelp || `the "${plugin.name}" plugin`,
      ...(plugin.longHelp === '' ? {} : { description: plugin.longHelp }),
      ...(completion === undefined ? {} : { switches: completion.own.flagNames }),
      load: async () => pluginCommand(name, plugin, completion?.own),
    })
    entries.push(...(completion?.below ?? []))
  }
  return entries
}

function pluginCommand(path: string, plugin: Plugin, unparsed: UnparsedCompletion | undefined): Command {
  return defineCommand({
    path,
    ...(plugin.usage.includes(' ') ? { usage: plugin.usage.slice(plugin.usage.indexOf(' ') + 1) } : {}),
    args: anyArgs,
    flags: {},
    rawArguments: true,
    ...(unparsed === undefined ? {} : { unparsed }),
    run: (ctx, argv) => runCommandPlugin(ctx, plugin, plugin.ignoreFlags ? [] : splitGlobalFlags(argv).others),
  })
}
