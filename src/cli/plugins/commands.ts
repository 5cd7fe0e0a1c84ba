import { errorText } from '../../base/index.ts'
import type { CatalogEntry } from '../catalog-entry.ts'
import { anyArgs, type Command, defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { type Plugin, findPlugins } from './plugin.ts'
import { runCommandPlugin } from './run.ts'

/** Command plugins as entries of the catalog; those whose names are taken are left out with a message. */
export function pluginEntries(ctx: CliContext, taken: ReadonlySet<string>): CatalogEntry[] {
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
    entries.push({
      path: name,
      summary: plugin.shortHelp || `the "${plugin.name}" plugin`,
      ...(plugin.longHelp === '' ? {} : { description: plugin.longHelp }),
      load: async () => pluginCommand(name, plugin),
    })
  }
  return entries
}

function pluginCommand(path: string, plugin: Plugin): Command {
  return defineCommand({
    path,
    ...(plugin.usage.includes(' ') ? { usage: plugin.usage.slice(plugin.usage.indexOf(' ') + 1) } : {}),
    args: anyArgs,
    flags: {},
    rawArguments: true,
    run: (ctx, argv) => runCommandPlugin(ctx, plugin, plugin.ignoreFlags ? [] : withoutGlobalFlags(argv)),
  })
}

const valueFlags = new Set([
  '--kube-context',
  '--namespace',
  '-n',
  '--kubeconfig',
  '--kube-apiserver',
  '--kube-token',
  '--kube-as-user',
  '--kube-as-group',
  '--kube-ca-file',
  '--registry-config',
  '--repository-cache',
  '--repository-config',
  '--kube-insecure-skip-tls-verify',
  '--kube-tls-server-name',
])

/** Plugins learn the global flags from their environment, so these are taken out of their arguments. */
function withoutGlobalFlags(argv: readonly string[]): string[] {
  const rest: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === '--debug' || valueFlags.has(word.slice(0, Math.max(0, word.indexOf('='))))) continue
    if (valueFlags.has(word)) at += 1
    else rest.push(word)
  }
  return rest
}
