import { defineCommand, exactArgs } from '../../command.ts'
import { completeRelease, readRelease, revisionFlag } from './content.ts'

/** `get notes` */
export const getNotesCommand = defineCommand({
  path: 'get notes',
  usage: 'RELEASE_NAME',
  description: "Prints the notes of a release's chart.",
  examples: '$0 get notes web',
  args: exactArgs(1),
  flags: { revision: revisionFlag },
  complete: completeRelease,
  async run(ctx, [name = ''], flags) {
    const { notes } = (await readRelease(ctx, name, flags.revision)).info
    if (notes !== '') ctx.print(`NOTES:\n${notes}\n`)
  },
})
