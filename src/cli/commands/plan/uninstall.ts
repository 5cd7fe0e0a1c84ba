import { makePlan } from '../../../release/index.ts'
import { defineCommand, exactArgs } from '../../command.ts'
import { oneRelease } from '../release/candidates.ts'
import { withSession } from '../release/session.ts'
import { uninstallFlags, uninstallRequest } from '../release/uninstall.ts'
import { planFileFlag, writePlan } from './write-plan.ts'

const { dryRun: _dryRun, ...flags } = uninstallFlags

/** `plan uninstall` */
export const planUninstallCommand = defineCommand({
  path: 'plan uninstall',
  usage: 'RELEASE_NAME',
  description: `Shows what an uninstall would delete and which hooks would run, and saves it with -o. The command apply carries it out,
and refuses when the release or its objects have changed since.`,
  examples: '$0 plan uninstall web -o gone.plan\n$0 apply gone.plan',
  args: exactArgs(1),
  flags: { ...flags, output: planFileFlag },
  complete: oneRelease,
  async run(ctx, [name = ''], given) {
    const request = uninstallRequest(name, { ...given, dryRun: false })
    const plan = await withSession(ctx, ({ ports }) => makePlan(ports, { type: 'uninstall', request }, ctx.signal))
    writePlan(ctx, plan, given.output)
  },
})
