import { diffPlan, planRollbackOf } from '../../../release/index.ts'
import { defineCommand, minArgs } from '../../command.ts'
import { boolFlag } from '../../flags/define.ts'
import { deployExclusive } from '../release/deploy-request.ts'
import { completeRevision, parseRevision } from '../release/rollback.ts'
import { withSession } from '../release/session.ts'
import { serverSideFlag } from '../release/upgrade.ts'
import { diffFlags, showChanges } from './view.ts'

/** `diff rollback` */
export const diffRollbackCommand = defineCommand({
  path: 'diff rollback',
  usage: '<RELEASE> [REVISION]',
  description: `Shows what a rollback would do to every object, as the server says in dry runs. Without REVISION (or with 0) it is the
revision before the newest. Nothing is changed.`,
  examples: '$0 diff rollback web\n$0 diff rollback web 3 -o json',
  args: minArgs(1),
  flags: {
    ...diffFlags,
    force: boolFlag('deprecated', false, { deprecated: 'use --force-replace instead' }),
    forceConflicts: boolFlag('with server-side apply, take over fields that others own'),
    forceReplace: boolFlag('replace resources instead of patching them'),
    noHooks: boolFlag('do not run hooks'),
    serverSide: serverSideFlag,
  },
  exclusive: deployExclusive,
  complete: completeRevision,
  async run(ctx, [name = '', revision], flags) {
    const forceReplace = flags.forceReplace || flags.force
    const changes = await withSession(ctx, async ({ ports }) => {
      const { plan, serverSide } = await planRollbackOf(
        ports,
        {
          name,
          revision: revision === undefined ? 0 : parseRevision(revision),
          dryRun: 'server',
          waitStrategy: 'hookOnly',
          waitForJobs: false,
          disableHooks: flags.noHooks,
          forceReplace,
          forceConflicts: flags.forceConflicts,
          serverSide: flags.serverSide,
          timeoutMs: 0,
          cleanupOnFail: false,
          maxHistory: 0,
        },
        ctx.signal,
      )
      return diffPlan(ports, plan, {
        serverSide,
        forceConflicts: flags.forceConflicts,
        forceReplace,
        signal: ctx.signal,
      })
    })
    showChanges(ctx, changes, flags)
  },
})
