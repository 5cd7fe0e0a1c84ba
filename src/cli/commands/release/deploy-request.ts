import { errorText } from '../../../base/index.ts'
import type { CrdPolicy, DeployRequest } from '../../../release/index.ts'
import type { PostRender } from '../../../render/index.ts'
import type { CliContext } from '../../context.ts'
import { commandFailed, ExitError } from '../../errors.ts'
import { chartPathFlags, develFlag } from '../../flags/chart.ts'
import { boolFlag, type FlagValues } from '../../flags/define.ts'
import { dryRunFlag, installFlags, postRendererFlags } from '../../flags/deploy.ts'
import { outputFlag } from '../../flags/output.ts'
import { valuesFlags } from '../../flags/values.ts'
import type { ChartInput } from './chart-input.ts'
import { dryRunStrategy } from './dry-run.ts'

/** Flags that install and upgrade share. */
export const deployFlags = {
  ...installFlags,
  ...chartPathFlags,
  ...valuesFlags,
  ...postRendererFlags,
  devel: develFlag,
  dryRun: dryRunFlag,
  hideNotes: boolFlag('do not print the notes'),
  hideSecret: boolFlag('hide Secrets in the output of --dry-run'),
  output: outputFlag,
  renderSubchartNotes: boolFlag('render the notes of sub-charts too'),
} as const

/** What those flags gave; `crds` where the command has that flag too. */
export type DeployFlags = FlagValues<typeof deployFlags> & { readonly crds?: CrdPolicy | undefined }

/** Flags that exclude each other. */
export const deployExclusive: readonly (readonly ('force' | 'forceReplace' | 'forceConflicts')[])[] = [
  ['forceReplace', 'forceConflicts'],
  ['force', 'forceConflicts'],
]

/** The post-renderer that the flags name; an unknown plugin is an error of the flag. */
export async function postRendererOf(ctx: CliContext, flags: DeployFlags): Promise<PostRender | undefined> {
  if (flags.postRenderer === '') return undefined
  const { findPostRenderer } = await import('../../plugins/post-renderer.ts')
  return findPostRenderer(ctx, flags.postRenderer, flags.postRendererArgs)
}

/** The shared part of a request. */
export function deployRequest(
  ctx: CliContext,
  name: string,
  input: ChartInput & { readonly postRenderer: PostRender | undefined },
  flags: DeployFlags,
): DeployRequest {
  return {
    name,
    chart: input.chart,
    values: input.values,
    dryRun: dryRunStrategy(ctx, flags.dryRun),
    hideSecret: flags.hideSecret,
    description: flags.description,
    labels: Object.fromEntries(flags.labels),
    timeoutMs: flags.timeout,
    waitStrategy: flags.wait,
    waitForJobs: flags.waitForJobs,
    disableHooks: flags.noHooks,
    forceReplace: flags.forceReplace || flags.force,
    forceConflicts: flags.forceConflicts,
    rollbackOnFailure: flags.rollbackOnFailure || flags.atomic,
    skipCrds: flags.skipCrds || flags.crds === 'skip',
    crds: flags.crds,
    subNotes: flags.renderSubchartNotes,
    skipSchemaValidation: flags.skipSchemaValidation,
    disableOpenApiValidation: flags.disableOpenapiValidation,
    enableDns: flags.enableDns,
    takeOwnership: flags.takeOwnership,
    postRenderer: input.postRenderer,
  }
}

/** Says that the operation is cancelled as soon as an interrupt comes. */
export function announceCancel(ctx: CliContext, name: string): AbortSignal {
  const { signal } = ctx
  signal.addEventListener('abort', () => ctx.printLine(`Release ${name} has been cancelled.`), { once: true })
  return signal
}

/** As Helm: `INSTALLATION FAILED: …`; an error that ends the program at once stays as it is. */
export function operationFailed(what: 'INSTALLATION' | 'UPGRADE', error: unknown): Error {
  return error instanceof ExitError ? error : commandFailed(`${what} FAILED: ${errorText(error)}`, error)
}
