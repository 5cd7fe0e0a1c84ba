import { defineCommand, exactArgs } from '../../command.ts'
import { completeRelease, readRelease, revisionFlag } from './content.ts'

/** `get hooks` */
export const getHooksCommand = defineCommand({
  path: 'get hooks',
  usage: 'RELEASE_NAME',
  description: 'Prints the hooks of a release as a stream of YAML documents.',
  examples: '$0 get hooks web',
  args: exactArgs(1),
  flags: { revision: revisionFlag },
  complete: completeRelease,
  async run(ctx, [name = ''], flags) {
    const release = await readRelease(ctx, name, flags.revision)
    for (const hook of release.hooks) ctx.print(`---\n# Source: ${hook.path}\n${hook.manifest}\n`)
  },
})
