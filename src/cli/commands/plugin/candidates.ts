import { errorText } from '../../../base/index.ts'
import type { Completion } from '../../command.ts'
import type { CliContext } from '../../context.ts'
import { findPlugins, type Plugin } from '../../plugins/plugin.ts'

/** Names of command plugins for completion, without those in `except`. */
export function pluginCandidates(ctx: CliContext, except: readonly string[]): Completion {
  const plugins = findPlugins(ctx, 'cli/v1').filter((plugin) => !except.includes(plugin.name))
  return { candidates: plugins.map((plugin) => `${plugin.name}\t${plugin.shortHelp}`) }
}

/** Does something with each named plugin; failures are gathered into one error. */
export async function forEachPlugin(
  ctx: CliContext,
  names: readonly string[],
  verb: string,
  work: (plugin: Plugin) => Promise<void>,
): Promise<string[]> {
  const plugins = findPlugins(ctx)
  const failures: string[] = []
  for (const name of names) {
    const plugin = plugins.find((candidate) => candidate.name === name)
    if (plugin === undefined) {
      failures.push(`plugin: ${name} not found`)
      continue
    }
    try {
      await work(plugin)
    } catch (error) {
      failures.push(`failed to ${verb} plugin ${name}, got error (${errorText(error)})`)
    }
  }
  return failures
}
