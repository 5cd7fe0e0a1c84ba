import { hasReleaseCode, history, type Release, upgrade, type UpgradeRequest } from '../../../release/index.ts'
import type { PostRender } from '../../../render/index.ts'
import { closedCompletion, defineCommand, exactArgs } from '../../command.ts'
import { chartCandidates } from '../../completion/candidates.ts'
import type { CliContext } from '../../context.ts'
import { beyondFlags, crdsFlag } from '../../flags/beyond.ts'
import { boolFlag, intFlag, stringFlag } from '../../flags/define.ts'
import { logDevelopment } from '../../repositories.ts'
import { releaseCandidates } from './candidates.ts'
import { readChartInput } from './chart-input.ts'
import {
  announceCancel,
  deployExclusive,
  deployFlags,
  type DeployFlags,
  deployRequest,
  operationFailed,
  postRendererOf,
} from './deploy-request.ts'
import { dryRunStrategy } from './dry-run.ts'
import { runInstall } from './install.ts'
import { printRelease } from './release-view.ts'
import { type Session, withSession } from './session.ts'

/** `--server-side` of upgrade and rollback. */
export const serverSideFlag = stringFlag(
  'apply resources on the server: "true", "false", or "auto" for the method of the previous revision',
  'auto',
)

/** `--history-max` */
export const historyMaxFlag = intFlag(
  'revisions to keep of a release; 0 keeps all',
  (around) => around.settings.maxHistory,
)

/** Flags of `upgrade` that Helm has too. */
export const upgradeFlags = {
  ...deployFlags,
  cleanupOnFail: boolFlag('when the upgrade fails, delete what it created'),
  historyMax: historyMaxFlag,
  install: boolFlag('install the release when there is none', false, { short: 'i' }),
  resetThenReuseValues: boolFlag("begin with the chart's values, lay those of the last revision over them, then yours"),
  resetValues: boolFlag("begin with the chart's values"),
  reuseValues: boolFlag('begin with all values of the last revision'),
  serverSide: serverSideFlag,
} as const

/** `upgrade` */
export const upgradeCommand = defineCommand({
  path: 'upgrade',
  usage: '[RELEASE] [CHART]',
  description: `Upgrades a release to another version of its chart or other values; with --install it installs the release when there
is none. Values of the last revision are used again only when none are given, or by --reuse-values and
--reset-then-reuse-values.`,
  examples: `$0 upgrade web ./chart --set replicaCount=3
$0 upgrade --install web stable/nginx -f values.yaml --wait --timeout 2m
$0 upgrade web ./chart --reuse-values --rollback-on-failure`,
  args: exactArgs(2),
  flags: { ...upgradeFlags, ...beyondFlags, crds: crdsFlag },
  exclusive: deployExclusive,
  complete: (ctx, args, prefix) => {
    if (args.length === 0) return releaseCandidates(ctx)
    return args.length === 1 ? chartCandidates(ctx, prefix, { files: true }) : closedCompletion
  },
  async run(ctx, [name = '', chart = ''], flags) {
    const dryRun = dryRunStrategy(ctx, flags.dryRun)
    const renderer = await postRendererOf(ctx, flags)
    const settled = { ...flags, dryRun, renderer }
    const work = async (session: Session): Promise<Release> => {
      const state = flags.install ? await existing(session, name) : 'present'
      if (state === 'present') return runUpgrade(ctx, session, name, chart, settled)
      session.settle()
      if (flags.output === 'table') ctx.printLine(`Release "${name}" does not exist. Installing it now.`)
      const serverSide = flags.serverSide !== 'false'
      const install = { ...settled, serverSide, replace: state === 'uninstalled' }
      return runInstall(ctx, session, name, chart, install).catch(async (error: unknown) => {
        // Somebody else was faster; who is ready to wait wants the upgrade then.
        if (flags.lockWait <= 0 || !hasReleaseCode(error, 'NAME_IN_USE')) throw error
        return runUpgrade(ctx, session, name, chart, settled)
      })
    }
    const release = await withSession(ctx, work, flags)
    printRelease(ctx, flags.output, release, { debug: ctx.settings.debug, hideNotes: flags.hideNotes })
  },
})

/** What an upgrade takes beyond the shared flags. */
export interface UpgradeFlags extends DeployFlags {
  readonly serverSide: string
  readonly resetValues: boolean
  readonly reuseValues: boolean
  readonly resetThenReuseValues: boolean
  readonly historyMax: number
  readonly cleanupOnFail: boolean
  readonly renderer: PostRender | undefined
}

/** The request of an upgrade, as the command line says it. */
export async function upgradeRequest(
  ctx: CliContext,
  name: string,
  chart: string,
  flags: UpgradeFlags,
): Promise<UpgradeRequest> {
  logDevelopment(ctx, flags)
  const input = await readChartInput(ctx, chart, flags, { mustBeInstallable: false })
  return {
    ...deployRequest(ctx, name, { ...input, postRenderer: flags.renderer }, flags),
    serverSide: flags.serverSide,
    resetValues: flags.resetValues,
    reuseValues: flags.reuseValues,
    resetThenReuseValues: flags.resetThenReuseValues,
    maxHistory: flags.historyMax,
    cleanupOnFail: flags.cleanupOnFail,
  }
}

async function runUpgrade(
  ctx: CliContext,
  session: Session,
  name: string,
  chart: string,
  flags: UpgradeFlags,
): Promise<Release> {
  const request = await upgradeRequest(ctx, name, chart, flags)
  let release: Release
  try {
    release = await upgrade(session.ports, request, announceCancel(ctx, name))
  } catch (error) {
    session.settle()
    throw operationFailed('UPGRADE', error)
  }
  session.settle()
  if (flags.output === 'table') ctx.printLine(`Release "${name}" has been upgraded. Happy Helming!`)
  return release
}

/** Whether `upgrade --install` finds a release to upgrade. */
export async function existing({ ports }: Session, name: string): Promise<'present' | 'absent' | 'uninstalled'> {
  try {
    const revisions = await history(ports, { name, max: 1 })
    return revisions.at(-1)?.info.status === 'uninstalled' ? 'uninstalled' : 'present'
  } catch (error) {
    if (hasReleaseCode(error, 'RELEASE_NOT_FOUND')) return 'absent'
    throw error
  }
}
