import { planChanges } from '../../../release/index.ts'
import { defineCommand, exactArgs } from '../../command.ts'
import type { CliContext } from '../../context.ts'
import { releaseCandidates } from '../release/candidates.ts'
import { deployExclusive, postRendererOf } from '../release/deploy-request.ts'
import { installRequest } from '../release/install.ts'
import { withSession } from '../release/session.ts'
import { existing, type UpgradeFlags, upgradeFlags, upgradeRequest } from '../release/upgrade.ts'
import { diffFlags, showChanges } from './view.ts'

/** `diff upgrade` */
export const diffUpgradeCommand = defineCommand({
  path: 'diff upgrade',
  usage: '[RELEASE] [CHART]',
  description: `Shows what an upgrade with the same flags would do: which objects it would create, change (field by field, as the server
says in a dry run) and delete, and which hooks would run. Nothing is changed. Values of Secrets are hidden.`,
  examples: `$0 diff upgrade web ./chart --set replicaCount=3
$0 diff upgrade web ./chart -f values.yaml --detailed-exitcode
$0 diff upgrade --install web ./chart -o json`,
  args: exactArgs(2),
  flags: { ...upgradeFlags, ...diffFlags },
  exclusive: deployExclusive,
  complete: (ctx, args) => (args.length === 0 ? releaseCandidates(ctx) : { candidates: [], files: true }),
  async run(ctx, [name = '', chart = ''], flags) {
    const renderer = await postRendererOf(ctx, flags)
    showChanges(ctx, await upgradeChanges(ctx, name, chart, { ...flags, renderer }), flags)
  },
})

async function upgradeChanges(
  ctx: CliContext,
  name: string,
  chart: string,
  flags: UpgradeFlags & { readonly install: boolean },
) {
  const dry = { ...flags, dryRun: 'server' }
  return withSession(ctx, async (session) => {
    const { signal } = ctx
    if (flags.install && (await existing(session, name)) !== 'present') {
      const serverSide = flags.serverSide !== 'false'
      const request = await installRequest(ctx, name, chart, { ...dry, serverSide, replace: false })
      return (await planChanges(session.ports, { type: 'install', request }, signal)).changes
    }
    const request = await upgradeRequest(ctx, name, chart, dry)
    return (await planChanges(session.ports, { type: 'upgrade', request }, signal)).changes
  })
}
