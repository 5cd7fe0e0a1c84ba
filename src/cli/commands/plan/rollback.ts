import { makePlan } from '../../../release/index.ts'
import { defineCommand, minArgs } from '../../command.ts'
import { completeRevision, rollbackFlags, rollbackRequest } from '../release/rollback.ts'
import { deployExclusive } from '../release/deploy-request.ts'
import { withSession } from '../release/session.ts'
import { planFileFlag, writePlan } from './write-plan.ts'

/** `plan rollback` */
export const planRollbackCommand = defineCommand({
  path: 'plan rollback',
  usage: '<RELEASE> [REVISION]',
  description: `Shows what a rollback would do, and saves it with -o. The command apply carries it out, and refuses when the release or
its objects have changed since.`,
  examples: '$0 plan rollback web 3 -o back.plan\n$0 apply back.plan',
  args: minArgs(1),
  flags: { ...rollbackFlags, output: planFileFlag },
  exclusive: deployExclusive,
  complete: completeRevision,
  async run(ctx, [name = '', revision], flags) {
    const request = rollbackRequest(ctx, name, revision, flags)
    const plan = await withSession(ctx, ({ ports }) => makePlan(ports, { type: 'rollback', request }, ctx.signal))
    writePlan(ctx, plan, flags.output)
  },
})
