import { existingFilesOf } from '../../bundled/ensure.ts'
import { withBundledApi } from '../../bundled/connect.ts'
import { applySetting, parseSetting, settingLines } from '../../bundled/simulate.ts'
import { anyArgs, defineCommand } from '../../command.ts'
import { boolFlag } from '../../flags/define.ts'
import { clusterFlag } from './backup.ts'

/** `cluster simulate`: failures, load and time, for people who test their charts and operators. */
export const clusterSimulate = defineCommand({
  path: 'cluster simulate',
  usage: '[SETTING[=VALUE] [KIND/NAME...]]',
  description: `Tells a bundled cluster how its simulated containers, nodes and API behave: images that cannot be pulled, crash loops,
probes that fail, load, lost nodes, a slow or failing API, the passing of time. Without arguments it lists every setting. Settings are
annotations (simulate.chartctl.dev/…), so manifests can carry them too; docs/simulation.md tells all about them.`,
  examples: `$0 cluster simulate pull-error deployment/web
$0 cluster simulate ready-after=30s statefulset/db --namespace shop
$0 cluster simulate fail-probe=liveness pod/web-0
$0 cluster simulate crash-loop deployment/web --off
$0 cluster simulate lost node/chartctl-node-2
$0 cluster simulate clock=10m
$0 cluster simulate api-errors=503:10%`,
  args: anyArgs,
  flags: { cluster: clusterFlag, off: boolFlag('switch the setting off') },
  async run(ctx, [text, ...targets], flags) {
    if (text === undefined) {
      for (const line of settingLines()) ctx.printLine(line)
      return
    }
    const files = await existingFilesOf(ctx.env, flags.cluster)
    const setting = parseSetting(text, flags.off)
    const namespace = ctx.settings.namespace === '' ? 'default' : ctx.settings.namespace
    await withBundledApi(files, async (api) => {
      for (const line of await applySetting(api, setting, targets, namespace)) ctx.printLine(line)
    })
  },
})
