import { basename } from 'node:path'
import { install, type InstallRequest, type Release } from '../../../release/index.ts'
import type { PostRender } from '../../../render/index.ts'
import { defineCommand, minArgs } from '../../command.ts'
import { chartCandidates } from '../../completion/candidates.ts'
import type { CliContext } from '../../context.ts'
import { commandFailed } from '../../errors.ts'
import { beyondFlags, crdsFlag } from '../../flags/beyond.ts'
import { boolFlag, stringFlag } from '../../flags/define.ts'
import { logDevelopment } from '../../repositories.ts'
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
import { printRelease } from './release-view.ts'
import { type Session, withSession } from './session.ts'

/** `install` */
export const installCommand = defineCommand({
  path: 'install',
  usage: '[NAME] [CHART]',
  description: `Installs a chart as a release. The chart is a folder, an archive, a URL, a name in a repository (repo/name), or an
OCI reference. Values come from -f files and --set flags; the later wins.

Resources are applied on the server. Hooks run before and after; with --wait the command waits until everything is ready,
and with --rollback-on-failure it uninstalls what failed.`,
  examples: `$0 install web ./chart
$0 install web stable/nginx --version 22.1.1 -f values.yaml --set replicaCount=3
$0 install --generate-name ./chart --dry-run=server`,
  args: minArgs(1),
  flags: {
    ...deployFlags,
    ...beyondFlags,
    crds: crdsFlag,
    generateName: boolFlag('make up a name; NAME is then left out', false, { short: 'g' }),
    nameTemplate: stringFlag('template that gives the name'),
    replace: boolFlag('use the name of an uninstalled or failed release again'),
    serverSide: boolFlag('apply resources on the server', true),
  },
  exclusive: deployExclusive,
  complete: (ctx, args, prefix, { generateName }) =>
    args.length === (generateName ? 0 : 1) ? chartCandidates(ctx, prefix, { files: true }) : { candidates: [] },
  async run(ctx, args, flags) {
    // A wrong value of the flag is an error of the command line, not of the installation; old forms are warned of first.
    const dryRun = dryRunStrategy(ctx, flags.dryRun)
    const postRenderer = await postRendererOf(ctx, flags)
    let release: Release
    try {
      const { name, chart } = await nameAndChart(ctx, args, flags)
      release = await withSession(
        ctx,
        (session) => runInstall(ctx, session, name, chart, { ...flags, dryRun, renderer: postRenderer }),
        flags,
      )
    } catch (error) {
      throw operationFailed('INSTALLATION', error)
    }
    printRelease(ctx, flags.output, release, { debug: ctx.settings.debug, hideNotes: flags.hideNotes })
  },
})

/** What an install takes beyond the shared flags. */
export interface InstallFlags extends DeployFlags {
  readonly serverSide: boolean
  readonly replace: boolean
  readonly renderer: PostRender | undefined
}

/** Installs, as `install` and `upgrade --install` do. */
export async function runInstall(
  ctx: CliContext,
  { ports }: Session,
  name: string,
  chart: string,
  flags: InstallFlags,
): Promise<Release> {
  return install(ports, await installRequest(ctx, name, chart, flags), announceCancel(ctx, name))
}

/** The request of an install, as the command line says it. */
export async function installRequest(
  ctx: CliContext,
  name: string,
  chart: string,
  flags: InstallFlags,
): Promise<InstallRequest> {
  ctx.log.debug('Original chart version', { version: flags.version })
  logDevelopment(ctx, flags)
  const input = await readChartInput(ctx, chart, flags, { mustBeInstallable: true })
  return {
    ...deployRequest(ctx, name, { ...input, postRenderer: flags.renderer }, flags),
    serverSide: flags.serverSide,
    createNamespace: flags.createNamespace,
    replace: flags.replace,
  }
}

async function nameAndChart(
  ctx: CliContext,
  args: readonly string[],
  flags: { readonly generateName: boolean; readonly nameTemplate: string },
): Promise<{ name: string; chart: string }> {
  const [first = '', second] = args
  if (args.length > 2) {
    throw commandFailed(`expected at most two arguments, unexpected arguments: ${args.slice(2).join(', ')}`)
  }
  if (second !== undefined) {
    if (flags.generateName) throw commandFailed('cannot set --generate-name and also specify a name')
    if (flags.nameTemplate !== '') throw commandFailed('cannot set --name-template and also specify a name')
    return { name: first, chart: second }
  }
  if (flags.nameTemplate !== '') {
    const { renderNameTemplate } = await import('../../go-template.ts')
    return { name: renderNameTemplate(flags.nameTemplate, ctx.host), chart: first }
  }
  if (!flags.generateName) throw commandFailed('must either provide a name or specify --generate-name')
  const base = basename(first) === '.' || basename(first) === '' ? 'chart' : basename(first)
  return { name: `${base.split('.')[0] ?? ''}-${Math.floor(ctx.host.clock.nowMs() / 1000)}`, chart: first }
}
