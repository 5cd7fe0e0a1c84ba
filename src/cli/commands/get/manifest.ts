import { defineCommand, exactArgs } from '../../command.ts'
import { completeRelease, readRelease, revisionFlag } from './content.ts'

/** `get manifest` */
export const getManifestCommand = defineCommand({
  path: 'get manifest',
  usage: 'RELEASE_NAME',
  description: 'Prints the manifest of a release: what its chart (and sub-charts) rendered, hooks aside.',
  examples: '$0 get manifest web --revision 2',
  args: exactArgs(1),
  flags: { revision: revisionFlag },
  complete: completeRelease,
  async run(ctx, [name = ''], flags) {
    ctx.printLine((await readRelease(ctx, name, flags.revision)).manifest)
  },
})
