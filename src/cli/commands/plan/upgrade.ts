import { makePlan, type PlanRequest } from '../../../release/index.ts'
import { defineCommand, exactArgs } from '../../command.ts'
import { releaseCandidates } from '../release/candidates.ts'
import { deployExclusive, postRendererOf } from '../release/deploy-request.ts'
import { installRequest } from '../release/install.ts'
import { type Session, withSession } from '../release/session.ts'
import { existing, upgradeFlags, upgradeRequest } from '../release/upgrade.ts'
import { planFileFlag, writePlan } from './write-plan.ts'

/** `plan upgrade` */
export const planUpgradeCommand = defineCommand({
  path: 'plan upgrade',
  usage: '[RELEASE] [CHART]',
  description: `Shows what an upgrade with the same flags would do, and saves it with -o: the manifest as it was rendered, and what the
release and its objects were like. The command apply carries it out, and refuses when any of that has changed. The file
holds Secrets of the chart.`,
  examples: `$0 plan upgrade web ./chart -f values.yaml -o web.plan
$0 plan upgrade --install web ./chart -o web.plan
$0 apply web.plan`,
  args: exactArgs(2),
  flags: { ...upgradeFlags, output: planFileFlag },
  exclusive: deployExclusive,
  complete: (ctx, args) => (args.length === 0 ? releaseCandidates(ctx) : { candidates: [], files: true }),
  async run(ctx, [name = '', chart = ''], flags) {
    const renderer = await postRendererOf(ctx, { ...flags, output: 'table' })
    const common = { ...flags, output: 'table' as const, dryRun: 'none', renderer }
    const request = async (session: Session): Promise<PlanRequest> => {
      if (!flags.install || (await existing(session, name)) === 'present') {
        return { type: 'upgrade', request: await upgradeRequest(ctx, name, chart, common) }
      }
      const install = { ...common, serverSide: flags.serverSide !== 'false', replace: false }
      return { type: 'install', request: await installRequest(ctx, name, chart, install) }
    }
    const plan = await withSession(ctx, async (session) => makePlan(session.ports, await request(session), ctx.signal))
    writePlan(ctx, plan, flags.output)
  },
})
