import type { PostRender } from '../../render/index.ts'
import type { CliContext } from '../context.ts'
import { invalidFlagValue } from '../errors.ts'

/** The post-renderer plugin called `name`; an unknown one is an error of the flag, as in Helm. */
export async function findPostRenderer(_ctx: CliContext, name: string, _args: readonly string[]): Promise<PostRender> {
  throw invalidFlagValue(name, '--post-renderer', `plugin: {Name:${name} Type:postrenderer/v1} not found`)
}
