import { status } from '../../../release/index.ts'
import { defineCommand, exactArgs } from '../../command.ts'
import { intFlag } from '../../flags/define.ts'
import { outputFlag } from '../../flags/output.ts'
import { oneRelease, revisionValues } from './candidates.ts'
import { printRelease } from './release-view.ts'
import { withSession } from './session.ts'

/** `status` */
export const statusCommand = defineCommand({
  path: 'status',
  usage: 'RELEASE_NAME',
  description: `Shows a release: when it was deployed, its state and revision, its live resources, the last run of its tests, and its
notes.`,
  examples: '$0 status web\n$0 status web --revision 2 -o yaml',
  args: exactArgs(1),
  flags: {
    output: outputFlag,
    revision: intFlag('revision to show; the newest by default', 0, { complete: revisionValues }),
  },
  complete: oneRelease,
  async run(ctx, [name = ''], flags) {
    const request = { name, revision: flags.revision, tables: flags.output === 'table' }
    const { release, resources } = await withSession(ctx, ({ ports }) => status(ports, request, ctx.signal))
    printRelease(ctx, flags.output, release, { resources, withoutChart: true })
  },
})
