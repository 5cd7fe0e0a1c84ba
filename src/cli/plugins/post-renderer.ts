import type { PostRender } from '../../render/index.ts'
import { errorText } from '../../base/index.ts'
import type { CliContext } from '../context.ts'
import { commandFailed, invalidFlagValue } from '../errors.ts'
import { findPlugins, type Plugin } from './plugin.ts'
import { pipePlugin } from './run.ts'

/** The post-renderer plugin called `name`; an unknown one is an error of the flag, as in Helm. */
export async function findPostRenderer(ctx: CliContext, name: string, args: readonly string[]): Promise<PostRender> {
  let plugin: Plugin | undefined
  try {
    plugin = findPlugins(ctx, 'postrenderer/v1').find((candidate) => candidate.name === name)
  } catch (error) {
    throw invalidFlagValue(name, '--post-renderer', errorText(error))
  }
  if (plugin === undefined) {
    throw invalidFlagValue(name, '--post-renderer', `plugin: {Name:${name} Type:postrenderer/v1} not found`)
  }
  return {
    strategy: 'combined',
    async run(documents) {
      let output: string
      try {
        const bytes = await pipePlugin(ctx, plugin, plugin.commands, { extra: args, input: documents })
        output = Buffer.from(bytes).toString('utf8')
      } catch (error) {
        throw commandFailed(`failed to invoke post-renderer plugin "${name}": ${errorText(error)}`, error)
      }
      if (output.trim() === '') throw commandFailed(`post-renderer "${name}" produced empty output`)
      return output
    },
  }
}
